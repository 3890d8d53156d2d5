"""Check request parameters against the request types that the `stripe` package itself declares.

`stripe.params.PaymentIntentCreateParams` and its siblings are generated from Stripe's own schema, so
what they do not name, the real API refuses. This module reads those classes at run time: it refuses
unknown and missing parameters and wrong enum values in Stripe's words, and gives text its type.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions
from stripe.params import PaymentMethodCreateParamsCard
from typing_extensions import is_typeddict

from local.stripe.errors import ApiError, invalid, missing, unknown

# The package leaves `card` out of these two types. It is accepted here: card numbers are what Stripe.js sends,
# and what an account with raw card access may send.
_CARD_DATA_SUFFIX = "IntentConfirmParamsPaymentMethodData", "IntentCreateParamsPaymentMethodData"
_NO_METHOD_TYPES = ("PaymentIntent", "SetupIntent")
# Names of the request options' types, which the package imports for type checkers only.
_ELSEWHERE = {"StripeContext": object, "Mapping": Mapping}
_INTEGER = re.compile(r"-?\d+")


@cache
def _fields(shape: Any) -> dict[str, Any]:
    hints = get_type_hints(shape, localns=_ELSEWHERE)
    options = RequestOptions.__annotations__
    fields = {name: hint for name, hint in hints.items() if name not in options}
    if shape.__name__.endswith(_CARD_DATA_SUFFIX):
        fields |= {"card": PaymentMethodCreateParamsCard, "type": str}
    return fields


def checked(params: dict[str, Any], shape: Any) -> dict[str, Any]:
    """The parameters with their types, if `shape` (a `stripe.params` class) allows them.

    Raises:
        ApiError: 400, naming the first parameter that is unknown, missing or malformed.
    """
    return _hash(params, shape, path="")


def _hash(params: dict[str, Any], shape: Any, *, path: str) -> dict[str, Any]:
    fields = _fields(shape)
    if "payment_method_types" in params and shape.__name__.startswith(_NO_METHOD_TYPES):
        raise _method_types_removed()
    names = [_inside(path, name) for name in params if name not in fields]
    if names:
        raise unknown(names, param=names[0])
    for name in fields:
        if name in shape.__required_keys__ and name not in params:
            raise missing(_inside(path, name))
    return {name: _typed(value, fields[name], path=_inside(path, name)) for name, value in params.items()}


def _method_types_removed() -> ApiError:
    """Writable until API version 2026-09-30.endive (docs.stripe.com/changelog/endive)."""
    return invalid(
        "The `payment_method_types` parameter is no longer supported in this API version. Use dynamic payment methods, "
        "`allowed_payment_method_types` or `excluded_payment_method_types` instead.",
        param="payment_method_types",
        code="payment_method_types_no_longer_supported",
    )


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _typed(value: Any, hint: Any, *, path: str) -> Any:
    options = _options(hint)
    if isinstance(value, dict):
        return _typed_hash(value, options, path=path)
    if isinstance(value, list):
        return _typed_list(value, options, path=path)
    if value == "":
        return _unset(options, path=path)
    return _typed_text(value, options, path=path)


@cache
def _options(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(option for part in get_args(hint) for option in _options(part))
    return (hint,)


def _typed_hash(value: dict[str, Any], options: tuple[Any, ...], *, path: str) -> dict[str, Any]:
    for option in options:
        if is_typeddict(option):
            return _hash(value, option, path=path)
        if get_origin(option) is dict:
            of = get_args(option)[1]
            return {
                key: child if child == "" else _typed(child, of, path=_inside(path, key))
                for key, child in value.items()
            }
    raise invalid(f"Invalid {_kind(options)}: {value}", param=path)


def _typed_list(value: list[Any], options: tuple[Any, ...], *, path: str) -> Any:
    for option in options:
        if get_origin(option) is list:
            of = get_args(option)[0]
            return [_typed(child, of, path=f"{path}[{at}]") for at, child in enumerate(value)]
    # A hash whose keys are all digits looks like a list on the wire (metadata[1]=x).
    return _typed_hash({str(at): child for at, child in enumerate(value)}, options, path=path)


def _unset(options: tuple[Any, ...], *, path: str) -> str:
    if any(get_origin(option) is Literal and "" in get_args(option) for option in options):
        return ""
    raise invalid(
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value.",
        param=path,
        code="parameter_invalid_empty",
    )


def _typed_text(text: str, options: tuple[Any, ...], *, path: str) -> Any:
    named = [name for option in options if get_origin(option) is Literal for name in get_args(option) if name]
    if text in named:
        return text
    if bool in options and text in ("true", "false"):
        return text == "true"
    if int in options and _INTEGER.fullmatch(text):
        return int(text)
    if str in options and not named:
        return text
    raise _misfit(text, options, named, path=path)


def _misfit(text: str, options: tuple[Any, ...], named: list[str], *, path: str) -> ApiError:
    if int in options:
        return invalid(f"Invalid integer: {text}", param=path, code="parameter_invalid_integer")
    if bool in options:
        return invalid(f"Invalid boolean: {text}", param=path)
    if named:
        return invalid(f"Invalid {path}: must be one of {_either(named)}", param=path)
    return invalid(f"Invalid {_kind(options)}: {text}", param=path)


def _either(names: list[str]) -> str:
    if len(names) < 3:
        return " or ".join(names)
    return f"{', '.join(names[:-1])}, or {names[-1]}"


def _kind(options: tuple[Any, ...]) -> str:
    if any(get_origin(option) is list for option in options):
        return "array"
    if any(is_typeddict(option) or get_origin(option) is dict for option in options):
        return "object"
    if int in options:
        return "integer"
    return "boolean" if bool in options else "string"
