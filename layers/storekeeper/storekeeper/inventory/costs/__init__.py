"""Costs: what the units on the shelf have cost, replayed from the ledger."""
