"""A postal address, as shoppers and merchants give it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class Address(Struct, frozen=True):
    """`country` is ISO 3166-1 alpha-2; `region` is what the country calls its parts (a US state as `CA`)."""

    country: str
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    phone: str | None = None

    def as_item(self) -> dict[str, str]:
        """What is stored: only what is known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_item(cls, stored: Mapping[str, Any]) -> "Address":
        """What was stored."""
        return cls(**stored)
