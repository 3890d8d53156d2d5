"""Refunds in the table: beside their order, due while the provider's last word is out."""

from datetime import timedelta

from storekeeper.checkout.refunds.model import OPEN_STATES, LineUnits, Refund
from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import OrderId, TenantId
from storekeeper.kernel.keys import Key
from storekeeper.kernel.money import Currency, Money
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import ABSENT, Put
from storekeeper.orders import order_pk
from storekeeper.payments import RefundState

SCHEMA = 1
SK = "REFUND#"
DUE_KIND = "refund"
LOOK_AGAIN = timedelta(minutes=10)

ENTITIES = (
    Entity(
        name="refund",
        pk="T#<tenant>#ORDER#<order>",
        sk="REFUND#<refund>",
        holds="Money asked back, and the provider's word on it.",
        found_by="Query of its order's partition; the sweep, while it is pending.",
        written_by="refund_order, settle_refund, and settle_payment for money that came late",
        indexes={"due": ("DUE#refund#<n>", "<due at>#<key>#<kind>")},
    ),
)


def refund_key(tenant_id: TenantId, order_id: str, refund_id: str) -> Key:
    """Where a refund is kept."""
    return Key(order_pk(tenant_id, OrderId(order_id)), SK + refund_id)


def put_refund(tenant_id: TenantId, refund: Refund) -> Put:
    """A refund that was not asked for before; written with the order that it takes the money from."""
    return Put(refund_key(tenant_id, refund.order_id, refund.id), as_item(tenant_id, refund), only_if=ABSENT)


def change_refund(tenant_id: TenantId, refund: Refund) -> Put:
    """The refund one version on; refused if it changed since it was read."""
    return Put(
        refund_key(tenant_id, refund.order_id, refund.id),
        as_item(tenant_id, refund),
        only_if="version = :version",
        values={":version": refund.version - 1},
    )


def as_item(tenant_id: TenantId, refund: Refund) -> Item:
    """The whole refund."""
    key = refund_key(tenant_id, refund.order_id, refund.id)
    is_open = refund.state in OPEN_STATES
    return {
        "type": "refund",
        "schema": SCHEMA,
        "id": refund.id,
        "order_id": refund.order_id,
        "amount": refund.amount.minor,
        "currency": refund.amount.currency.code,
        "state": refund.state.value,
        "reason": refund.reason,
        "lines": [{"line_id": line.line_id, "units": line.units} for line in refund.lines],
        "restock": refund.restock,
        "actor": refund.actor,
        "created_at": clock.to_text(refund.created_at),
        "updated_at": clock.to_text(refund.updated_at),
        "provider_id": refund.provider_id,
        "failure_code": refund.failure_code,
        "version": refund.version,
        **(due_attributes(DUE_KIND, key, at=refund.updated_at + LOOK_AGAIN) if is_open else {}),
    }


def refund_from(item: Item) -> Refund:
    """The refund of an item."""
    return Refund(
        id=item["id"],
        order_id=item["order_id"],
        amount=Money(item["amount"], Currency.of(item["currency"])),
        state=RefundState(item["state"]),
        reason=item["reason"],
        lines=tuple(LineUnits(line["line_id"], line["units"]) for line in item["lines"]),
        restock=item["restock"],
        actor=Actor(item["actor"]),
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
        provider_id=item.get("provider_id"),
        failure_code=item.get("failure_code"),
        version=item["version"],
    )
