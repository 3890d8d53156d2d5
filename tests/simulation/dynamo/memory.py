"""The smallest faithful DynamoDB: one table and its indexes, in memory, in the low-level wire format.

It knows what Storekeeper uses and refuses everything else. Nothing here waits or chooses: a transaction is prepared
(its items are locked, its conditions looked at) and committed in two steps, and whoever calls decides what happens
between them. Every change is kept with both images: that is the stream, and what a read that lags sees.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.simulation.dynamo.expressions import Invalid, parse_change, parse_condition, used_terms
from tests.simulation.dynamo.refusals import cancelled, refusal

Wired: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str, str]

TOKEN_KEPT_S = 600
MAX_TRANSACTION = 100
INDEXES = {
    "gsi1": ("gsi1pk", "gsi1sk"),
    "gsi2": ("gsi2pk", "gsi2sk"),
    "gsi3": ("gsi3pk", "gsi3sk"),
    "due": ("due_pk", "due_sk"),
}
KEY_ATTRIBUTES = tuple(name for names in INDEXES.values() for name in names)
_ENTRY = frozenset(
    {"TableName", "Key", "Item", "ConditionExpression", "UpdateExpression", "ExpressionAttributeNames"}
    | {"ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"}
)
_NONE: Wired = {}


@dataclass(frozen=True, slots=True)
class Record:
    """One item before and after one write, in the order of all writes."""

    number: int
    at: float
    place: Place
    old: Wired | None
    new: Wired | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction whose conditions hold; until it is committed, nobody else writes its items."""

    token: str
    items: Sequence[Wired]
    places: tuple[Place, ...]
    is_repeat: bool = False


@dataclass
class Memory:
    """The table. `now` is the time of whoever calls, in seconds."""

    partitions: dict[str, dict[str, Wired]] = field(default_factory=dict)
    indexes: dict[str, dict[str, dict[tuple[str, str, str], None]]] = field(
        default_factory=lambda: {name: {} for name in INDEXES}
    )
    records: list[Record] = field(default_factory=list)
    locks: dict[Place, str] = field(default_factory=dict)
    tokens: dict[str, tuple[float, Sequence[Wired]]] = field(default_factory=dict)

    def clone(self) -> "Memory":
        """The same items, with no past."""
        return Memory(
            {pk: dict(items) for pk, items in self.partitions.items()},
            {name: {ipk: dict(places) for ipk, places in index.items()} for name, index in self.indexes.items()},
        )

    # reads

    def find(self, place: Place, *, as_of: float | None = None) -> Wired | None:
        """The item now; or, for a read that lags, as it was at an instant."""
        if as_of is not None:
            past = self._past(as_of)
            if place in past:
                return past[place]
        return self.partitions.get(place[0], _NONE).get(place[1])

    def find_together(self, places: Sequence[Place]) -> list[Wired | None]:
        """TransactGetItems: all of them as they are at one moment.

        Raises:
            ClientError: one is in a transaction that is under way.
        """
        if any(place in self.locks for place in places):
            conflicts = ({"Code": "TransactionConflict" if place in self.locks else "None"} for place in places)
            raise cancelled(list(conflicts))
        return [self.find(place) for place in places]

    def query(self, request: Mapping[str, Any], *, as_of: float | None = None, most: int | None = None) -> Wired:
        """One page. `most` cuts it short, as 1 MB would."""
        index = request.get("IndexName")
        pk_name, sk_name = INDEXES[index] if index else ("pk", "sk")
        text, values = request["KeyConditionExpression"], request["ExpressionAttributeValues"]
        _check_terms(text, request)
        condition, pk = parse_condition(text), values[":pk"]["S"]
        entries = [
            (item[sk_name]["S"], place, item)
            for place, item in self._partition(index, pk, as_of)
            if condition(item, _NONE, values)
        ]
        entries.sort(key=lambda entry: entry[:2], reverse=not request.get("ScanIndexForward", True))
        if start := request.get("ExclusiveStartKey"):
            last = (start[sk_name]["S"], (start["pk"]["S"], start["sk"]["S"]))
            forward = request.get("ScanIndexForward", True)
            entries = [entry for entry in entries if (entry[:2] > last if forward else entry[:2] < last)]
        limits = [limit for limit in (request.get("Limit"), most) if limit is not None]
        page = entries[: min(limits)] if limits else entries
        answer: Wired = {"Items": [_projected(item, index) for _, _, item in page], "Count": len(page)}
        if len(page) < len(entries):
            names = {"pk", "sk", pk_name, sk_name}
            answer["LastEvaluatedKey"] = {name: page[-1][2][name] for name in names}
        return answer

    def _partition(self, index: str | None, pk: str, as_of: float | None) -> Iterator[tuple[Place, Wired]]:
        past = {} if as_of is None else self._past(as_of)
        if index is None:
            now = [((pk, sk), item) for sk, item in self.partitions.get(pk, _NONE).items()]
        else:
            places = [(table_pk, sk) for _, table_pk, sk in self.indexes[index].get(pk, ())]
            now = [(place, self.partitions[place[0]][place[1]]) for place in places]
        yield from ((place, item) for place, item in now if place not in past)
        pk_name, sk_name = INDEXES[index] if index else ("pk", "sk")
        for place, item in past.items():
            if item is not None and sk_name in item and item.get(pk_name, _NONE).get("S") == pk:
                yield place, item

    def _past(self, as_of: float) -> dict[Place, Wired | None]:
        """What has changed since an instant, as it was then."""
        past: dict[Place, Wired | None] = {}
        for record in reversed(self.records):
            if record.at <= as_of:
                break
            past[record.place] = record.old
        return past

    # writes

    def write_one(self, operation: str, entry: Mapping[str, Any], *, now: float) -> None:
        """PutItem or UpdateItem.

        Raises:
            ClientError: its condition failed, or it met a transaction.
        """
        kind = {"PutItem": "Put", "UpdateItem": "Update"}[operation]
        place = _place_of(kind, entry)
        if place in self.locks:
            raise refusal("TransactionConflictException", operation)
        old = self.find(place)
        if not _holds(entry, old):
            raise refusal("ConditionalCheckFailedException", operation, **_shown(entry, old))
        self._apply(place, _after(kind, entry, old, operation), now)

    def prepare(self, items: Sequence[Wired], token: str, *, now: float) -> Prepared:
        """The first half of TransactWriteItems.

        Raises:
            ClientError: cancelled, with a reason for each item; the token is in use, or was with another request.
        """
        places = tuple(_place_of(*next(iter(item.items()))) for item in items)
        if not 0 < len(items) <= MAX_TRANSACTION or len(set(places)) < len(places):
            raise refusal("ValidationException", "TransactWriteItems", message="too many items, or one twice")
        if (known := self.tokens.get(token)) and now - known[0] < TOKEN_KEPT_S:
            if known[1] != items:
                raise refusal("IdempotentParameterMismatchException", "TransactWriteItems")
            return Prepared(token, items, places, is_repeat=True)
        if token in self.locks.values():
            raise refusal("TransactionInProgressException", "TransactWriteItems")
        reasons = [self._reason(item, place) for item, place in zip(items, places, strict=True)]
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        self.locks.update(dict.fromkeys(places, token))
        return Prepared(token, items, places)

    def commit(self, prepared: Prepared, *, now: float) -> None:
        """The second half: all of it, at once."""
        if prepared.is_repeat:
            return
        afters = []
        for item, place in zip(prepared.items, prepared.places, strict=True):
            del self.locks[place]
            ((kind, entry),) = item.items()
            if kind != "ConditionCheck":
                afters.append((place, _after(kind, entry, self.find(place), "TransactWriteItems")))
        for place, after in afters:
            self._apply(place, after, now)
        self.tokens[prepared.token] = (now, prepared.items)

    def _reason(self, item: Wired, place: Place) -> Wired:
        if place in self.locks:
            return {"Code": "TransactionConflict"}
        ((_, entry),) = item.items()
        old = self.find(place)
        if _holds(entry, old):
            return {"Code": "None"}
        return {"Code": "ConditionalCheckFailed", **_shown(entry, old)}

    def _apply(self, place: Place, new: Wired | None, now: float) -> None:
        old = self.find(place)
        if old == new:
            return  # the stream does not tell of writes that change nothing
        for name, (pk_name, sk_name) in INDEXES.items():
            if old and pk_name in old and sk_name in old:
                del self.indexes[name][old[pk_name]["S"]][(old[sk_name]["S"], *place)]
            if new and pk_name in new and sk_name in new:
                self.indexes[name].setdefault(new[pk_name]["S"], {})[(new[sk_name]["S"], *place)] = None
        if new is None:
            del self.partitions[place[0]][place[1]]
        else:
            self.partitions.setdefault(place[0], {})[place[1]] = new
        self.records.append(Record(len(self.records), now, place, old, new))


