"""The table as one request sees it: every call is a switch point, and may be struck by a fault.

The keys that a request touches are looked at as IAM looks at them (`dynamodb:LeadingKeys`): one outside its tenant ends
the history.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from tests.simulation.dynamo.memory import Memory, Prepared
from tests.simulation.dynamo.refusals import no_answer, refusal
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Crashed, Scheduler, Violation

OVERLAPS = 0.5  # how often a transaction under way leaves others the time (once more) to meet it half-way
LATE_S = 5.0
TIMES_OUT = 0.5  # of answers that never come, how many are waited for; the others end with their connection
READ_TIMEOUT_S = 3.0
HELD_UP_S = 1.5
LAG_S = 2.0
WRITES = (Fault.CRASH, Fault.THROTTLED, Fault.UNSENT, Fault.LATE, Fault.HELD_UP)

Act: TypeAlias = Callable[[], None]


@dataclass(slots=True)
class Backplane:
    """What all wires of a history share. `audit` looks at what has just been written."""

    memory: Memory
    scheduler: Scheduler
    faults: Faults
    chance: random.Random
    audit: Act
    keys: dict[str, str] = field(default_factory=dict)
    """The Idempotency-Key of each request that has one."""


class TaskWire:
    """`kernel.aws.calls.Wire` for one request: of one tenant, until `deadline` (simulated seconds)."""

    def __init__(self, plane: Backplane, *, tenant_id: str | None, deadline: float) -> None:
        self._plane, self._tenant_id, self._deadline = plane, tenant_id, deadline

    # reads

    def get_item(self, **request: Any) -> Any:
        """See `Wire`."""
        key = request["Key"]
        self._begin("get", [key["pk"]["S"]], (Fault.CRASH, Fault.THROTTLED), show=key)
        item = self._plane.memory.find(_place(key), as_of=self._lag(request))
        return {"Item": item} if item else {}

    def batch_get_item(self, **request: Any) -> Any:
        """See `Wire`."""
        ((table, wanted),) = request["RequestItems"].items()
        keys = wanted["Keys"]
        pks = [key["pk"]["S"] for key in keys]
        struck = self._begin("batch get", pks, (Fault.CRASH, Fault.THROTTLED, Fault.UNPROCESSED_KEYS), show=keys)
        left: list[Any] = []
        if struck is Fault.UNPROCESSED_KEYS and len(keys) > 1:
            cut = self._plane.chance.randrange(1, len(keys))
            keys, left = keys[:cut], keys[cut:]
            self._plane.faults.count(struck)
        as_of = self._lag(wanted)
        found = (self._plane.memory.find(_place(key), as_of=as_of) for key in keys)
        unprocessed = {table: {**wanted, "Keys": left}} if left else {}
        return {"Responses": {table: [item for item in found if item]}, "UnprocessedKeys": unprocessed}

    def transact_get_items(self, **request: Any) -> Any:
        """See `Wire`."""
        places = [_place(one["Get"]["Key"]) for one in request["TransactItems"]]
        pks = [pk for pk, _ in places]
        self._begin("transact get", pks, (Fault.CRASH, Fault.THROTTLED), show=places)
        found = self._conflicting(lambda: self._plane.memory.find_together(places))
        return {"Responses": [{"Item": item} if item else {} for item in found]}

    def query(self, **request: Any) -> Any:
        """See `Wire`."""
        pk = request["ExpressionAttributeValues"][":pk"]["S"]
        struck = self._begin("query", [pk], (Fault.CRASH, Fault.THROTTLED, Fault.SHORT_PAGE), show=request)
        answer = self._plane.memory.query(
            request, as_of=self._lag(request), most=1 if struck is Fault.SHORT_PAGE else None
        )
        if struck and "LastEvaluatedKey" in answer:
            self._plane.faults.count(struck)
        return answer

    # writes

    def put_item(self, **request: Any) -> Any:
        """See `Wire`."""
        return self._write_one("PutItem", request, request["Item"])

    def update_item(self, **request: Any) -> Any:
        """See `Wire`."""
        return self._write_one("UpdateItem", request, request["Key"])

    def transact_write_items(self, **request: Any) -> Any:
        """See `Wire`."""
        items, token = request["TransactItems"], request["ClientRequestToken"]
        entries = [entry for item in items for entry in item.values()]
        pks = [(entry.get("Key") or entry["Item"])["pk"]["S"] for entry in entries]
        kinds = (*WRITES, Fault.LOST_ANSWER_OF_TRANSACTION)
        struck = self._begin("transact", pks, kinds, show=items)

        def act() -> None:
            prepared = self._conflicting(lambda: self._prepare(items, token))
            while not self._plane.faults.over and self._plane.chance.random() < OVERLAPS:
                self._plane.scheduler.step("(transaction under way)")
                self._plane.scheduler.sleep(0.0)  # however seldom the history switches else
            self._plane.memory.commit(prepared, now=self._plane.scheduler.now)
            self._plane.audit()

        return self._done(act, struck, lost=Fault.LOST_ANSWER_OF_TRANSACTION)

    def _prepare(self, items: Any, token: str) -> Prepared:
        return self._plane.memory.prepare(items, token, now=self._plane.scheduler.now)

    def _write_one(self, operation: str, entry: Any, key: Any) -> Any:
        kinds = (*WRITES, Fault.LOST_ANSWER_OF_WRITE)
        struck = self._begin(operation, [key["pk"]["S"]], kinds, show=entry)

        def act() -> None:
            now = self._plane.scheduler.now
            self._conflicting(lambda: self._plane.memory.write_one(operation, entry, now=now))
            self._plane.audit()

        return self._done(act, struck, lost=Fault.LOST_ANSWER_OF_WRITE)

    # how

    def _done(self, act: Act, struck: Fault | None, *, lost: Fault) -> Any:
        plane = self._plane
        if struck is Fault.LATE:
            plane.scheduler.spawn("a write on its way", _quietly(act), after=plane.chance.random() * LATE_S)
        elif struck is not Fault.UNSENT:
            act()
        if struck is not None and struck in {Fault.UNSENT, Fault.LATE, lost}:
            plane.faults.count(struck)
            if plane.chance.random() < TIMES_OUT:
                plane.scheduler.sleep(READ_TIMEOUT_S)
            raise no_answer()
        return {}

    def _conflicting(self, write: Callable[[], Any]) -> Any:
        try:
            return write()
        except ClientError as error:
            if "Conflict" in str(error):
                self._plane.faults.count(Fault.CONFLICT)
            self._plane.scheduler.note(f"  refused: {error}")
            raise

    def _begin(self, operation: str, pks: Iterable[str], kinds: tuple[Fault, ...], *, show: Any) -> Fault | None:
        """The switch point. What ends the call before it begins is raised here; any other fault is for the caller."""
        plane = self._plane
        plane.scheduler.step(operation)
        if plane.scheduler.trace is not None:
            plane.scheduler.note(f"  {shown(show)}")
        for pk in pks:
            self._check_own(pk)
        if plane.scheduler.now > self._deadline:
            plane.faults.count(Fault.OUT_OF_TIME)
            raise Crashed
        struck = plane.faults.strikes(*kinds)
        if struck is not None:
            plane.scheduler.note(f"! {struck}")
        if struck is Fault.CRASH:
            plane.faults.count(struck)
            raise Crashed
        if struck is Fault.THROTTLED:
            plane.faults.count(struck)
            raise refusal("ThrottlingException", operation)
        if struck is Fault.HELD_UP:
            plane.faults.count(struck)
            plane.scheduler.sleep(plane.chance.random() * HELD_UP_S)
        return struck

    def _check_own(self, pk: str) -> None:
        own = f"T#{self._tenant_id}"
        if self._tenant_id is None:
            if not pk.startswith("DUE#"):
                raise Violation(f"a request of no tenant touched {pk}")
        elif pk != own and not pk.startswith(own + "#"):
            raise Violation(f"a request of {self._tenant_id} touched {pk}")

    def _lag(self, request: Any) -> float | None:
        """How old a picture an eventual read gets."""
        if request.get("ConsistentRead"):
            return None
        kind = Fault.STALE_INDEX if "IndexName" in request else Fault.STALE_READ
        if self._plane.faults.strikes(kind) is None:
            return None
        as_of = self._plane.scheduler.now - self._plane.chance.random() * LAG_S
        if self._plane.memory.records and self._plane.memory.records[-1].at > as_of:
            self._plane.faults.count(kind)
        return as_of


def _place(key: Any) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _quietly(act: Act) -> Act:
    """Nobody waits for the answer."""

    def run() -> None:
        try:
            act()
        except ClientError:
            return

    return run


def shown(request: Any) -> str:
    """What a call is about, for people: wired values in plain, long ones cut."""
    text = str(_plain(request))
    return text if len(text) < 600 else f"{text[:600]} …"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in {"S", "N", "BOOL"}:
            return next(iter(value.values()))
        hidden = {"TableName", "ReturnValuesOnConditionCheckFailure", "ExpressionAttributeNames"}
        return {name: _plain(one) for name, one in value.items() if name not in hidden}
    return [_plain(one) for one in value] if isinstance(value, list) else value
