"""Rows of a bulk adjustment as they were sent, and as what became of them is kept. Pure."""

from collections.abc import Mapping
from typing import Any

from storekeeper.inventory.adjustments.model import TYPES, Adjustment, Outcome
from storekeeper.inventory.levels.model import Level, MovementType
from storekeeper.kernel.errors import Fault, Invalid, StorekeeperError

MEMBERS = frozenset({"sku", "type", "quantity", "reason", "location_id"})
FIGURES = ("sku", "location_id", "on_hand", "reserved", "available", "incoming", "safety_stock", "version")
MAX_SKU_LENGTH, MAX_REASON_LENGTH = 64, 500


def adjustment_from(row: Mapping[str, Any]) -> Adjustment:
    """What a row means.

    Raises:
        Invalid: it means nothing; names the member.
    """
    if unknown := sorted(set(row) - MEMBERS):
        raise Invalid.field(unknown[0][:MAX_SKU_LENGTH], "member_unknown", f"Send only {', '.join(sorted(MEMBERS))}.")
    kind = row.get("type") or MovementType.ADJUSTMENT
    if kind not in TYPES:
        raise Invalid.field("type", "type_unknown", f"Send one of {', '.join(TYPES)}.")
    quantity = row.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise Invalid.field("quantity", "quantity_malformed", "Send a whole number.")
    return Adjustment(
        sku=_text(row, "sku", longest=MAX_SKU_LENGTH) or _missing("sku"),
        type=MovementType(kind),
        quantity=quantity,
        reason=_text(row, "reason", longest=MAX_REASON_LENGTH) or "",
        location_id=_text(row, "location_id", longest=MAX_SKU_LENGTH),
    )


def _text(row: Mapping[str, Any], name: str, *, longest: int) -> str | None:
    text = row.get(name)
    if text is None or text == "":
        return None
    if not isinstance(text, str) or len(text) > longest or not text.isprintable():
        raise Invalid.field(name, f"{name}_malformed", f"Send at most {longest} printable characters.")
    return text


def _missing(name: str) -> str:
    raise Invalid.field(name, f"{name}_missing", f"Send {name}.")


def row_outcome(number: int, row: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """What became of a row: its number from 0, the level's figures after it, or why not."""
    sku = str(row.get("sku") or "")[:MAX_SKU_LENGTH]
    shown: dict[str, Any] = {"row": number, "sku": sku, "outcome": "refused", "level": None, "error": None}
    if outcome.refusal is not None:
        return shown | {"error": _error(outcome.refusal)}
    return shown | {"outcome": "applied", "level": _figures(outcome.level)}


def _error(refusal: StorekeeperError) -> dict[str, str]:
    """The first fault of what means nothing, else the refusal itself."""
    told = refusal.faults[0] if refusal.faults else refusal
    field = {"field": told.field} if isinstance(told, Fault) else {}
    return {"code": told.code, "detail": told.detail, **field}


def _figures(level: Level | None) -> dict[str, Any] | None:
    return {name: getattr(level, name) for name in FIGURES} if level else None
