"""Batches: units that were made together and expire together."""
