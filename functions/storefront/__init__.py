"""What shoppers read: a store's settings, products, categories and collections, by the store's domain."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
