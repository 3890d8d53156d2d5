"""Where goods go, as far as tax and shipping care."""

from msgspec import Struct

from storekeeper.kernel.addresses import Address


class Destination(Struct, frozen=True):
    """A country (ISO 3166-1 alpha-2), and the part of it that its addresses name; case does not count."""

    country: str
    region: str | None = None

    @classmethod
    def of(cls, address: Address | None) -> "Destination | None":
        """Where an address is; None where there is none yet."""
        return cls(address.country, address.region) if address else None

    def is_in(self, country: str, region: str | None) -> bool:
        """Whether it lies in this country and, where one is given, this region."""
        same_region = region is None or (self.region or "").strip().casefold() == region.strip().casefold()
        return self.country.upper() == country.upper() and same_region
