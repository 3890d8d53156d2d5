"""Alerts: list, count, read; put aside, take up again. And those that a store sees."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from inventory.alert_schemas import AlertOut, AlertTotalsOut, KindName, SnoozeIn, StatusName
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import Instant
from storekeeper.edge.lists import Listed, ListOut, ListParams, page_out
from storekeeper.inventory.alerts.model import Alert, AlertStatus
from storekeeper.inventory.alerts.rules.model import AlertKind
from storekeeper.inventory.alerts.store import AlertFilter, count_alerts, list_alerts, read_alert, show_alerts
from storekeeper.inventory.alerts.use_cases import dismiss_alert, reopen_alert, snooze_alert
from storekeeper.kernel.ids import LocationId, StoreId
from storekeeper.kernel.paging import Page

router = APIRouter(prefix="/v1/inventory/alerts", tags=["Alerts"])
store_router = APIRouter(prefix="/v1/stores/{store_id}/stock/alerts", tags=["Alerts"])

StoreFilter = Annotated[str | None, Query(min_length=1, max_length=64, description="Only what this store lists.")]


async def _wanted(
    status: Annotated[StatusName | None, Query(description="Only those with this status.")] = None,
    kind: Annotated[KindName | None, Query(description="Only of this kind.")] = None,
    sku: Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this SKU.")] = None,
    location_id: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Only those of the stock at this location.")
    ] = None,
    since: Annotated[Instant | None, Query(description="Raised at this instant or later.")] = None,
) -> AlertFilter:
    """The alerts that a request asks for."""
    return AlertFilter(
        status=AlertStatus(status) if status else None,
        kind=AlertKind(kind) if kind else None,
        sku=sku,
        location_id=LocationId(location_id) if location_id else None,
        since=since,
    )


Wanted = Annotated[AlertFilter, Depends(_wanted)]


@router.get("")
async def find_alerts(
    params: Listed,
    wanted: Wanted,
    call: Annotated[Call, requires("inventory:read")],
    store_id: StoreFilter = None,
) -> ListOut[AlertOut]:
    """Alerts, newest first. With narrow filters a page may be short and yet have a `next_cursor`."""
    return _listed(params, wanted, call, store_id)


@router.get("/totals")
async def total_alerts(
    call: Annotated[Call, requires("inventory:read")],
    status: Annotated[StatusName, Query(description="Of which status.")] = "open",
) -> AlertTotalsOut:
    """How many alerts there are of each kind; follows within seconds."""
    return AlertTotalsOut.of(count_alerts(call.table, AlertStatus(status)), status)


@router.get("/{alert_id}")
async def find_alert(alert_id: str, call: Annotated[Call, requires("inventory:read")], response: Response) -> AlertOut:
    """One alert."""
    alert = read_alert(call.table, alert_id)
    return tagged(response, _shown(call, alert), version=alert.version)


@router.post("/{alert_id}/dismiss", responses={409: {"description": "It is resolved."}})
async def dismiss(alert_id: str, call: Annotated[Call, requires("inventory:write")], response: Response) -> AlertOut:
    """Put an alert aside until stock has recovered and it comes anew."""
    return _changed(dismiss_alert, alert_id, call, response)


@router.post("/{alert_id}/snooze", responses={409: {"description": "It is resolved."}})
async def snooze(
    alert_id: str, body: SnoozeIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> AlertOut:
    """Put an alert aside until an instant; if it is still so then, it is open again, and told."""
    return _changed(partial(snooze_alert, until=body.until, now=call.now), alert_id, call, response)


@router.post("/{alert_id}/reopen", responses={409: {"description": "It is resolved."}})
async def reopen(alert_id: str, call: Annotated[Call, requires("inventory:write")], response: Response) -> AlertOut:
    """Take up again an alert that was put aside."""
    return _changed(reopen_alert, alert_id, call, response)


@store_router.get("")
async def find_alerts_of_store(
    store_id: str, params: Listed, wanted: Wanted, call: Annotated[Call, requires("inventory:read")]
) -> ListOut[AlertOut]:
    """Alerts of what the store lists, newest first: all stores sell from one stock, so all that list a SKU see them."""
    backend().settings.fresh(call.table).store(store_id)
    return _listed(params, wanted, call, store_id)


def _listed(params: ListParams, wanted: AlertFilter, call: Call, store_id: str | None) -> ListOut[AlertOut]:
    page = list_alerts(
        call.table,
        wanted if store_id is None else wanted.of_store(StoreId(store_id)),
        after=params.after(),
        limit=params.limit,
    )
    shown = show_alerts(call.table, page.entries, locations=_locations(call))
    return page_out(Page(shown, page.next_position), params.scope, AlertOut.of)


def _changed(change: Callable[..., Alert], alert_id: str, call: Call, response: Response) -> AlertOut:
    """What becomes of an alert by a use case that puts it aside, or takes it up again."""
    alert = change(
        call.table,
        alert_id,
        expects=call.check_version,
        remember=call.remembering(lambda changed: _shown(call, changed), status=200),
    )
    return tagged(response, _shown(call, alert), version=alert.version)


def _shown(call: Call, alert: Alert) -> AlertOut:
    (shown,) = show_alerts(call.table, [alert], locations=_locations(call))
    return AlertOut.of(shown)


def _locations(call: Call) -> tuple[LocationId, ...]:
    return tuple(backend().settings.fresh(call.table).locations)
