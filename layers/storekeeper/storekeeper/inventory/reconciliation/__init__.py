"""Reconciliation: whether levels are what the ledger and the owners of reserved units say, and repair if not."""
