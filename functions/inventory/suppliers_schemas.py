"""Bodies and answers of suppliers and their SKUs."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, Field, StringConstraints

from storekeeper.edge.fields import (
    AddressIn,
    AddressOut,
    Amount,
    AmountOut,
    CurrencyCode,
    Email,
    Handle,
    Id,
    InModel,
    InstantOut,
    Line,
    Name,
    Sku,
    Text,
    left_out,
)
from storekeeper.inventory.suppliers.model import Supplier, SupplierContact, SupplierTerms
from storekeeper.inventory.suppliers.skus.model import MAX_UNITS, SkuTerms, SupplierSku
from storekeeper.kernel import clock
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

MAX_LEAD_DAYS = 1_000
CONTACT = ("contact_name", "email", "phone", "address", "notes")

LeadTime: TypeAlias = Annotated[int, Field(ge=0, le=MAX_LEAD_DAYS, description="Days.", examples=[14])]
Phone: TypeAlias = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\u0000-\u001f\u007f]*$")]
SupplierRef: TypeAlias = Annotated[Id, Field(examples=["sup_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
SupplierSkuRef: TypeAlias = Annotated[Id, Field(examples=["ssk_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
Units: TypeAlias = Annotated[int, Field(ge=1, le=MAX_UNITS, examples=[12])]


class SupplierIn(InModel):
    """A new supplier. `code` is unique in the tenant, whatever its case; `currency` is the tenant's if left out."""

    name: Annotated[Name, Field(examples=["Lantern Works"])]
    code: Annotated[Handle, Field(examples=["LANTERN"])]
    currency: CurrencyCode | None = None
    lead_time_days: LeadTime | None = None
    minimum_order: Annotated[Amount, Field(examples=["250.00"])] | None = None
    contact_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    address: AddressIn | None = None
    notes: Text | None = None
    active: bool = True

    def terms(self, default: Currency) -> SupplierTerms:
        """As the domain knows them."""
        currency = Currency.of(self.currency) if self.currency else default
        return SupplierTerms(
            name=self.name,
            code=self.code,
            currency=currency,
            lead_time_days=self.lead_time_days,
            minimum_order=minimum_of(self.minimum_order, currency),
            active=self.active,
        )

    def contact(self) -> SupplierContact:
        """As the domain knows it."""
        return contact_with(SupplierContact(), self)


class SupplierPatch(InModel):
    """Changes of a supplier, as a merge patch; an address is replaced as a whole. `active` false archives it.

    The currency can be changed until something is bought there.
    """

    name: Annotated[Name, Field(examples=["Lantern Works"])] = left_out()
    code: Annotated[Handle, Field(examples=["LANTERN"])] = left_out()
    currency: CurrencyCode = left_out()
    lead_time_days: LeadTime | None = None
    minimum_order: Annotated[Amount, Field(examples=["250.00"])] | None = None
    contact_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    address: AddressIn | None = None
    notes: Text | None = None
    active: bool = left_out()

    def applied(self, terms: SupplierTerms) -> SupplierTerms:
        """The terms with what this body names. A new currency needs a new minimum: amounts are not converted."""
        changes = self.model_dump(exclude_unset=True, exclude={*CONTACT, "minimum_order", "currency"})
        currency = Currency.of(self.currency) if "currency" in self.model_fields_set else terms.currency
        if "minimum_order" in self.model_fields_set:
            changes["minimum_order"] = minimum_of(self.minimum_order, currency)
        elif currency != terms.currency:
            changes["minimum_order"] = None
        return replace(terms, **changes, currency=currency)

    def contact_applied(self, contact: SupplierContact) -> SupplierContact:
        """The contact with what this body names."""
        return contact_with(contact, self)


def minimum_of(text: str | None, currency: Currency) -> Money | None:
    """What an order must come to; none for nothing, or for zero."""
    return (Money.parse(text, currency, field="minimum_order") or None) if text is not None else None


def contact_with(contact: SupplierContact, body: SupplierIn | SupplierPatch) -> SupplierContact:
    """The contact with what a body names of it; empty texts count as absent."""
    address: Address | None = body.address.address() if body.address else None
    said = {"name": body.contact_name, "email": body.email, "phone": body.phone, "notes": body.notes}
    named = {"name" if field == "contact_name" else field for field in body.model_fields_set if field in CONTACT}
    changes: dict[str, Any] = {field: said[field] or None for field in named if field != "address"}
    if "address" in named:
        changes["address"] = address
    return replace(contact, **changes)


