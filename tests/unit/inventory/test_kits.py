"""What kits need of shelves, how many there are, and what is told when there are too few."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.catalog import Component
from storekeeper.inventory import Asked, Shortage, demand_of, kits_in, told_shortages
from storekeeper.inventory.kits.events import events_of
from storekeeper.inventory.kits.items import put_kit
from storekeeper.inventory.kits.model import (
    Kit,
    KitExists,
    KitId,
    SkuFacts,
    SkuInKits,
    SkuStocked,
    check_components,
    check_sku,
)
from storekeeper.kernel.changes import Change
from storekeeper.kernel.errors import Invalid, StorekeeperError
from storekeeper.kernel.ids import ProductId, TenantId
from storekeeper.kernel.records import replace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOX = (Component("MUG", 2), Component("TEA", 1))
PLAIN = SkuFacts(ProductId("prd_1"), stocked=True, kit_id=None, in_kits=0)
A_KIT = replace(PLAIN, kit_id=KitId("kit_1"))
SKUS = st.sampled_from("ABCD")
COMPONENTS = st.dictionaries(SKUS, st.integers(1, 5), min_size=1).map(
    lambda parts: tuple(Component(sku, quantity) for sku, quantity in parts.items())
)
LINES = st.lists(
    st.one_of(
        st.builds(Asked, SKUS, st.integers(1, 9)),
        st.builds(Asked, st.sampled_from("XYZ"), st.integers(1, 9), COMPONENTS),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda line: line.sku,  # as in a cart
)


def test_a_kit_needs_its_components_beside_what_is_wanted_of_them() -> None:
    assert demand_of([Asked("BOX", 3, BOX), Asked("MUG", 1), Asked("PEN", 2)]) == {"MUG": 7, "TEA": 3, "PEN": 2}


@pytest.mark.parametrize(
    ("_case", "units", "kits"),
    [
        ("the scarcest decides", {"MUG": 9, "TEA": 5}, 4),
        ("parts of a kit are none", {"MUG": 1, "TEA": 5}, 0),
        ("what is missing is none", {"TEA": 5}, 0),
    ],
)
def test_there_are_as_many_kits_as_the_scarcest_component_does_for(
    _case: str, units: dict[str, int], kits: int
) -> None:
    assert kits_in(BOX, units) == kits


@given(COMPONENTS, st.dictionaries(SKUS, st.integers(0, 30)))
def test_so_many_kits_can_be_made_and_not_one_more(components: tuple[Component, ...], units: dict[str, int]) -> None:
    kits = kits_in(components, units)

    assert all(units.get(one.sku, 0) >= one.quantity * kits for one in components)
    assert any(units.get(one.sku, 0) < one.quantity * (kits + 1) for one in components)


@given(LINES)
def test_demand_is_the_sum_of_what_each_line_takes_apart(lines: list[Asked]) -> None:
    demand = demand_of(lines)

    apart = [demand_of([replace(line, units=1)]) for line in lines for _ in range(line.units)]
    assert demand == {sku: sum(one.get(sku, 0) for one in apart) for sku in demand}


def test_who_wants_too_many_kits_is_told_of_kits() -> None:
    short = [Shortage("MUG", requested=7, available=5)]

    assert told_shortages([Asked("BOX", 3, BOX), Asked("MUG", 1)], short) == (Shortage("BOX", 3, 2),)


def test_a_line_is_told_what_the_lines_before_it_leave() -> None:
    short = [Shortage("MUG", requested=5, available=4)]

    assert told_shortages([Asked("BOX", 2, BOX), Asked("MUG", 1)], short) == (Shortage("MUG", 1, 0),)


@given(LINES, st.dictionaries(SKUS, st.integers(0, 40)))
def test_what_is_told_can_be_had_instead(lines: list[Asked], stock: dict[str, int]) -> None:
    demand = demand_of(lines)
    short = [Shortage(sku, units, stock.get(sku, 0)) for sku, units in demand.items() if stock.get(sku, 0) < units]
    left = list(told_shortages(lines, short))

    served = []
    for line in lines:
        told = bool(left) and (left[0].sku, left[0].requested) == (line.sku, line.units)
        served.append(replace(line, units=left.pop(0).available) if told else line)

    assert left == []
    assert (served != lines) is bool(short)
    assert all(units <= stock.get(sku, 0) for sku, units in demand_of(served).items())


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (A_KIT, KitExists),
        (PLAIN, SkuStocked),
        (replace(PLAIN, stocked=False, in_kits=1), SkuInKits),
    ],
)
def test_what_has_stock_or_is_in_kits_becomes_none(facts: SkuFacts, refusal: type[StorekeeperError]) -> None:
    with pytest.raises(refusal):
        check_sku("BOX", facts)


def test_a_sku_without_stock_can_be_a_kit() -> None:
    check_sku("BOX", replace(PLAIN, stocked=False))


def test_every_component_that_cannot_be_is_named() -> None:
    wanted = [Component("MUG", 0), Component("MUG", 1), Component("BOX", 1), Component("GONE", 1), Component("SET", 1)]

    with pytest.raises(Invalid) as refused:
        check_components("BOX", wanted, known={"MUG": PLAIN, "BOX": PLAIN, "SET": A_KIT})

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("components.0.quantity", "quantity_out_of_range"),
        ("components.1.sku", "component_repeated"),
        ("components.2.sku", "component_is_kit"),
        ("components.3.sku", "sku_unknown"),
        ("components.4.sku", "component_is_kit"),
    ]


@pytest.mark.parametrize("count", [0, 21])
def test_a_kit_has_one_to_twenty_components(count: int) -> None:
    parts = [Component(f"SKU-{number}", 1) for number in range(count)]

    with pytest.raises(Invalid):
        check_components("BOX", parts, known={one.sku: PLAIN for one in parts})


def test_a_kit_s_life_is_told() -> None:
    kit = Kit(KitId("kit_1"), "BOX", ProductId("prd_1"), BOX, version=1, created_at=NOW, updated_at=NOW)
    later = replace(kit, components=BOX[:1], version=2)
    first, second = (put_kit(TenantId("ten_1"), one) for one in (kit, later))
    steps = [(None, first.item), (first.item, second.item), (second.item, None)]

    told = [event for old, new in steps for event in events_of(Change(first.key, old, new, "1", NOW))]

    assert [(event.type, event.version) for event in told] == [
        ("kit.created", 1),
        ("kit.updated", 2),
        ("kit.deleted", 3),
    ]
    assert told[1].data == {"id": "kit_1", "sku": "BOX", "components": [{"sku": "MUG", "quantity": 2}]}
