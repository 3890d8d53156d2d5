"""Shipments: units of an order that left together, and how they are chosen."""
