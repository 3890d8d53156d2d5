"""Supplier SKUs: what a supplier calls a SKU of ours, what it costs there, and in which quantities it is sold."""
