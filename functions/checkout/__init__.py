"""Carts, checkout, and what a shopper may see of an order."""
