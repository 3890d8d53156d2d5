"""Kits: SKUs whose stock is that of their components."""
