"""One API request as the resource modules see it: typed parameters, the clock's value, the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.stripe.errors import ApiError, invalid, no_such
from local.stripe.store import Resource, Store, new_id, public

API_VERSION = "2026-10-28.endive"
MAX_METADATA_KEYS = 50
MAX_METADATA_NAME = 40
MAX_METADATA_VALUE = 500


@dataclass
class Call:
    """A request that passed authentication and validation.

    `resource_id` is the id in the address ("" where there is none). `client_secret` is set when a
    browser calls with the publishable key. `events` gathers what the call makes happen; they are
    sent to the webhook once the call is committed.
    """

    store: Store
    now: int
    params: dict[str, Any] = field(default_factory=dict)
    resource_id: str = ""
    base_url: str = ""
    request_id: str = ""
    idempotency_key: str | None = None
    from_browser: bool = False
    client_secret: str = ""
    events: list[Resource] = field(default_factory=list)

    def emit(self, event_type: str, resource: Resource, *, previous: Resource | None = None) -> None:
        """Record an event about `resource` as it is now; `previous` holds the changed fields' old values."""
        data: Resource = {"object": public(resource)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": new_id("evt"), "object": "event", "api_version": API_VERSION, "created": self.now, "data": data,
            "livemode": False, "pending_webhooks": 1, "type": event_type,
            "request": {"id": self.request_id or None, "idempotency_key": self.idempotency_key},
        }  # fmt: skip
        self.events.append(self.store.put(event))

    def addressed(self, kind: str, *, param: str = "id") -> Resource:
        """The resource that the address names.

        Raises:
            ApiError: 404, there is none.
        """
        found = self.store.find(kind, self.resource_id)
        if found is None:
            raise no_such(kind, self.resource_id, param=param)
        return found

    def named(self, kind: str, resource_id: str, *, param: str) -> Resource:
        """The resource that a parameter names.

        Raises:
            ApiError: 400, there is none.
        """
        found = self.store.find(kind, resource_id)
        if found is None or found.get("deleted"):
            raise no_such(kind, resource_id, param=param, status=400)
        return found


def require_handled(params: dict[str, Any], handled: frozenset[str]) -> None:
    """Refuse what Stripe would act on and the stand-in would silently ignore.

    Raises:
        ApiError: 400, so that nobody builds on an effect that is not there.
    """
    for name in params:
        if name not in handled and name != "expand":
            raise invalid(f"The local stand-in for Stripe does not act on `{name}`.", param=name)


def merged_metadata(kept: dict[str, str], sent: Any) -> dict[str, str]:
    """Stripe's rule: named keys are set, keys sent empty are removed, an empty value removes all.

    Raises:
        ApiError: 400, more keys or longer texts than Stripe keeps.
    """
    if sent is None:
        return kept
    if sent == "":
        return {}
    merged = {name: value for name, value in (kept | sent).items() if value != ""}
    _check_metadata(merged)
    return merged


def _check_metadata(metadata: dict[str, str]) -> None:
    if len(metadata) > MAX_METADATA_KEYS:
        raise _metadata_error(f"You can have up to {MAX_METADATA_KEYS} metadata keys, but you passed {len(metadata)}.")
    for name, value in metadata.items():
        if len(name) > MAX_METADATA_NAME:
            raise _metadata_error(f"Metadata keys can have up to {MAX_METADATA_NAME} characters. Invalid key: {name}")
        if len(value) > MAX_METADATA_VALUE:
            raise _metadata_error(
                f"Metadata values can have up to {MAX_METADATA_VALUE} characters, "
                f"but you passed in a value that is {len(value)} characters. Invalid value: {value}"
            )


def _metadata_error(message: str) -> ApiError:
    return invalid(message, param="metadata")


def set_texts(resource: Resource, params: dict[str, Any], names: tuple[str, ...]) -> None:
    """Copy the named parameters that were sent; an empty one unsets its field."""
    for name in names:
        if name in params:
            resource[name] = params[name] if params[name] != "" else None
