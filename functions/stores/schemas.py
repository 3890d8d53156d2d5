"""Bodies and answers of stores, domains and payment methods."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from storekeeper.edge.fields import (
    CurrencyCode,
    Email,
    Handle,
    HttpUrl,
    Id,
    InModel,
    InstantOut,
    Line,
    Name,
    Text,
    left_out,
)
from storekeeper.kernel import clock
from storekeeper.tenancy import PaymentMethod, Store

MAX_ENTRIES = 20
MAX_HOLD_MINUTES = 120

Status: TypeAlias = Literal["pending", "active", "inactive"]
Domain: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=253,
        description="A host name; international names are kept in their ASCII form.",
        examples=["shop.example.com"],
    ),
]
Color: TypeAlias = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$", examples=["#1A6B5C"])]
Language: TypeAlias = Annotated[
    str, Field(max_length=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47.", examples=["en"])
]
TimeZone: TypeAlias = Annotated[
    str,
    Field(
        max_length=64, pattern="^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", description="IANA.", examples=["Europe/Berlin"]
    ),
]
OrderPrefix: TypeAlias = Annotated[
    str,
    Field(
        max_length=10,
        pattern="^[A-Za-z0-9][A-Za-z0-9-]*$",
        description="What order numbers begin with.",
        examples=["HB-"],
    ),
]
HoldMinutes: TypeAlias = Annotated[
    int, Field(ge=1, le=MAX_HOLD_MINUTES, description="How long a cart's hold lasts.", examples=[15])
]
Methods: TypeAlias = Annotated[
    list[PaymentMethod], Field(max_length=2, description="How shoppers may pay.", examples=[["stripe", "manual"]])
]
Priority: TypeAlias = Annotated[
    list[Id],
    Field(
        max_length=100, description="Locations that give stock first, in order; the others come after.", examples=[[]]
    ),
]


class ContactsPatch(InModel):
    """How shoppers reach the merchant. Null takes one away."""

    email: Email | None = None
    phone: Line | None = None
    address: Text | None = None


class SettingsIn(InModel):
    """How the store sells. What is left out has its default, or stays as it is."""

    prices_include_tax: bool = left_out()
    order_prefix: OrderPrefix = left_out()
    hold_minutes: HoldMinutes = left_out()
    capture: Literal["automatic", "manual"] = left_out()
    payment_methods: Methods = left_out()
    location_priority: Priority = left_out()


class LooksIn(InModel):
    """What shoppers see of a store."""

    description: Text | None = None
    logo_url: HttpUrl | None = None
    favicon_url: HttpUrl | None = None


class StoreIn(LooksIn):
    """A new store. Its currency is fixed from then on, and defaults to the tenant's."""

    name: Annotated[Name, Field(examples=["Harbour"])]
    status: Status = "pending"
    currency: CurrencyCode | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    domains: Annotated[list[Domain], Field(max_length=MAX_ENTRIES)] = Field(default_factory=list)
    colors: Annotated[dict[Handle, Color], Field(max_length=MAX_ENTRIES)] = Field(default_factory=dict)
    social_links: Annotated[dict[Handle, HttpUrl], Field(max_length=MAX_ENTRIES)] = Field(default_factory=dict)
    contacts: ContactsPatch = Field(default_factory=ContactsPatch)
    settings: SettingsIn = Field(default_factory=SettingsIn)

    def looks(self) -> dict[str, Any]:
        """Fields of `Store` that nothing is decided about."""
        return {
            **self.model_dump(include={"description", "logo_url", "favicon_url", "language", "time_zone"}),
            "colors": self.colors,
            "social_links": self.social_links,
            "contacts": self.contacts.model_dump(exclude_none=True),
        }


class StorePatch(LooksIn):
    """Changes of a store, as a merge patch: null takes away what can be missing."""

    name: Name = left_out()
    status: Status = left_out()
    language: Language = left_out()
    time_zone: TimeZone = left_out()
    default_domain: Domain = left_out()
    colors: Annotated[dict[Handle, Color | None], Field(max_length=MAX_ENTRIES)] | None = left_out()
    social_links: Annotated[dict[Handle, HttpUrl | None], Field(max_length=MAX_ENTRIES)] | None = left_out()
    contacts: ContactsPatch | None = left_out()
    settings: SettingsIn = left_out()


class SettingsOut(BaseModel):
    """How a store sells."""

    prices_include_tax: bool
    order_prefix: OrderPrefix
    hold_minutes: HoldMinutes
    capture: Literal["automatic", "manual"]
    payment_methods: Methods
    location_priority: Priority


class StoreOut(BaseModel):
    """A store."""

    id: Annotated[Id, Field(examples=["sto_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
    name: Annotated[str, Field(examples=["Harbour"])]
    status: Status
    currency: CurrencyCode
    language: Language
    time_zone: TimeZone
    domains: list[Domain]
    default_domain: Domain | None
    description: str | None
    logo_url: str | None
    favicon_url: str | None
    colors: dict[str, Color]
    contacts: dict[str, str]
    social_links: dict[str, str]
    settings: SettingsOut
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, store: Store) -> "StoreOut":
        """The store as it is answered."""
        return cls(
            id=store.id,
            name=store.name,
            status=store.status.value,
            currency=store.currency.code,
            language=store.language,
            time_zone=store.time_zone,
            domains=list(store.domains),
            default_domain=store.default_domain,
            description=store.description,
            logo_url=store.logo_url,
            favicon_url=store.favicon_url,
            colors=dict(store.colors),
            contacts=dict(store.contacts),
            social_links=dict(store.social_links),
            settings=SettingsOut.model_validate(store.settings, from_attributes=True),
            version=store.version,
            created_at=clock.to_text(store.created_at),
            updated_at=clock.to_text(store.updated_at),
        )


class DomainIn(InModel):
    """A domain to add. The first one is the default; a later one if it says so."""

    domain: Domain
    is_default: bool = False


class DomainOut(BaseModel):
    """A domain of a store. The default one is what links lead to."""

    domain: Domain
    is_default: bool

    @classmethod
    def of(cls, store: Store, host: str) -> "DomainOut":
        """One domain as it is answered."""
        return cls(domain=host, is_default=host == store.default_domain)


class PaymentMethodPatch(InModel):
    """Whether shoppers may pay in this way."""

    enabled: bool


class PaymentMethodOut(BaseModel):
    """A way to pay: `stripe` by card, `manual` later, in a way that the merchant agrees with the shopper."""

    id: PaymentMethod
    enabled: bool

    @classmethod
    def of(cls, store: Store, method: PaymentMethod) -> "PaymentMethodOut":
        """One way to pay as it is answered."""
        return cls(id=method, enabled=method in store.settings.payment_methods)


def settings_changes(settings: SettingsIn | None) -> Mapping[str, Any]:
    """Fields of `StoreSettings` that a body names."""
    if settings is None:
        return {}
    named = settings.model_dump(exclude_unset=True)
    return {name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value for name, value in named.items()}
