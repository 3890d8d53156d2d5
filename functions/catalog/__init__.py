"""The merchant's catalog: products, variants, images, listings, categories, collections."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
