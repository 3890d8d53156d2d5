"""Random operations on a few items, in every form that the table gateway sends: for two stores to be compared by."""

import random
from collections.abc import Iterator
from typing import Any, TypeAlias

Operation: TypeAlias = tuple[str, dict[str, Any]]

TABLE = "any"
SKS = ("A", "B#1", "B#2", "C")
CONDITIONS = (
    "attribute_not_exists(pk)",
    "attribute_exists(pk)",
    "version = :version",
    "units >= :units",
    "units <= :units",
    "attribute_not_exists(pk) OR version < :version",
    "attribute_not_exists(pk) OR version = :version",
    "version = :version AND attribute_not_exists(#order)",
    "attribute_exists(pk) AND (attribute_not_exists(#order) OR #order < :text)",
    "#order = :text",
    "",
)
CHANGES = (
    "SET #order = :text, version = :version",
    "SET version = :version REMOVE #order, gsi1pk, gsi1sk",
    "SET units = if_not_exists(units, :none) + :units",
    "SET gsi1pk = :place, gsi1sk = :text, version = :version",
    "SET due_pk = :place, due_sk = :text REMOVE card",
    "REMOVE #order",
)
SUMS = ("SET units = units + :units, version = :version", "SET units = units - :units, cause = :map")


class Operations:
    """An endless stream of operations, the same for the same seed. `space` parts it from other runs on one table."""

    def __init__(self, seed: int, *, space: str) -> None:
        self._random = random.Random(seed)
        self._places = [(f"T#{space}#{kind}", sk) for kind in ("X", "Y") for sk in SKS]
        self._listed = [f"T#{space}#LIST#{n}" for n in range(2)]
        self._tokens = [f"{space}-{n:030d}" for n in range(1_000_000, 1_000_003)]
        self._space = space
        self._made = 0

    def take(self, count: int) -> Iterator[Operation]:
        """The next `count` of them."""
        makers = {
            self._put: 5, self._update: 6, self._transact: 8, self._get: 3, self._batch_get: 2,
            self._query: 4, self._query_index: 4,
        }  # fmt: skip
        for _ in range(count):
            (make,) = self._random.choices(list(makers), weights=list(makers.values()))
            yield make()

    def _put(self) -> Operation:
        return "put_item", self._put_entry(self._random.choice(self._places))

    def _update(self) -> Operation:
        return "update_item", self._update_entry(self._random.choice(self._places))

    def _transact(self) -> Operation:
        kinds = {
            "Put": self._put_entry,
            "Update": self._update_entry,
            "Delete": self._keyed_entry,
            "ConditionCheck": self._check_entry,
        }
        chosen = self._random.sample(self._places, k=self._random.randint(1, 4))
        items = [{kind: kinds[kind](place)} for place in chosen for kind in [self._random.choice(list(kinds))]]
        self._made += 1
        return "transact_write_items", {
            "TransactItems": items,
            "ClientRequestToken": f"{self._space}-{self._made:030d}"[-36:],
        }

    def _get(self) -> Operation:
        return "get_item", {"TableName": TABLE, "Key": _key(self._random.choice(self._places)), "ConsistentRead": True}

    def _batch_get(self) -> Operation:
        keys = [_key(place) for place in self._random.sample(self._places, k=self._random.randint(1, 5))]
        return "batch_get_item", {"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": True}}}

    def _transact_get(self) -> Operation:
        places = self._random.sample(self._places, k=self._random.randint(1, 4))
        gets = [{"Get": {"TableName": TABLE, "Key": _key(place)}} for place in places]
        return "transact_get_items", {"TransactItems": gets}

    def _query(self) -> Operation:
        pk, _ = self._random.choice(self._places)
        low, high = sorted((self._random.choice([" ", "A", "B#", "B#2"]), self._random.choice(["B#1", "B#\U0010ffff"])))
        values = {":pk": {"S": pk}, ":low": {"S": low}, ":high": {"S": high}}
        return "query", self._paged({"KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high"}, values)

    def _query_index(self) -> Operation:
        pk, until = self._random.choice(self._listed), {"S": self._random.choice("mz")}
        if self._random.random() < 0.5:
            request = {"IndexName": "due", "KeyConditionExpression": "due_pk = :pk AND due_sk <= :until"}
            return "query", self._paged(request, {":pk": {"S": pk}, ":until": until})
        condition = "gsi1pk = :pk AND gsi1sk BETWEEN :low AND :high"
        values = {":pk": {"S": pk}, ":low": {"S": "a"}, ":high": until}
        return "query", self._paged({"IndexName": "gsi1", "KeyConditionExpression": condition}, values)

    def _paged(self, request: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        forward = self._random.random() < 0.7
        paged = {"TableName": TABLE, **request, "ExpressionAttributeValues": values, "ScanIndexForward": forward}
        return paged | ({"Limit": self._random.randint(1, 3)} if self._random.random() < 0.4 else {})

    def _put_entry(self, place: tuple[str, str]) -> dict[str, Any]:
        item = {**_key(place), **self._attributes()}
        return {"Item": item, **self._conditioned("")}

    def _update_entry(self, place: tuple[str, str]) -> dict[str, Any]:
        if self._random.random() < 0.4:  # adding to what may be missing is refused as malformed: only where it is there
            change = self._random.choice(SUMS)
            return {"Key": _key(place), "UpdateExpression": change, **self._conditioned(change, "units >= :units")}
        change = self._random.choice(CHANGES)
        return {"Key": _key(place), "UpdateExpression": change, **self._conditioned(change)}

    def _keyed_entry(self, place: tuple[str, str]) -> dict[str, Any]:
        return {"Key": _key(place), **self._conditioned("")}

    def _check_entry(self, place: tuple[str, str]) -> dict[str, Any]:
        condition = self._random.choice([one for one in CONDITIONS if one])
        return {"Key": _key(place), **self._conditioned("", condition)}

    def _attributes(self) -> dict[str, Any]:
        chosen = {
            "version": {"N": str(self._random.randint(0, 3))},
            "units": {"N": str(self._random.randint(0, 5))},
            "order": {"S": self._random.choice("abc")},
            "card": {"S": self._random.choice(["{}", "[1]"])},
            "cause": {"M": {"at": {"S": "x"}, "n": {"N": "1"}, "none": {"NULL": True}}},
        }
        item = {name: value for name, value in chosen.items() if self._random.random() < 0.7}
        for pk_name, sk_name in (("gsi1pk", "gsi1sk"), ("due_pk", "due_sk")):
            if self._random.random() < 0.5:
                item |= {pk_name: {"S": self._random.choice(self._listed)}, sk_name: {"S": self._random.choice("abnz")}}
        return item

    def _conditioned(self, change: str, condition: str | None = None) -> dict[str, Any]:
        condition = self._random.choice(CONDITIONS) if condition is None else condition
        text = f"{condition} {change}"
        values = {
            ":version": {"N": str(self._random.randint(0, 3))},
            ":units": {"N": str(self._random.randint(0, 4))},
            ":none": {"N": "0"},
            ":text": {"S": self._random.choice("abc")},
            ":place": {"S": self._random.choice(self._listed)},
            ":map": {"M": {"l": {"L": [{"BOOL": True}, {"N": "-3"}]}}},
        }
        used = {name: value for name, value in values.items() if name in text}
        return {
            "TableName": TABLE,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **({"ConditionExpression": condition} if condition else {}),
            **({"ExpressionAttributeNames": {"#order": "order"}} if "#order" in text else {}),
            **({"ExpressionAttributeValues": used} if used else {}),
        }


def _key(place: tuple[str, str]) -> dict[str, Any]:
    return {"pk": {"S": place[0]}, "sk": {"S": place[1]}}
