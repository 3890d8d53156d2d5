"""Refusals that the catalog's topics share."""

from storekeeper.kernel.errors import StorekeeperError


class SlugTaken(StorekeeperError):
    """Another product of the tenant, or another category or collection of the store, has this slug."""

    code, kind = "slug_taken", "conflict"
