"""Holds: units reserved for a cart, with an end."""
