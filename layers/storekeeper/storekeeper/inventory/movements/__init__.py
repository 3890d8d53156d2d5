"""Movements: the ledger of every level, derived from its changes."""
