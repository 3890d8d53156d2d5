"""Names of another tenant's things, twisted in every way that has fooled somebody: none is shown, none changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from local.testing import DataCloud
from storekeeper.kernel.keys import belongs_to
from storekeeper.kernel.limits import Limit
from storekeeper.kernel.table import Table
from storekeeper.tenancy import Store
from tests.api.furnishing import SEEN, Furnishing
from tests.api.whole import Operation, operations, whole_api
from tests.emulated import MakeStore, all_items
from tests.functions.conftest import Api, MakeSecret, Reply
from tests.fuzz.examples import FACTOR

Twist = Callable[[str], str]
MANY = 1_000_000
FEW = 6
REFUSED = frozenset({401, 404, 405, 409, 412, 413, 422})
PREFIXES = ("", "..", "../", "%2e%2e%2f", "..\\", "./", "/", "//")


@dataclass(frozen=True)
class Victim:
    """A tenant with one of everything, whose table keys a stranger may know too."""

    tenant_id: str
    ids: dict[str, str]
    secret: str
    items: list[dict[str, Any]]


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many calls in a second would be refused for their number alone."""
    monkeypatch.setattr("storekeeper.edge.call.KEY_LIMIT", Limit("key", calls=MANY))
    monkeypatch.setattr("storekeeper.edge.shopper.CART_LIMIT", Limit("cart", calls=MANY))
    monkeypatch.setattr("storekeeper.edge.shopper.STORE_LIMIT", Limit("store", calls=MANY))
    monkeypatch.setattr("storekeeper.checkout.tracking.FAILED_LOOK_UPS", Limit("tracking", calls=MANY, window_s=60))


@pytest.fixture
def victim(cloud: DataCloud, table: Table, store: Store, make_secret: MakeSecret) -> Victim:
    """Whose things must not be seen."""
    secret = make_secret()
    furnishing = Furnishing(whole_api(secret), store)
    furnishing.all()
    return Victim(table.tenant_id, furnishing.ids, secret, own_items(cloud, table))


@pytest.fixture
def stranger(make_secret: MakeSecret, other_table: Table, make_store: MakeStore) -> Api:
    """With a key of every scope, and a store of its own."""
    make_store(table=other_table)
    return whole_api(make_secret(table=other_table))


def own_items(cloud: DataCloud, table: Table) -> list[dict[str, Any]]:
    """Everything in the table that is this tenant's; counts of calls left out."""
    items = [item for item in all_items(cloud) if belongs_to(item["pk"], table.tenant_id)]
    return sorted((one for one in items if "#LIMIT#" not in one["pk"]), key=lambda item: (item["pk"], item["sk"]))


def look_alike(text: str) -> str:
    """The same to a reader's eye, or after a normalization: full-width letters and digits."""
    return "".join(chr(ord(one) + 0xFEE0) if one.isalnum() and one.isascii() else one for one in text)


def twists(victim: Victim) -> dict[str, Twist]:
    """Every way, by its name."""
    tenant = victim.tenant_id
    return {
        "as it is": lambda one: one,
        "percent": lambda one: "".join(f"%{ord(letter):02X}" for letter in one),
        "double percent": lambda one: quote("".join(f"%{ord(letter):02X}" for letter in one), safe=""),
        "upper case": str.upper,
        "lower case": str.lower,
        "look-alikes": look_alike,
        "cyrillic o": lambda one: one.replace("o", "\u043e"),
        "zero width": lambda one: f"{one}\u200b",
        "truncated": lambda one: one[:-1],
        "lengthened": lambda one: one + "A",
        "after a hash": lambda one: f"x#{one}",
        "before a hash": lambda one: f"{one}#x",
        "escaped hash": lambda one: f"{one}%23x",
        "twice": lambda one: f"{one},{one}",
        "with its tenant's key": lambda one: f"T#{tenant}#{one}",
        "with its tenant's escaped key": lambda one: f"T%23{tenant}%23{one}",
        "with its tenant": lambda one: f"{tenant}#{one}",
        "null": lambda one: f"{one}\x00",
        "line break": lambda one: f"{one}\r\nx: y",
        "blank": lambda one: f" {one} ",
        "wildcard": lambda one: f"{one[:-1]}*",
        "traversal": lambda one: f"..%2f{one}",
        "back and forth": lambda one: f"x%2f..%2f{one}",
    }


def in_turn(twists: dict[str, Twist], place: int) -> list[tuple[str, Twist]]:
    """A few of the ways for each operation, so that all of them are tried in turn; all of them for each under FUZZ."""
    every = list(twists.items())
    return every if FACTOR > 1 else [every[(place * FEW + step) % len(every)] for step in range(FEW)]


def keyed() -> Iterator[Operation]:
    """The operations that need a key and name something."""
    return (operation for operation in operations() if operation.scope and operation.names)


def twisted(operation: Operation, victim: Victim, twist: Twist) -> str:
    """The operation's path; a slash that the twist has put in stays inside its part."""
    return operation.at({name: twist(victim.ids[name]).replace("/", "%2F") for name in operation.parameters})


