"""Stock: levels, adjustments, movements; and the locations where it lies."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