class SupplierRowOut(BaseModel):
    """A supplier in a list."""

    id: SupplierRef
    name: Annotated[str, Field(examples=["Lantern Works"])]
    code: Annotated[str, Field(examples=["LANTERN"])]
    currency: CurrencyCode
    lead_time_days: LeadTime | None
    minimum_order: Annotated[AmountOut, Field(examples=["250.00"])] | None
    active: bool
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, row: dict[str, Any]) -> "SupplierRowOut":
        """The row as it is answered."""
        return cls(**row)


class SupplierOut(SupplierRowOut):
    """A supplier. One that was never used can be deleted; any other one is archived (`active` false)."""

    contact_name: str | None
    email: Annotated[str, Field(examples=["ada@example.com"])] | None
    phone: str | None
    address: AddressOut | None
    notes: str | None
    used: bool
    version: int

    @classmethod
    def whole(cls, supplier: Supplier, contact: SupplierContact) -> "SupplierOut":
        """The supplier as it is answered."""
        terms = supplier.terms
        return cls(
            id=supplier.id,
            name=terms.name,
            code=terms.code,
            currency=terms.currency.code,
            lead_time_days=terms.lead_time_days,
            minimum_order=str(terms.minimum_order) if terms.minimum_order else None,
            active=terms.active,
            created_at=clock.to_text(supplier.created_at),
            updated_at=clock.to_text(supplier.updated_at),
            contact_name=contact.name,
            email=contact.email,
            phone=contact.phone,
            address=AddressOut.of(contact.address) if contact.address else None,
            notes=contact.notes,
            used=supplier.used,
            version=supplier.version,
        )


class SupplierSkuIn(InModel):
    """A SKU that a supplier sells. As `preferred` it takes that over from whoever is asked first for the SKU."""

    sku: Sku
    supplier_sku: Annotated[Name | None, Field(description="The supplier's own name.", examples=["LW-4711"])] = None
    unit_cost: Annotated[Amount, Field(description="Of one unit, in the supplier's currency.", examples=["4.00"])]
    minimum_quantity: Units = 1
    pack_size: Units = 1
    lead_time_days: Annotated[LeadTime | None, Field(description="Null: the supplier's.")] = None
    preferred: bool = False

    def terms(self, supplier: Supplier) -> SkuTerms:
        """As the domain knows them."""
        return SkuTerms(
            unit_cost=Money.parse(self.unit_cost, supplier.terms.currency, field="unit_cost"),
            supplier_sku=self.supplier_sku,
            minimum_quantity=self.minimum_quantity,
            pack_size=self.pack_size,
            lead_time_days=self.lead_time_days,
        )


class SupplierSkuPatch(InModel):
    """Changes of a supplier SKU, as a merge patch."""

    supplier_sku: Annotated[Name | None, Field(examples=["LW-4711"])] = None
    unit_cost: Annotated[Amount, Field(examples=["4.00"])] = left_out()
    minimum_quantity: Units = left_out()
    pack_size: Units = left_out()
    lead_time_days: LeadTime | None = None
    preferred: bool = left_out()

    def applied(self, terms: SkuTerms) -> SkuTerms:
        """The terms with what this body names."""
        changes = self.model_dump(exclude_unset=True, exclude={"unit_cost", "preferred"})
        if "unit_cost" in self.model_fields_set:
            changes["unit_cost"] = Money.parse(self.unit_cost, terms.unit_cost.currency, field="unit_cost")
        return replace(terms, **changes)


class SupplierSkuOut(BaseModel):
    """A SKU at a supplier. It is ordered in whole packs, at least the minimum quantity."""

    id: SupplierSkuRef
    supplier_id: SupplierRef
    sku: Sku
    supplier_sku: Annotated[str, Field(examples=["LW-4711"])] | None
    currency: CurrencyCode
    unit_cost: Annotated[AmountOut, Field(examples=["4.00"])]
    minimum_quantity: Units
    pack_size: Units
    lead_time_days: LeadTime | None
    preferred: bool
    version: int
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, known: SupplierSku) -> "SupplierSkuOut":
        """The supplier SKU as it is answered."""
        terms = known.terms
        return cls(
            id=known.id,
            supplier_id=known.supplier_id,
            sku=known.sku,
            supplier_sku=terms.supplier_sku,
            currency=terms.unit_cost.currency.code,
            unit_cost=str(terms.unit_cost),
            minimum_quantity=terms.minimum_quantity,
            pack_size=terms.pack_size,
            lead_time_days=terms.lead_time_days,
            preferred=known.preferred,
            version=known.version,
            created_at=clock.to_text(known.created_at),
            updated_at=clock.to_text(known.updated_at),
        )
