"""A webhook is taken exactly as it was signed: one byte other in body, time or signature, and it is refused."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storekeeper.payments import SignatureRefused, check_signature
from tests.fuzz.examples import tried

SECRET = "whsec_fuzzed"
NOW = 1_700_000_000
bodies = st.binary(max_size=200)
ages = st.integers(0, 300)


def signature(body: bytes, time: str) -> str:
    return hmac.new(SECRET.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_taken(body: bytes, header: str | None) -> bool:
    try:
        check_signature(body, header, secrets=[SECRET], now=datetime.fromtimestamp(NOW, UTC))
    except SignatureRefused:
        return False
    return True


@st.composite
def edited(draw: st.DrawFn, text: str, alphabet: str) -> str:
    """The text with one character replaced, put in or taken out."""
    place = draw(st.integers(0, len(text)))
    new = draw(st.sampled_from(alphabet))
    return draw(
        st.sampled_from(
            (
                text[:place] + new + text[place + 1 :],
                text[:place] + new + text[place:],
                text[:place] + text[place + 1 :],
            )
        ).filter(lambda one: one != text)
    )


@given(bodies, ages)
@tried(100)
def test_what_was_signed_is_taken(body: bytes, age: int) -> None:
    time = str(NOW - age)

    assert is_taken(body, f"t={time},v1={signature(body, time)}")


@given(st.data(), st.binary(min_size=1, max_size=100), ages)
@tried(200)
def test_no_other_body_is_taken(data: st.DataObject, body: bytes, age: int) -> None:
    time = str(NOW - age)
    place, byte = data.draw(st.integers(0, len(body) - 1)), data.draw(st.binary(max_size=2))
    other = body[:place] + byte + body[place + 1 :]
    assume(other != body)

    assert not is_taken(other, f"t={time},v1={signature(body, time)}")


@given(st.data(), bodies, ages)
@tried(300)
def test_no_other_time_is_taken(data: st.DataObject, body: bytes, age: int) -> None:
    time = str(NOW - age)

    other = data.draw(edited(time, "0123456789-+._ eE"))

    assume(other.strip() != time)  # a blank around a part is no part of it
    assert not is_taken(body, f"t={other},v1={signature(body, time)}")


@given(st.data(), bodies, ages)
@tried(300)
def test_no_other_signature_is_taken(data: st.DataObject, body: bytes, age: int) -> None:
    time = str(NOW - age)
    given_signature = signature(body, time)

    other = data.draw(edited(given_signature, "0123456789abcdefABCDEF ="))

    assume(other.strip() != given_signature)
    assert not is_taken(body, f"t={time},v1={other}")


@given(bodies, st.none() | st.text(max_size=300) | st.from_regex(r"(t=[0-9]{0,12},?|v1=[0-9a-f]{0,64},?){0,6}"))
@tried(300)
def test_no_made_up_header_is_taken_and_none_is_too_strange_to_be_refused(body: bytes, header: str | None) -> None:
    assert not is_taken(body, header)


@pytest.mark.parametrize("time", ["01700000000", "1700000000 1", "+1700000000", "1_700_000_000", "1700000000.0"])
def test_a_time_is_what_was_signed_and_not_what_it_amounts_to(time: str) -> None:
    assert not is_taken(b"{}", f"t={time},v1={signature(b'{}', '1700000000')}")
