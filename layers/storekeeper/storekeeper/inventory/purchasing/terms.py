"""Whether an order meets what its supplier asks for: a minimum, whole packs. Pure."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from storekeeper.inventory.purchasing.model import PurchaseOrder
from storekeeper.inventory.suppliers.model import Supplier
from storekeeper.inventory.suppliers.skus.model import SupplierSku
from storekeeper.kernel.errors import Fault, StorekeeperError


class TermsNotMet(StorekeeperError):
    """The supplier would not take the order so; `errors` name every reason."""

    code, kind = "terms_not_met", "conflict"


class BelowMinimumOrder(TermsNotMet):
    """It comes to less than the supplier takes orders for."""

    code = "below_minimum_order"


class BelowMinimumQuantity(TermsNotMet):
    """A line is of fewer units than the supplier sells."""

    code = "below_minimum_quantity"


class NotWholePacks(TermsNotMet):
    """A line is not of whole packs."""

    code = "not_whole_packs"


class SupplierInactive(StorekeeperError):
    """The supplier is archived."""

    code, kind = "supplier_inactive", "conflict"


_REFUSALS: tuple[type[TermsNotMet], ...] = (BelowMinimumOrder, BelowMinimumQuantity, NotWholePacks)


def check_active(supplier: Supplier) -> None:
    """Whether anything new can be ordered there.

    Raises:
        SupplierInactive: it is archived.
    """
    if not supplier.terms.active:
        raise SupplierInactive("The supplier is archived; set its active to true first.")


def check_terms(
    order: PurchaseOrder, supplier: Supplier, sold: Mapping[str, SupplierSku], *, override: Collection[str]
) -> None:
    """Whether the supplier takes the order. `sold` is what it says of the SKUs; of others nothing is asked.

    `override` names the codes that the merchant has settled with the supplier.

    Raises:
        SupplierInactive: it is archived.
        BelowMinimumOrder, BelowMinimumQuantity, NotWholePacks: named by the first of these; `errors` have all.
    """
    check_active(supplier)
    faults = [fault for fault in _faults(order, supplier, sold) if fault.code not in override]
    codes = {fault.code for fault in faults}
    for refusal in _REFUSALS:
        if refusal.code in codes:
            raise refusal("The supplier does not take the order so; see errors, or override them.", faults=faults)


def _faults(order: PurchaseOrder, supplier: Supplier, sold: Mapping[str, SupplierSku]) -> Iterator[Fault]:
    minimum = supplier.terms.minimum_order
    if minimum is not None and order.total < minimum:
        facts = (("total", str(order.total)), ("minimum_order", str(minimum)))
        detail = f"It comes to {order.total}, and the supplier takes orders from {minimum} {order.currency.code} on."
        yield Fault("lines", BelowMinimumOrder.code, detail, facts)
    for row, line in enumerate(order.lines):
        if (known := sold.get(line.sku)) is None:
            continue
        field, least, pack = f"lines.{row}.quantity", known.terms.minimum_quantity, known.terms.pack_size
        if line.quantity < least:
            yield Fault(field, BelowMinimumQuantity.code, f"At least {least} units are sold.", (("minimum", least),))
        if line.quantity % pack:
            yield Fault(field, NotWholePacks.code, f"Packs are of {pack} units.", (("pack_size", pack),))


def expected_by_lead_time(
    order: PurchaseOrder, supplier: Supplier, sold: Mapping[str, SupplierSku], *, now: datetime
) -> datetime | None:
    """When all of it should have come if it is sent now: the longest lead time counts; None if one is not known."""
    lead_times = [
        known.terms.lead_time_days
        if known and known.terms.lead_time_days is not None
        else supplier.terms.lead_time_days
        for known in (sold.get(line.sku) for line in order.lines)
    ]
    days = [lead_time for lead_time in lead_times if lead_time is not None]
    return now + timedelta(days=max(days)) if len(days) == len(lead_times) else None
