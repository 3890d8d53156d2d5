"""What fields take and refuse."""

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from storekeeper.edge import fields
from storekeeper.edge.fields import AddressIn, AddressOut, InModel, Name, left_out
from storekeeper.kernel.addresses import Address


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        pytest.param(fields.Amount, ["0", "12.50", "999999999999.999"], ["-1", "1,5", "", "1" * 13, ".5"], id="amount"),
        pytest.param(fields.CurrencyCode, ["USD"], ["usd", "US", "USDX"], id="currency"),
        pytest.param(fields.CountryCode, ["DE"], ["de", "DEU", ""], id="country"),
        pytest.param(fields.Quantity, [1, 9_999], [0, 10_000, -1], id="quantity"),
        pytest.param(fields.Sku, ["A", "MUG#1 blue", "~" * 64], ["", " A", "A ", "Ä", "A\n", "x" * 65], id="sku"),
        pytest.param(fields.Slug, ["mug", "mug-2-blue"], ["Mug", "-mug", "mug-", "a--b", "", "mug_2"], id="slug"),
        pytest.param(fields.Handle, ["standard", "A.1_b-c"], ["", "-a", "a b", "x" * 65], id="handle"),
        pytest.param(
            fields.Email,
            ["ada@example.com", "a+b@sub.example.co"],
            ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@exa mple.com", "a@b.c\n"],
            id="email",
        ),
        pytest.param(
            fields.HttpUrl,
            ["https://example.com/a?b=c#d", "http://localhost:8000"],
            ["javascript:alert(1)", "//example.com", "https://", "https://exa mple.com", 'https://a"<b'],
            id="url",
        ),
        pytest.param(fields.Name, ["Ä"], ["", "  ", "a\x00", "a\nb", "x" * 256], id="name"),
        pytest.param(fields.Text, ["a\nb\tc", ""], ["a\x00", "x" * 5_001], id="text"),
        pytest.param(fields.Id, ["ord_01KAGC"], ["ord", "_1", "ORD_1", "ord_1!", "x" * 65], id="id"),
    ],
)
def test_a_field_takes_what_it_should(field: Any, good: list[Any], bad: list[Any]) -> None:
    adapter = TypeAdapter(field)

    assert [adapter.validate_python(value) for value in good] == good
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


class Patch(InModel):
    """A patch of something that must have a name."""

    name: Annotated[Name, "the name"] = left_out()
    at: fields.Instant | None = None


def test_what_a_patch_leaves_out_is_not_set() -> None:
    assert Patch().model_dump(exclude_unset=True) == {}
    assert Patch.model_validate({"name": "N"}).model_dump(exclude_unset=True) == {"name": "N"}
    assert "default" not in Patch.model_json_schema()["properties"]["name"]
    assert Patch.model_json_schema().get("required") is None


@pytest.mark.parametrize(
    "body", [{"name": None}, {"other": 1}, {"name": 1}, {"at": "2026-11-20T12:00:00"}, {"at": 5}, {"at": "5"}]
)
def test_a_patch_refuses_what_is_no_value(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Patch.model_validate(body)


def test_an_instant_is_read_from_text() -> None:
    assert Patch.model_validate({"at": "2026-11-20T12:00:00Z"}).at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_an_address_is_kept_without_what_is_empty() -> None:
    given = AddressIn.model_validate(
        {"line1": "Pier 1", "city": "Hamburg", "country": "DE", "line2": "", "phone": None}
    )

    assert given.address() == Address("DE", line1="Pier 1", city="Hamburg")
    assert AddressOut.of(given.address()).line2 is None
