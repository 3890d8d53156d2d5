"""Deliberate bugs, each one line of the real code made wrong, and within how many histories it must be found.

`within` is a few times what it took when it was last measured (docs/simulation.md).
"""

from tests.simulation.mutants.bug import ANY, Bug, unguarded
from tests.simulation.mutants.goods_bugs import BUGS_OF_GOODS

BUGS = (
    unguarded(
        "stock is taken without looking",
        "inventory.levels.items.take_units",
        '"available >= :units"',
        within=200,
    ),
    unguarded(
        "stock is adjusted under a buyer's hands",
        "inventory.levels.items.adjust_level",
        '"version = :version AND attribute_not_exists(tracked)"',
        within=1000,
    ),
    unguarded(
        "an order is written over another's change",
        "orders.items.change_order",
        '"version = :before"',
        within=500,
    ),
    unguarded(
        "a changed cart is bought as it was",
        "carts.items.convert_cart",
        '"version = :version AND attribute_not_exists(order_id)"',
        within=2000,
    ),
    unguarded(
        "a hold is released twice",
        "inventory.holds.items.drop_hold",
        '"version = :version"',
        within=3000,
    ),
    unguarded(
        "a hold is renewed over what became of it",
        "inventory.holds.items.renew_hold",
        '"version = :version"',
        within=500,
    ),
    unguarded(
        "a cart is taken back from its next order",
        "carts.items.reactivate_cart",
        '"order_id = :order_id"',
        within=2000,
    ),
    unguarded(
        "two environments lease the same numbers",
        "tenancy.numbers.further_lease",
        '"free_from = :free_from"',
        within=3000,
    ),
    unguarded(
        "guesses are counted past the limit",
        "kernel.limits.take_calls",
        '"attribute_not_exists(used) OR used <= :room"',
        within=300,
    ),
    # undo forgotten
    Bug(
        "a cancelled order keeps its stock",
        "checkout.cancellation.writes",
        "*_releases(order, released, reason, table, now), *remember(after)",
        "*remember(after)",
        100,
    ),
    Bug(
        "a refund that failed is not given back to the order",
        "checkout.refunds.use_cases",
        "    if after.state in _FAILED:",
        "    if after.state in ():",
        1500,
    ),
    # too much, twice, or too early
    Bug(
        "more is refunded than was captured",
        "checkout.refunds.model",
        "if refundable < amount or not refundable:",
        "if not refundable:",
        2000,
    ),
    Bug(
        "units that leave stay reserved",
        "inventory.levels.model",
        "return Delta(on_hand=-units, reserved=-units)",
        "return Delta(on_hand=-units)",
        300,
    ),
    Bug(
        "the stock goes back before the intent is given up",
        "checkout.cancellation.use_cases",
        "        payment = give_up_payment(ending, till=till)",
        "        payment = ending.payment and never_paid(ending.payment, 'x')",
        200,
    ),
    Bug(
        "a cart is reopened although its payment has come",
        "checkout.cancellation.use_cases",
        "        if payment and payment.state is not PaymentState.CANCELLED:",
        "        if payment and payment.state is PaymentState.PROCESSING:",
        500,
    ),
    Bug(
        "money that came late is kept",
        "checkout.settlement.model",
        "    if order.status is OrderStatus.CANCELLED and came_late:",
        "    if order.status is None and came_late:",
        500,
    ),
    Bug(
        "what became of an authorization is not asked after",
        "checkout.settlement.model",
        "after = window_moved(after, PaymentWindow.AUTHORIZED, due_at=due_at, now=now)",
        "after = window_moved(after, PaymentWindow.CLOSED, due_at=None, now=now)",
        100,
    ),
    Bug(
        "late money revives an order whose cart has gone on",
        "checkout.settlement.late",
        "    checks = (still_this_order(cart, order_id=order.id),) if cart else ()",
        "    checks = ()",
        1000,
    ),
    # done twice
    Bug(
        "what an answer was is not kept with what was done",
        "carts.store",
        "self.table.write(cart_write, *writes, *remember(changed))",
        "self.table.write(cart_write, *writes)",
        300,
    ),
    unguarded(
        "of two under one key, the second does it again",
        "kernel.idempotency.mark_write",
        '"attribute_not_exists(pk) OR expires_at <= :now"',
        within=300,
    ),
    # on the way
    unguarded(
        "a transfer is written over what others did with it",
        "inventory.transfers.items.replace_transfer",
        '"version = :version"',
        within=400,
    ),
    Bug(
        "what is cancelled on its way does not come back",
        "inventory.transfers.use_cases",
        "_settle(table, after, *given_up, *back, *named, *remember(after))",
        "_settle(table, after, *given_up, *named, *remember(after))",
        400,
    ),
    Bug(
        "a receipt that is sent again is received again",
        "inventory.transfers.use_cases",
        "        if made_id in {receipt.id for receipt in before.receipts}:",
        "        if made_id in {}:",
        2000,
    ),
    # bought
    Bug(
        "a delivery that is sent again is taken in again",
        "inventory.purchasing.use_cases",
        "_write(table, order, *kept, *remember(received))",
        "_write(table, order, *kept)",
        400,
    ),
    Bug(
        "what is closed short is expected still",
        "inventory.purchasing.use_cases",
        "*writes.giving_up_writes(table.tenant_id, before, cause=cause), *remember(after))",
        "*remember(after))",
        400,
    ),
    unguarded(
        "a purchase order is written over what others did with it",
        "inventory.purchasing.items.put_purchase",
        'ABSENT if order.version == 1 else "version = :read"',
        within=400,
    ),
    Bug(
        "what was rejected goes on the shelf",
        "inventory.purchasing.writes",
        "ref, units = SkuRef(tenant_id, line.sku), line.received",
        "ref, units = SkuRef(tenant_id, line.sku), line.received + line.rejected",
        400,
    ),
    Bug(
        "what came has cost nothing",
        "inventory.purchasing.writes",
        "unit_cost=line.cost.minor if line.received else None",
        "unit_cost=None",
        400,
    ),
    # repaired
    Bug(
        "a repair writes no movement",
        "inventory.reconciliation.items",
        " version = version + :one, cause = :cause",
        " cause = :cause",
        200,
    ),
    Bug(
        "a repair is told of, and nothing is mended",
        "inventory.reconciliation.mending",
        "told, items.mend_level(SkuRef(table.tenant_id, drift.sku), drift, cause=cause))",
        "told)",
        200,
    ),
    Bug(
        "a repair gives up what suppliers still send",
        "inventory.reconciliation.deliveries",
        "for line in order.lines if order.is_open]",
        "for line in ()]",
        600,
    ),
    # lost and told wrong
    Bug(
        "a lost answer of a write is taken for a refusal",
        "kernel.table",
        'if old is None or old.get("write_id") != write_id:',
        "if True:",
        500,
    ),
    Bug("an event's id leaves its version out", "kernel.changes", ":{self.version}", "", 60),
    Bug(
        "what the bus refused is forgotten",
        "streams.publishing",
        "        failed = origins[min(refused.indexes)]",
        "        del refused",
        200,
    ),
    Bug(
        "a batch goes on after its last failure",
        "streams.projecting",
        "    failed = min((place for place in stops",
        "    failed = max((place for place in stops",
        1000,
    ),
    # derived from what is old
    Bug(
        "an old change of an order is counted again",
        "orders.statistics",
        "known.version >= after.version:",
        "known.version == after.version:",
        1500,
    ),
    Bug(
        "an order's count is not kept when another is counted",
        "orders.statistics",
        "        if last and last.order_id != after.id:",
        "        if last is None and known:",
        2000,
    ),
    unguarded(
        "figures of a day are written over others",
        "orders.statistics.put_day",
        '"attribute_not_exists(pk) OR version = :seen"',
        within=3000,
    ),
    Bug(
        "a card is made of older facts",
        "search.cards.items",
        'put_head>>>only_if="version = :version" if was else ABSENT',
        f'only_if="{ANY}"',
        200,
    ),
    unguarded(
        "an older state of a level replaces a newer one",
        "inventory.states.items.put_level_state",
        '"attribute_not_exists(pk) OR level_version < :level_version"',
        within=100,
    ),
    *BUGS_OF_GOODS,
)
