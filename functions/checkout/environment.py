"""What this environment keeps between requests, beside the backend. Made at the first request (SnapStart)."""

from functools import cache

from storekeeper.inventory import Leases


@cache
def leases() -> Leases:
    """The environment's leased units of hot SKUs."""
    return Leases()
