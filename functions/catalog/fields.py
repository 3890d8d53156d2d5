"""Fields that bodies of the catalog share."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from storekeeper.catalog import Seo
from storekeeper.catalog.seo import NO_SEO
from storekeeper.edge.fields import InModel, Line, Name, Tag, Text
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

MAX_DESCRIPTION_BYTES = 64 * 1024
MAX_TAGS = 50
MAX_KEYWORDS = 50
PRICES = ("price", "compare_at_price", "cost")


def _within_bytes(text: str) -> str:
    if len(text.encode()) > MAX_DESCRIPTION_BYTES:
        raise ValueError("at most 64 KiB of UTF-8")
    return text


LongText: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=MAX_DESCRIPTION_BYTES, pattern=r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"),
    AfterValidator(_within_bytes),
    Field(description="At most 64 KiB.", examples=["Holds a third of a liter."]),
]
Tags: TypeAlias = Annotated[list[Tag], Field(max_length=MAX_TAGS, examples=[["kitchen"]])]


class SeoIn(InModel):
    """What search engines are told; null or left out: the thing's own title and description."""

    title: Line | None = None
    description: Text | None = None
    keywords: Annotated[list[Name], Field(max_length=MAX_KEYWORDS)] | None = None

    def applied(self, seo: Seo) -> Seo:
        """The SEO with what this body names."""
        named = self.model_dump(exclude_unset=True)
        if "keywords" in named:
            named["keywords"] = tuple(named["keywords"] or ())
        return replace(seo, **named)


def seo_changes(body: InModel, said: SeoIn | None, seo: Seo) -> dict[str, Any]:
    """The SEO after a merge patch of it, under its name; nothing where the body does not name it. Null empties it."""
    if "seo" not in body.model_fields_set:
        return {}
    return {"seo": said.applied(seo) if said else NO_SEO}


class SeoOut(BaseModel):
    """What search engines are told."""

    title: str | None
    description: str | None
    keywords: list[str]

    @classmethod
    def of(cls, seo: Seo) -> "SeoOut":
        """As it is answered."""
        return cls(title=seo.title, description=seo.description, keywords=list(seo.keywords))


def money(text: str | None, currency: Currency, *, field: str) -> Money | None:
    """An amount of a body, if there is one.

    Raises:
        Invalid: it has more decimals than the currency.
    """
    return None if text is None else Money.parse(text, currency, field=field)


def prices(named: Mapping[str, Any], currency: Currency, *, at: str = "") -> dict[str, Money | None]:
    """Those of the PRICES that a body names, as money. `at` is where the body stands in the request."""
    return {name: money(named[name], currency, field=at + name) for name in PRICES if name in named}


def shown(amount: Money | None) -> str | None:
    """An amount as it is answered."""
    return None if amount is None else str(amount)


def unique(tags: list[str]) -> tuple[str, ...]:
    """Each tag once, in the order given."""
    return tuple(dict.fromkeys(tags))
