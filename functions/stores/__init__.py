"""The tenant, its API keys, its stores and their settings."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
