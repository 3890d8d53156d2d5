"""What the fields of requests and answers are made of. Everything is bounded, nothing is guessed.

A body is an `InModel`: unknown members, numbers as text, text with half a character (a lone surrogate) are all 422.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from storekeeper.kernel.addresses import Address

ID_PATTERN = "^[a-z]+_[0-9A-Za-z]+$"
_DATE_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:", re.ASCII)
_NO_CONTROLS = r"^[^\u0000-\u001f\u007f]*$"
_NO_CONTROLS_BUT_LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # the year 1, east of Greenwich
        raise ValueError("the instant lies before the first year or after the last") from error


def _text_alone(value: Any) -> Any:
    """Pydantic would take a number, in a text too, as seconds since 1970."""
    if not isinstance(value, str) or not _DATE_AND_TIME.match(value):
        raise ValueError("give an instant such as 2026-11-20T07:32:00Z")  # Pydantic makes a fault of it
    return value


def left_out() -> Any:
    """The default of a member that a PATCH may leave out, but whose null would be no value: `name: Name = left_out()`.

    Read a patch by `model_dump(exclude_unset=True)`.
    """
    return Field(default_factory=lambda: None)


class InModel(BaseModel):
    """A body that a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True)


Amount: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$",
        description="A decimal string, at most the currency's digits.",
        examples=["12.50"],
    ),
]
AmountOut: TypeAlias = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]{1,3})?$", description="With the currency's digits.", examples=["12.50"])
]
CurrencyCode: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=["USD"])]
CountryCode: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["US"])]
Quantity: TypeAlias = Annotated[int, Field(ge=1, le=9_999, strict=True, description="Units.", examples=[2])]
Sku: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[!-~]([ -~]{0,62}[!-~])?$",
        description="Printable ASCII, no blank at either end; unique in the tenant.",
        examples=["MUG-BLUE"],
    ),
]
Slug: TypeAlias = Annotated[
    str, Field(max_length=120, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", description="As in an address.", examples=["mug"])
]
Handle: TypeAlias = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="A short name for programs: letters, digits and `.`, `_`, `-`.",
        examples=["standard"],
    ),
]
Email: TypeAlias = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^\s@\u0000-\u001f\u007f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        examples=["ada@example.com"],
    ),
]
HttpUrl: TypeAlias = Annotated[
    str,
    Field(
        max_length=2_048,
        pattern=r"^https?://[!-;=?-~]+$",
        description="An absolute http or https address.",
        examples=["https://example.com/logo.png"],
    ),
]
Name: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_NO_CONTROLS)
]
Line: TypeAlias = Annotated[str, StringConstraints(max_length=255, pattern=_NO_CONTROLS)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=5_000, pattern=_NO_CONTROLS_BUT_LINES)]
Tag: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_NO_CONTROLS)
]
Instant: TypeAlias = Annotated[
    AwareDatetime,
    BeforeValidator(_text_alone),
    AfterValidator(_in_utc),
    Field(strict=False, description="RFC 3339.", examples=["2026-11-20T07:32:00.000Z"]),
]
InstantOut: TypeAlias = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-20T07:32:00.000Z"])
]
Id: TypeAlias = Annotated[str, Field(max_length=64, pattern=ID_PATTERN)]
UnitNumber: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NO_CONTROLS),
    Field(description="A serial's, or a batch's, as it stands on the unit.", examples=["SN-2026-000118"]),
]


class AddressIn(InModel):
    """A postal address. What a country does not use is left out or null."""

    first_name: Line | None = None
    last_name: Line | None = None
    company: Line | None = None
    line1: Name
    line2: Line | None = None
    city: Name
    region: Line | None = None
    postal_code: Annotated[str, StringConstraints(max_length=32, pattern=_NO_CONTROLS)] | None = None
    country: CountryCode
    phone: Annotated[str, StringConstraints(max_length=64, pattern=_NO_CONTROLS)] | None = None

    def address(self) -> Address:
        """As the domain knows it; empty lines count as absent."""
        given = {name: value for name, value in self.model_dump().items() if value}
        return Address(**given)


class AddressOut(BaseModel):
    """A postal address; every part is there, unknown ones null."""

    first_name: str | None
    last_name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str
    phone: str | None

    @classmethod
    def of(cls, address: Address) -> "AddressOut":
        """The address as it is answered."""
        return cls.model_validate(address, from_attributes=True)
