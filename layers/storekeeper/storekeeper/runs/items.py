"""Runs in the table: one item each, found by its kind, and by the sweep when nobody moves it on."""

import json
from collections.abc import Mapping
from typing import Any

from storekeeper.kernel import clock
from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.due import due_attributes
from storekeeper.kernel.entities import Entity
from storekeeper.kernel.ids import TenantId
from storekeeper.kernel.keys import Key, joined, tenant_pk
from storekeeper.kernel.trace import Actor
from storekeeper.kernel.writes import Put
from storekeeper.runs.model import KEPT, Run, RunState

TYPE = "run"
SK = "RUN"
DUE_KIND = "run"
ENTITIES = (
    Entity(
        name=TYPE,
        pk="T#<tenant>#RUN#<run>",
        sk=SK,
        holds="Long work: what was asked, how far it is, what it has counted.",
        found_by="Its id; the tenant's runs of a kind, newest first; the sweep, when no worker moves it on.",
        written_by="start_run, work_on, cancel_run, resume_run",
        indexes={
            "gsi1": ("T#<tenant>#RUNS#<kind>", "<asked at>#<run>"),
            "due": ("DUE#run#<n>", "<due at>#<pk>#<sk>"),
        },
    ),
)


def run_key(tenant_id: TenantId, run_id: str) -> Key:
    """Key of a run."""
    return Key(run_pk(tenant_id, run_id), SK)


def run_pk(tenant_id: TenantId, run_id: str) -> str:
    """Partition of a run: the run, its rows and what became of them."""
    return tenant_pk(tenant_id, "RUN", run_id)


def runs_pk(tenant_id: TenantId, kind: str) -> str:
    """The partition of gsi1 that lists the runs of a kind."""
    return tenant_pk(tenant_id, "RUNS", kind)


def run_from_key(key: Key) -> str:
    """The id of the run that is kept at a key."""
    return key.pk.rsplit("#", 1)[1]


def put_run(tenant_id: TenantId, run: Run) -> Put:
    """A run that was not asked for before."""
    return Put(run_key(tenant_id, run.id), _item(tenant_id, run), only_if="attribute_not_exists(pk)")


def change_run(tenant_id: TenantId, run: Run) -> Put:
    """The run one version on: nobody has moved it since it was read."""
    return Put(
        run_key(tenant_id, run.id),
        _item(tenant_id, run),
        only_if="version = :version",
        values={":version": run.version - 1},
    )


def _item(tenant_id: TenantId, run: Run) -> Item:
    key = run_key(tenant_id, run.id)
    return {
        "type": TYPE,
        "schema": 1,
        "version": run.version,
        "card": json.dumps(_card(run), ensure_ascii=False, separators=(",", ":")),
        "gsi1pk": runs_pk(tenant_id, run.kind),
        "gsi1sk": joined(clock.to_text(run.asked_at), run.id),
        "ttl": clock.to_epoch_s(run.asked_at + KEPT),
        **(due_attributes(DUE_KIND, key, at=run.due_at) if run.due_at else {}),
    }


def _card(run: Run) -> dict[str, Any]:
    """All of it; the list shows it too."""
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state.value,
        "asked": run.asked,
        "asked_by": run.asked_by,
        "asked_at": clock.to_text(run.asked_at),
        "changed_at": clock.to_text(run.changed_at),
        "due_at": clock.to_text(run.due_at) if run.due_at else None,
        "position": run.position,
        "total": run.total,
        "figures": run.figures,
        "failures": run.failures,
        "problem": run.problem,
        "version": run.version,
    }


def run_from(row: Mapping[str, Any]) -> Run:
    """The run of a row, as the table or the index gives it."""
    card = json.loads(row["card"])
    return Run(
        id=card["id"],
        kind=card["kind"],
        state=RunState(card["state"]),
        asked=card["asked"],
        asked_by=Actor(card["asked_by"]),
        asked_at=clock.from_text(card["asked_at"]),
        changed_at=clock.from_text(card["changed_at"]),
        due_at=clock.from_text(card["due_at"]) if card["due_at"] else None,
        position=card["position"],
        total=card["total"],
        figures=card["figures"],
        failures=card["failures"],
        problem=card["problem"],
        version=card["version"],
    )
