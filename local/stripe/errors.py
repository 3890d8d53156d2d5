"""The errors the API answers with, in Stripe's shapes, codes and words.

Every refusal is one `ApiError`; the constructors below are the vocabulary. `replayed` says whether
the answer is kept under the caller's idempotency key: Stripe keeps whatever a request answered
once it had begun to act, and forgets requests that failed validation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ApiError(Exception):
    """A refusal with its HTTP status and the fields of Stripe's `error` object."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    replayed: bool = True
    details: dict[str, Any] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON document of the answer; fields that say nothing are left out, as Stripe does."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error | self.details}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A request that is refused for what it says, before anything was done."""
    return ApiError(400, message, param=param, code=code, replayed=False)


def missing(param: str) -> ApiError:
    """A required parameter was not sent."""
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def unknown(names: list[str], *, param: str) -> ApiError:
    """Parameters that this endpoint does not have."""
    plural = "s" if len(names) > 1 else ""
    return invalid(f"Received unknown parameter{plural}: {', '.join(names)}", param=param, code="parameter_unknown")


def no_such(kind: str, resource_id: str, *, param: str = "id", status: int = 404) -> ApiError:
    """The id names nothing. Stripe answers 404 for the resource of the address, 400 for one named in the body."""
    return ApiError(status, f"No such {kind}: '{resource_id}'", code="resource_missing", param=param)


def wrong_state(message: str, intent: dict[str, Any], *, code: str, name: str) -> ApiError:
    """The intent exists but is not in a status that allows the call; the answer carries it under `name`."""
    return ApiError(400, message, code=code, details={name: intent})


def unauthorized(message: str, *, code: str | None = None) -> ApiError:
    """No key, or a key that may not make this call."""
    return ApiError(401, message, code=code, replayed=False)


def no_route(method: str, path: str) -> ApiError:
    """The address is not one of the API's, or not one that this server answers."""
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs "
        "or we can help at https://support.stripe.com/.",
        replayed=False,
    )


def key_reused(key: str) -> ApiError:
    """One idempotency key, two different requests."""
    return ApiError(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
        replayed=False,
    )


def key_in_use(key: str) -> ApiError:
    """The first request with this idempotency key has not been answered yet."""
    return ApiError(
        409,
        "There is currently another in-progress request using this Idempotency-Key (that probably means you "
        f"submitted twice, and the other request is still going through): {key}. Please try again later.",
        type="idempotency_error",
        code="idempotency_key_in_use",
        replayed=False,
    )
