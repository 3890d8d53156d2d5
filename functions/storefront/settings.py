"""The public part of a store's settings."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from storefront.environment import open_store
from storekeeper.edge.fields import CurrencyCode, Id
from storekeeper.edge.shopper import Visit, visit
from storekeeper.tenancy import PaymentMethod, Store

router = APIRouter(prefix="/v1/storefront/{domain}/settings", tags=["Storefront"])


class StorefrontSettings(BaseModel):
    """What a page needs to know of the store that it shows."""

    store_id: Id
    name: Annotated[str, Field(examples=["Harbour"])]
    description: str | None
    domain: Annotated[str | None, Field(examples=["harbour.localhost"])]
    currency: CurrencyCode
    language: Annotated[str, Field(examples=["en"])]
    time_zone: Annotated[str, Field(examples=["UTC"])]
    prices_include_tax: bool
    payment_methods: Annotated[list[PaymentMethod], Field(examples=[["stripe", "manual"]])]
    logo_url: str | None
    favicon_url: str | None
    colors: dict[str, str]
    contacts: dict[str, str]
    social_links: dict[str, str]

    @classmethod
    def of(cls, store: Store) -> "StorefrontSettings":
        """As it is answered."""
        return cls(
            store_id=store.id,
            name=store.name,
            description=store.description,
            domain=store.default_domain,
            currency=store.currency.code,
            language=store.language,
            time_zone=store.time_zone,
            prices_include_tax=store.settings.prices_include_tax,
            payment_methods=list(store.settings.payment_methods),
            logo_url=store.logo_url,
            favicon_url=store.favicon_url,
            colors=dict(store.colors),
            contacts=dict(store.contacts),
            social_links=dict(store.social_links),
        )


@router.get("")
async def read_storefront_settings(visit: Annotated[Visit, Depends(visit)]) -> StorefrontSettings:
    """The store's name, looks, currency and ways to pay."""
    return StorefrontSettings.of(open_store(visit))
