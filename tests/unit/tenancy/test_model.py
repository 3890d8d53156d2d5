"""Pure decisions of tenancy."""

from datetime import UTC, datetime

import pytest

from storekeeper.kernel.errors import Invalid
from storekeeper.kernel.ids import LocationId
from storekeeper.kernel.records import replace
from storekeeper.tenancy import ALL_SCOPES, Location, normalized_host
from storekeeper.tenancy.api_keys.model import ScopeNotHeld, check_grant, hash_secret, new_secret
from storekeeper.tenancy.locations.model import DefaultLocationNeeded, LocationInUse, check_change, check_delete
from storekeeper.tenancy.stores.model import StoreSettings, check_time_zone, prefix_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EAST = Location(
    id=LocationId("loc_1"),
    name="East",
    address=None,
    is_default=False,
    active=True,
    stocked=False,
    version=1,
    created_at=NOON,
    updated_at=NOON,
)
MAIN = replace(EAST, is_default=True)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Shop.Example.COM", "shop.example.com"),
        ("shop.example.com.", "shop.example.com"),
        (" shop.example.com ", "shop.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("harbour.localhost", "harbour.localhost"),
        ("a.b", "a.b"),
    ],
)
def test_a_host_is_kept_in_one_form(text: str, host: str) -> None:
    assert normalized_host(text) == host
    assert normalized_host(host) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "localhost",
        "192.0.2.1",
        "[::1]",
        "a..b",
        "-a.example",
        "a-.example",
        "a_b.example",
        "a.example:80",
        "a.example/b",
        "user@a.example",
        "x" * 64 + ".example",
        ".".join(["abcdefghi"] * 30),
        "xn--\x80.example",
        "xn--a.example",
        "a.example\x00",
        "ü" * 300,
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalized_host(text)

    assert refused.value.faults[0].code == "domain_malformed"


@pytest.mark.parametrize(
    ("name", "prefix"), [("Harbour", "HA-"), ("7 Seas", "7S-"), ("ä", "S-"), ("", "S-"), ("x", "X-"), ("Ägäis", "GI-")]
)
def test_order_numbers_begin_with_the_store_s_letters(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


@pytest.mark.parametrize("name", ["Nowhere/Land", "Europe", "../etc/passwd", "", "/etc/passwd", "a\x00b"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        check_time_zone(name)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_a_time_zone_is_known(name: str) -> None:
    check_time_zone(name)


def test_a_hold_lasts_as_long_as_the_store_says() -> None:
    assert StoreSettings(hold_minutes=20).hold.total_seconds() == 1_200


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(MAIN, replace(MAIN, is_default=False), id="it_would_only_stop_being_it"),
        pytest.param(MAIN, replace(MAIN, active=False), id="it_would_close"),
        pytest.param(replace(EAST, active=False), replace(MAIN, active=False), id="it_is_closed"),
    ],
)
def test_a_tenant_always_has_an_open_default_location(before: Location, after: Location) -> None:
    with pytest.raises(DefaultLocationNeeded):
        check_change(before, after)


def test_a_location_changes_freely_otherwise() -> None:
    check_change(EAST, replace(EAST, active=False, name="Closed"))
    check_change(EAST, MAIN)
    check_change(MAIN, replace(MAIN, name="Main"))


def test_only_an_unused_location_can_be_deleted() -> None:
    check_delete(EAST)
    with pytest.raises(DefaultLocationNeeded):
        check_delete(MAIN)
    with pytest.raises(LocationInUse):
        check_delete(replace(EAST, stocked=True))


def test_a_key_grants_what_it_holds_and_no_more() -> None:
    check_grant(["orders:read"], held=["orders:read", "keys:write"])
    check_grant([], held=[])
    with pytest.raises(ScopeNotHeld) as refused:
        check_grant(ALL_SCOPES, held=[scope for scope in ALL_SCOPES if scope != "orders:write"])

    assert [fault.detail for fault in refused.value.faults] == ["Your key lacks orders:write."]


def test_secrets_cannot_be_guessed_and_are_told_by_their_hash() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len({hash_secret(secret) for secret in secrets}) == 100
    assert all(len(secret) == 47 for secret in secrets)
    assert hash_secret("\ud800")
