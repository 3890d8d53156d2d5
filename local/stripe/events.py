"""GET /v1/events: what happened, for those who missed a webhook."""

from __future__ import annotations

import fnmatch

from local.stripe.calls import Call, require_handled
from local.stripe.listing import PAGING, created_matches, paged
from local.stripe.store import Resource


def retrieve(call: Call) -> Resource:
    """GET /v1/events/{id}."""
    return call.addressed("event")


def list_all(call: Call) -> Resource:
    """GET /v1/events, newest first; `type` may end in `*`, `types` names several."""
    require_handled(call.params, PAGING | {"created", "type", "types"})
    wanted = call.params.get("types") or [call.params.get("type", "*")]
    matches = (
        event
        for event in call.store.newest_first("event")
        if created_matches(event, call.params.get("created"))
        and any(fnmatch.fnmatchcase(event["type"], name) for name in wanted)
    )
    return paged(call, "event", matches, url="/v1/events")
