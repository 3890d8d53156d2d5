"""Placing: a cart becomes an order, with its stock, in one transaction."""