def leak(reply: Reply) -> str | None:
    """What is wrong with an answer to a stranger; None if nothing is."""
    if reply.status not in REFUSED:
        return f"{reply.status} {reply.text[:120]}"
    return "it shows too much" if SEEN in reply.text else None


def test_no_twisted_id_leads_to_another_tenant(victim: Victim, stranger: Api, cloud: DataCloud, table: Table) -> None:
    wrong = {}
    for place, operation in enumerate(keyed()):
        for name, twist in in_turn(twists(victim), place):
            reply = stranger(operation.method, twisted(operation, victim, twist), operation.example)
            if fault := leak(reply):
                wrong[f"{name}: {operation}"] = fault

    assert wrong == {}
    assert own_items(cloud, table) == victim.items


def test_no_twisted_host_cart_or_number_leads_into_another_store(
    victim: Victim, make_store: MakeStore, other_table: Table, cloud: DataCloud, table: Table
) -> None:
    shopper, foreign = whole_api(None), make_store(table=other_table).domains[0]
    private = [one for one in operations() if {"cart_id", "number"} & set(one.parameters)]
    query = {"email": "ada@example.com"}
    wrong = {}

    for name, twist in twists(victim).items():
        for operation in private:
            ids = {one: twist(victim.ids[one]).replace("/", "%2F") for one in operation.parameters}
            reply = shopper(operation.method, operation.at({**ids, "domain": foreign}), operation.example, query=query)
            if fault := leak(reply):
                wrong[f"{name}: {operation}"] = fault

    assert wrong == {}
    assert own_items(cloud, table) == victim.items


def test_no_twisted_filter_or_cursor_shows_another_tenant_s_rows(victim: Victim, stranger: Api) -> None:
    owner = whole_api(victim.secret)
    asked = {
        "/v1/products": ("sku", "LAMP"),
        "/v1/orders": ("store_id", victim.ids["store_id"]),
        "/v1/inventory/levels": ("sku", "LAMP"),
        "/v1/inventory/movements": ("reference_id", victim.ids["order_id"]),
    }
    wrong = {}
    for path, (member, value) in asked.items():
        cursor = owner.get(path, query={"limit": 1, member: value}).json.get("next_cursor") or "WzEsICJ4Il0"
        for name, twist in twists(victim).items():
            for query in ({member: twist(value)}, {"cursor": twist(cursor)}, {member: value, "cursor": twist(cursor)}):
                reply = stranger.get(path, query=query)
                if reply.status not in {200, 404, 422} or SEEN in reply.text or (reply.json.get("data") or []):
                    wrong[f"{name}: {path} {query}"] = f"{reply.status} {reply.text[:120]}"

    assert wrong == {}


def test_another_tenant_s_marks_versions_and_keys_open_nothing(
    victim: Victim, stranger: Api, make_secret: MakeSecret, cloud: DataCloud, table: Table
) -> None:
    owner, key = whole_api(victim.secret), "a-key-of-the-victim-s"
    made = owner.post("/v1/locations", {"name": SEEN}, headers={"Idempotency-Key": key})
    before = own_items(cloud, table)
    wrong = {}

    for name, twist in twists(victim).items():
        sent = twist(key).encode("ascii", "replace").decode()
        reply = stranger.post("/v1/locations", {"name": name}, headers={"Idempotency-Key": sent})
        if reply.status not in {201, 422} or SEEN in reply.text or "idempotency-replayed" in reply.headers:
            wrong[f"mark {name}"] = f"{reply.status} {reply.text[:120]}"
        changed = stranger.patch(
            f"/v1/locations/{made.json['id']}", {"name": name}, headers={"If-Match": twist(made.headers["etag"])}
        )
        if fault := leak(changed):
            wrong[f"version {name}"] = fault
        if name != "as it is":
            reply = stranger.get("/v1/me", key=twist(victim.secret))
            if reply.status != 401 and twist(victim.secret).strip() != victim.secret:
                wrong[f"key {name}"] = f"{reply.status} {reply.text[:120]}"

    assert wrong == {}
    assert own_items(cloud, table) == before


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_name_climbs_out_of_where_files_and_pages_lie(
    victim: Victim, stranger: Api, cloud: DataCloud, table: Table, prefix: str
) -> None:
    """Slugs and handles refuse such text; SKUs and file names may hold it and stay what they are."""
    path = f"{prefix}{victim.tenant_id}/products/{victim.ids['product_id']}"
    slug = stranger.post("/v1/products", {"title": "X", "slug": path, "status": "draft"})
    product = stranger.post("/v1/products", {"title": "X", "variants": [{"sku": path[:64].rstrip(), "price": "1.00"}]})
    image = stranger.post(f"/v1/products/{victim.ids['product_id']}/images", {"content_type": "image/png", "alt": path})

    assert (slug.status, image.status) == (422, 404)
    assert product.status == 201
    own = product.json["id"]
    upload = stranger.post(f"/v1/products/{own}/images", {"content_type": "image/png", "alt": path})
    assert upload.status == 201
    assert victim.tenant_id not in upload.json["upload"]["fields"]["key"]
    assert own_items(cloud, table) == victim.items
