"""What platforms tell us: verified, queued, answered at once. Nothing is decided here."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
