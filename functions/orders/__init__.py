"""The merchant's orders: lists, figures, one order and what lies beside it, fulfillment, money."""

from storekeeper.edge import starting as _starting  # noqa: F401 (first of all: see there)
