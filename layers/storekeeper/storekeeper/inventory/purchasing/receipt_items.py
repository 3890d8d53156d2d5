"""Receipts in the table: beside their order, and never changed."""

from storekeeper.inventory.purchasing.exchange import ExchangeRate
from storekeeper.inventory.purchasing.items import purchase_pk
from storekeeper.inventory.purchasing.model import PurchaseOrderId
from storekeeper.inventory.purchasing.receiving import Receipt, ReceiptLine
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import LocationId, TenantId
from storekeeper.kernel.keys import Key, joined
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import ABSENT, Put

PREFIX = joined("RECEIPT", "")

ENTITIES = (
    Entity(
        name="purchase_receipt",
        pk="T#<tenant>#PURCHASE#<purchase order>",
        sk="RECEIPT#<receipt>",
        holds="What came of a purchase order at one time: units received and rejected, their cost, who took them in.",
        found_by="A query beside its order.",
        written_by="receive_purchase_order",
    ),
)


def put_receipt(tenant_id: TenantId, receipt: Receipt) -> Put:
    """A new receipt, in the transaction that changes its order."""
    return Put(
        Key(purchase_pk(tenant_id, receipt.order_id), joined("RECEIPT", receipt.id)),
        {
            "type": "purchase_receipt",
            "schema": 1,
            "id": receipt.id,
            "order_id": receipt.order_id,
            "currencies": [receipt.lines[0].unit_cost.currency.code, receipt.lines[0].cost.currency.code],
            "lines": [_line_as_item(line) for line in receipt.lines],
            "exchange_rate": str(receipt.exchange_rate) if receipt.exchange_rate else None,
            "actor": receipt.actor,
            "received_at": clock.to_text(receipt.received_at),
        },
        only_if=ABSENT,
    )


def receipt_from(item: Item) -> Receipt:
    """The receipt of an item."""
    supplier, tenant = (Currency.of(code) for code in item["currencies"])
    return Receipt(
        id=item["id"],
        order_id=PurchaseOrderId(item["order_id"]),
        lines=tuple(_line_from(line, supplier, tenant) for line in item["lines"]),
        exchange_rate=ExchangeRate.parse(item["exchange_rate"]) if "exchange_rate" in item else None,
        actor=Actor(item["actor"]),
        received_at=clock.from_text(item["received_at"]),
    )


def _line_as_item(line: ReceiptLine) -> Item:
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "location_id": line.location_id,
        "received": line.received,
        "rejected": line.rejected,
        "reason": line.reason,
        "of_expected": line.of_expected,
        "unit_cost": line.unit_cost.minor,
        "cost": line.cost.minor,
    }


def _line_from(line: Item, supplier: Currency, tenant: Currency) -> ReceiptLine:
    return ReceiptLine(
        line_id=line["line_id"],
        sku=line["sku"],
        location_id=LocationId(line["location_id"]),
        received=line["received"],
        rejected=line["rejected"],
        reason=line["reason"],
        of_expected=line["of_expected"],
        unit_cost=Money(line["unit_cost"], supplier),
        cost=Money(line["cost"], tenant),
    )
