"""What a supplier is, and what may become of one. Pure."""

from datetime import datetime
from typing import NewType

from msgspec import Struct

from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import NotFound, StorekeeperError
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.records import replace

SupplierId = NewType("SupplierId", str)


class SupplierNotFound(NotFound):
    """No such supplier of this tenant."""

    code = "supplier_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such supplier.")


class CodeTaken(StorekeeperError):
    """Another supplier of the tenant has the code."""

    code, kind = "code_taken", "conflict"


class SupplierInUse(StorekeeperError):
    """Something is, or was, bought there: what was ordered must stay readable."""

    code, kind = "supplier_in_use", "conflict"


class CurrencyInUse(StorekeeperError):
    """Costs were agreed upon in the supplier's currency."""

    code, kind = "currency_in_use", "conflict"


class SupplierContact(Struct, frozen=True):
    """Who is called there, and where: personal data, sealed at rest."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    notes: str | None = None


class SupplierTerms(Struct, frozen=True):
    """What a merchant says about a supplier. `minimum_order` is what an order must come to at least.

    `code` is unique in the tenant, whatever the case of its letters. One that is not `active` is archived: nothing new
    is ordered there.
    """

    name: str
    code: str
    currency: Currency
    lead_time_days: int | None = None
    minimum_order: Money | None = None
    active: bool = True


class Supplier(Struct, frozen=True):
    """`used`: it has, or had, SKUs or purchase orders; from then on it can be archived but not deleted.

    `sealed_contact` is opened only where somebody is to read it.
    """

    id: SupplierId
    terms: SupplierTerms
    sealed_contact: str
    used: bool
    version: int
    created_at: datetime
    updated_at: datetime


def revised(supplier: Supplier, terms: SupplierTerms, *, sealed_contact: str, now: datetime) -> Supplier:
    """The supplier with other terms, one version on; the same one if nothing is said anew.

    Raises:
        CurrencyInUse: its costs are in the currency that it has.
    """
    if supplier.used and terms.currency != supplier.terms.currency:
        raise CurrencyInUse("Its costs are in its currency; archive the supplier and make another one.")
    changed = replace(supplier, terms=terms, sealed_contact=sealed_contact)
    if changed == supplier:
        return supplier
    return replace(changed, version=supplier.version + 1, updated_at=max(now, supplier.updated_at))


def check_delete(supplier: Supplier) -> None:
    """Whether it may be deleted.

    Raises:
        SupplierInUse: it has, or had, SKUs or purchase orders.
    """
    if supplier.used:
        raise SupplierInUse("Something is, or was, bought there; set active to false instead.")
