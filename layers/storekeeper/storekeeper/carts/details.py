"""What shoppers say of a cart besides its items: who they are, where and how to send it, whence they came. Pure."""

from collections.abc import Iterable
from typing import TypedDict

from storekeeper.carts.model import Cart, Contact
from storekeeper.kernel.addresses import Address
from storekeeper.kernel.errors import Fault, Invalid
from storekeeper.kernel.merging import MapPatch, merged
from storekeeper.kernel.records import replace

MAX_UTM = 5


class CodeUnknown(Invalid):
    """No coupon or gift card has such a code."""

    code = "code_unknown"


class Details(TypedDict, total=False):
    """What is said anew: what is not there stays, None clears.

    An address is one value, replaced as a whole: no line of an earlier one must end up on a parcel.
    """

    email: str | None
    shipping_address: Address | None
    billing_address: Address | None
    note: str | None
    shipping_method_id: str | None
    utm: MapPatch | None
    coupon_codes: tuple[str, ...]
    gift_card_codes: tuple[str, ...]


def with_details(cart: Cart, details: Details) -> Cart:
    """The cart with what is said anew. Whether the shipping method applies is seen only once it is priced.

    Raises:
        CodeUnknown: a coupon or a gift card is none.
    """
    check_codes("coupon_codes", details.get("coupon_codes", ()))
    check_codes("gift_card_codes", details.get("gift_card_codes", ()))
    said = {name: value for name, value in details.items() if name in Contact.__struct_fields__}
    contact = replace(cart.contact, **said)  # type: ignore[arg-type]  # the names are Details' own
    method_id = details.get("shipping_method_id", cart.shipping_method_id)
    utm = merged(cart.utm, details["utm"], field="utm", most=MAX_UTM) if "utm" in details else cart.utm
    return replace(cart, contact=contact, shipping_method_id=method_id, utm=utm)


def check_codes(field: str, codes: Iterable[str]) -> None:
    """Refuse coupon or gift-card codes that do not exist. No kind of code is issued yet, so that none exists.

    Raises:
        CodeUnknown: there are some; it names each.
    """
    detail = "No such code can be used in this store."
    if faults := [Fault(f"{field}.{at}", CodeUnknown.code, detail) for at, _ in enumerate(codes)]:
        raise CodeUnknown(detail, faults=faults)
