"""What a store is, and what may not be done to one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field

from storekeeper.kernel.errors import Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import LocationId, StoreId, TenantId
from storekeeper.kernel.money import Currency

PaymentMethod: TypeAlias = Literal["stripe", "manual"]
Capture: TypeAlias = Literal["automatic", "manual"]
PAYMENT_METHODS: tuple[PaymentMethod, ...] = ("stripe", "manual")
DEFAULT_HOLD_MINUTES = 15
MAX_MEMBERS = 20  # of colors, contacts and social links each: settings are read whole


class StoreStatus(StrEnum):
    """Shoppers reach only an active store."""

    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"


class AtZero(StrEnum):
    """What a store makes of a product of which nothing is left: in none of its variants, at none of its locations."""

    HIDE = "hide"
    SHOW_OUT_OF_STOCK = "show_out_of_stock"
    PRE_ORDER = "pre_order"


class StoreUnavailable(NotFound):
    """The store is there, but not open to shoppers."""

    code = "store_unavailable"


class DomainTaken(StorekeeperError):
    """The domain is a store's already, here or with another tenant."""

    code, kind = "domain_taken", "conflict"


class TooManyStores(StorekeeperError):
    """The tenant has as many stores as one can have."""

    code, kind = "too_many_stores", "conflict"


class TooManyDomains(StorekeeperError):
    """The store has as many domains as one can have."""

    code, kind = "too_many_domains", "conflict"


class StoreInUse(StorekeeperError):
    """Something is, or was, in the store: listings, sales, shipping methods, tax rates."""

    code, kind = "store_in_use", "conflict"


class StoreSettings(Struct, frozen=True):
    """How a store sells. `location_priority`: which locations give stock first; those not named come after."""

    prices_include_tax: bool = False
    order_prefix: str = "S-"
    hold_minutes: int = DEFAULT_HOLD_MINUTES
    capture: Capture = "automatic"
    payment_methods: tuple[PaymentMethod, ...] = ()
    location_priority: tuple[LocationId, ...] = ()
    at_zero: AtZero = AtZero.SHOW_OUT_OF_STOCK

    @property
    def hold(self) -> timedelta:
        """How long a cart's hold lasts."""
        return timedelta(minutes=self.hold_minutes)


class Store(Struct, frozen=True):
    """`domains` in the order they were added; `default_domain` is one of them, or None while there is none.

    `currency` is fixed: prices and orders are kept in it. `used`: it was active or had a listing once, and so can no
    longer be deleted, only made inactive.
    """

    id: StoreId
    tenant_id: TenantId
    name: str
    status: StoreStatus
    used: bool
    currency: Currency
    language: str
    time_zone: str
    domains: tuple[str, ...]
    default_domain: str | None
    settings: StoreSettings
    version: int
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    logo_url: str | None = None
    favicon_url: str | None = None
    colors: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)
    social_links: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether shoppers reach it."""
        return self.status is StoreStatus.ACTIVE


def check_delete(store: Store, *, has_rows: bool) -> None:
    """Whether it may be deleted: only one with nothing in it. `has_rows`: it has shipping methods or tax rates.

    Raises:
        StoreInUse: something is in it.
    """
    if store.used:
        raise StoreInUse("The store has listings or sales, or had; set its status to inactive instead.")
    if has_rows:
        raise StoreInUse("Delete the store's shipping methods and tax rates first, or set its status to inactive.")


def check_time_zone(name: str) -> None:
    """Whether there is such a time zone.

    Raises:
        Invalid: `time_zone_unknown`.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # unknown; no name at all; a folder of names
        detail = "Give an IANA time zone such as Europe/Berlin."
        raise Invalid.field("time_zone", "time_zone_unknown", detail) from error


def prefix_of(name: str) -> str:
    """What a new store's order numbers begin with, unless the merchant says so: `Harbour` gives `HA-`."""
    letters = "".join(letter for letter in name.upper() if letter.isascii() and letter.isalnum())
    return f"{letters[:2] or 'S'}-"
