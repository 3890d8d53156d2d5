"""Derives the ledger, timelines, cards and counters from the table's changes."""
