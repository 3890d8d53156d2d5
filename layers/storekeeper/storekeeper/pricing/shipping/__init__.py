"""Shipping: a store's methods, where they apply, and what they ask."""