def _place_of(kind: str, entry: Mapping[str, Any]) -> Place:
    key = entry["Item"] if kind == "Put" else entry["Key"]
    if unknown := entry.keys() - _ENTRY:
        raise ValueError(f"not known here: {sorted(unknown)}")
    _check_terms(f"{entry.get('ConditionExpression', '')} {entry.get('UpdateExpression', '')}", entry)
    return key["pk"]["S"], key["sk"]["S"]


def _check_terms(text: str, request: Mapping[str, Any]) -> None:
    names, values = used_terms(text)
    given = (
        request.get("ExpressionAttributeNames", _NONE).keys(),
        request.get("ExpressionAttributeValues", _NONE).keys(),
    )
    if given != (names, values):
        raise refusal("ValidationException", "Write", message=f"terms that are unused or missing: {text}")


def _holds(entry: Mapping[str, Any], old: Wired | None) -> bool:
    text = entry.get("ConditionExpression")
    if text is None:
        return True
    names, values = entry.get("ExpressionAttributeNames", _NONE), entry.get("ExpressionAttributeValues", _NONE)
    return parse_condition(text)(old or _NONE, names, values)


def _shown(entry: Mapping[str, Any], old: Wired | None) -> dict[str, Any]:
    """The old image in a refusal, if it was asked for."""
    wanted = entry.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Item": old} if old and wanted else {}


def _after(kind: str, entry: Mapping[str, Any], old: Wired | None, operation: str) -> Wired | None:
    if kind == "Delete":
        return None
    if kind == "Put":
        after: Wired = entry["Item"]
    else:
        names, values = entry.get("ExpressionAttributeNames", _NONE), entry.get("ExpressionAttributeValues", _NONE)
        try:
            after = parse_change(entry["UpdateExpression"]).apply(old or entry["Key"], names, values)
        except Invalid as invalid:
            raise refusal("ValidationException", operation, message=str(invalid)) from invalid
    for name in KEY_ATTRIBUTES:
        if name in after and not after[name].get("S"):
            raise refusal("ValidationException", operation, message=f"{name} is no text, or an empty one")
    return after


def _projected(item: Wired, index: str | None) -> Wired:
    if index is None:
        return item
    names = ["pk", "sk", *INDEXES[index], *(["card"] if index == "gsi1" else [])]
    return {name: item[name] for name in names if name in item}
