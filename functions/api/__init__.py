"""What belongs to no context: health, the OpenAPI document, and an answer of our own shape to any other address."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
