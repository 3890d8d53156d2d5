"""Carts, checkout, and what a shopper may see of an order."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
