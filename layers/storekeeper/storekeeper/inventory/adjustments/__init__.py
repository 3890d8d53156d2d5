"""Adjustments: a merchant says what is found on the shelf, or missing from it."""
