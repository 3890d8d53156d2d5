"""What cannot be meant, or cannot be: faults of what a merchant says about a transfer, row by row. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from storekeeper.inventory.buckets.model import draw
from storekeeper.inventory.errors import Shortage
from storekeeper.inventory.levels.model import Level, SkuPick
from storekeeper.inventory.levels.plans import available_units
from storekeeper.inventory.transfers.model import (
    MAX_LINES,
    MAX_QUANTITY,
    MAX_RECEIPTS,
    Arrival,
    Transfer,
    TransferLine,
    check_in_transit,
)
from storekeeper.kernel.errors import Fault, Invalid, NotFound, StorekeeperError
from storekeeper.kernel.ids import LocationId


class TransferUnknown(NotFound):
    """The tenant has no such transfer."""

    code = "transfer_unknown"


class TransferShort(StorekeeperError):
    """The source has too little of these SKUs that can be sold; nothing was written."""

    code, kind = "transfer_insufficient_stock", "conflict"

    def __init__(self, *shortages: Shortage) -> None:
        super().__init__("The source has too little stock; see errors.", faults=[_short(one) for one in shortages])
        self.shortages = shortages


def _short(short: Shortage) -> Fault:
    detail = f"{short.available} of the {short.requested} units to send are available at the source."
    facts = (("sku", short.sku), ("requested", short.requested), ("available", short.available))
    return Fault("sku", TransferShort.code, detail, facts)


class TooManyLines(StorekeeperError):
    """More levels than one transaction takes."""

    code, kind = "too_many_lines", "conflict"


class TooManyReceipts(StorekeeperError):
    """The transfer has come in as many parts as one can."""

    code, kind = "too_many_receipts", "conflict"


class TooManyUnits(StorekeeperError):
    """More would be received than is outstanding."""

    code, kind = "too_many_units", "conflict"


class NotExpected(StorekeeperError):
    """A level does not expect what the transfer has on its way there: its ledger must be looked into."""

    code, kind = "not_expected", "conflict"


def check_lines(lines: Sequence[TransferLine], *, known: Iterable[str]) -> None:
    """Whether a draft may have these lines. `known`: those of their SKUs that there are.

    Raises:
        TooManyLines: over MAX_LINES.
        Invalid: names every row whose SKU or quantity is wrong.
    """
    if len(lines) > MAX_LINES:
        raise TooManyLines(f"A transfer takes {MAX_LINES} lines, not {len(lines)}; split it into several.")
    if faults := [*_line_faults(lines, set(known))]:
        raise Invalid("A line cannot be sent; see errors.", faults=faults)


def _line_faults(lines: Sequence[TransferLine], known: set[str]) -> Iterator[Fault]:
    yield from _repeated([line.sku for line in lines])
    for row, line in enumerate(lines):
        if line.sku not in known:
            yield Fault(f"lines.{row}.sku", "sku_unknown", "No variant has this SKU.", (("sku", line.sku),))
        if not 0 < line.units.quantity <= MAX_QUANTITY:
            yield Fault(f"lines.{row}.quantity", "quantity_out_of_range", f"Send 1 to {MAX_QUANTITY:,} units.")


def _repeated(skus: Sequence[str]) -> Iterator[Fault]:
    for row, sku in enumerate(skus):
        if sku in skus[:row]:
            yield Fault(f"lines.{row}.sku", "sku_twice", "Send each SKU in one line.", (("sku", sku),))


def plan_draws(transfer: Transfer, levels: Mapping[str, Sequence[Level]]) -> tuple[SkuPick, ...]:
    """Which of the source's levels give which units: what can be sold, from the fullest buckets of hot SKUs.

    Raises:
        TransferShort: names every SKU of which there is too little.
    """
    short: list[Shortage] = []
    picks: list[SkuPick] = []
    for line in transfer.lines:
        have = [level for level in levels.get(line.sku, ()) if level.location_id == transfer.source_id]
        wanted = line.units.quantity
        if (available := available_units(have)) < wanted:
            short.append(Shortage(line.sku, wanted, available))
        drawn = draw(have, wanted).items()
        picks += [SkuPick(line.sku, transfer.source_id, bucket, -units) for bucket, units in drawn]
    if short:
        raise TransferShort(*short)
    return tuple(picks)


def kept_at(location_id: LocationId, levels: Mapping[str, Sequence[Level]]) -> frozenset[str]:
    """The SKUs that have a level there."""
    return frozenset(sku for sku, have in levels.items() if any(level.location_id == location_id for level in have))


def tracked_at(location_id: LocationId, levels: Mapping[str, Sequence[Level]]) -> dict[str, Level]:
    """The levels there, by their SKUs, whose units are told apart: each lies in one bucket."""
    there = (level for have in levels.values() for level in have if level.location_id == location_id)
    return {level.sku: level for level in there if level.tracked}


def check_arrivals(transfer: Transfer, said: Sequence[Arrival] | None) -> tuple[Arrival, ...]:
    """What a receipt is to hold; None says that all that is outstanding has come.

    Raises:
        WrongState: the transfer is not in transit.
        Invalid: names every row that cannot be meant.
        TooManyUnits: names every SKU of which fewer are outstanding.
        TooManyReceipts: it has come in MAX_RECEIPTS parts.
    """
    check_in_transit(transfer)
    if len(transfer.receipts) >= MAX_RECEIPTS:
        raise TooManyReceipts(f"It has come in {MAX_RECEIPTS} parts; close it, and adjust what comes after.")
    outstanding = {line.sku: line.units.outstanding for line in transfer.lines}
    if said is None:
        return tuple(Arrival(sku, received=units) for sku, units in outstanding.items() if units)
    if faults := [*_arrival_faults(said, outstanding)]:
        raise Invalid("A line cannot be received; see errors.", faults=faults)
    if faults := [
        _over(row, one, outstanding) for row, one in enumerate(said) if one.of_expected > outstanding[one.sku]
    ]:
        raise TooManyUnits("Fewer units are outstanding; see errors.", faults=faults)
    return tuple(said)


def _over(row: int, arrival: Arrival, outstanding: Mapping[str, int]) -> Fault:
    left = outstanding[arrival.sku]
    detail = f"{left} units are outstanding; what came besides is `found`, with a reason."
    facts = (("sku", arrival.sku), ("requested", arrival.of_expected), ("outstanding", left))
    return Fault(f"lines.{row}.quantity", TooManyUnits.code, detail, facts)


def _arrival_faults(said: Sequence[Arrival], outstanding: Mapping[str, int]) -> Iterator[Fault]:
    yield from _repeated([arrival.sku for arrival in said])
    for row, arrival in enumerate(said):
        if arrival.sku not in outstanding:
            detail = "The transfer has no such line; adjust the stock of what else has come."
            yield Fault(f"lines.{row}.sku", "sku_not_sent", detail, (("sku", arrival.sku),))
        counts = (arrival.received, arrival.damaged, arrival.missing, arrival.found)
        if not any(counts) or not all(0 <= units <= MAX_QUANTITY for units in counts):
            detail = f"Say how many, 0 to {MAX_QUANTITY:,} of each kind, and not 0 of all."
            yield Fault(f"lines.{row}.quantity", "quantity_out_of_range", detail)
        if any(counts[1:]) and not arrival.reason:
            yield Fault(f"lines.{row}.reason", "reason_missing", "Say why units are damaged, missing or found.")
