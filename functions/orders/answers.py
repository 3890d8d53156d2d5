"""How an order is answered: with what has left of it and with its refunds, which are read beside it."""

from collections.abc import Callable

from orders.schemas import OrderOut
from storekeeper.checkout import Refund, Refunded, list_refunds
from storekeeper.edge.call import Call
from storekeeper.orders import Order, Shipped, read_shipped


def rendering_shipped(call: Call) -> Callable[[Shipped], OrderOut]:
    """Answers an order whose shipments are at hand."""

    def render(shipped: Shipped) -> OrderOut:
        return OrderOut.of(shipped, refunds=list_refunds(shipped.order.id, table=call.table), sealer=call.sealer())

    return render


def rendering_order(call: Call) -> Callable[[Order], OrderOut]:
    """Answers an order as it is about to be written: what lies beside it is as it was."""

    def render(order: Order) -> OrderOut:
        return rendering_shipped(call)(_shipped(order, call))

    return render


def rendering_refunded(call: Call) -> Callable[[Refunded], OrderOut]:
    """Answers an order together with the refund that is about to be written."""

    def render(refunded: Refunded) -> OrderOut:
        order = refunded.order
        refunds = {refund.id: refund for refund in list_refunds(order.id, table=call.table)}
        refunds[refunded.refund.id] = refunded.refund
        shown: tuple[Refund, ...] = tuple(refunds.values())
        return OrderOut.of(_shipped(order, call), refunds=shown, sealer=call.sealer())

    return render


def _shipped(order: Order, call: Call) -> Shipped:
    return Shipped(order, read_shipped(order.id, table=call.table).shipments)
