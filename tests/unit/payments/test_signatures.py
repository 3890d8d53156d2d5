"""Stripe's webhook signature, held against recorded vectors and against Stripe's own verifier."""

from datetime import UTC, datetime

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from storekeeper.payments import SignatureRefused, check_signature

SECRET = "whsec_test_secret"
BODY = b'{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}'
V1 = "67da5088c63e080c71bd2bb0cb5c03d85a8fc6a21ce3aaf484df809654745b92"  # of BODY at 1700000000 under SECRET
ZEROS = "0" * 64


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(
    ("header", "now"),
    [
        pytest.param(f"t=1700000000,v1={V1}", 1_700_000_010, id="fresh"),
        pytest.param(f"t=1700000000,v1={V1}", 1_700_000_300, id="as_old_as_may_be"),
        pytest.param(f"t=1700000000,v1={ZEROS},v1={V1},v0=ignored", 1_700_000_010, id="one_of_several_values"),
    ],
)
def test_a_body_that_stripe_signed_is_taken(header: str, now: int) -> None:
    check_signature(BODY, header, secrets=[SECRET], now=at(now))


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param(f"v1={V1}", id="no_time"),
        pytest.param(f"t=,v1={V1}", id="an_empty_time"),
        pytest.param(f"t=soon,v1={V1}", id="a_time_that_is_no_number"),
        pytest.param("t=1700000000", id="no_signature"),
        pytest.param(f"t=1700000000,v0={V1}", id="only_the_test_scheme"),
        pytest.param(f"t=1700000000,v1={ZEROS}", id="a_wrong_signature"),
        pytest.param(f"t=1700000001,v1={V1}", id="another_time"),
        pytest.param("t=1700000000,v1=ä", id="not_ascii"),
        pytest.param(f"t={'9' * 4000},v1={V1}", id="a_time_without_end"),
        pytest.param("x" * 5000, id="too_long"),
    ],
)
def test_any_other_header_is_refused(header: str | None) -> None:
    with pytest.raises(SignatureRefused):
        check_signature(BODY, header, secrets=[SECRET], now=at(1_700_000_010))


def test_an_old_signature_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        check_signature(BODY, f"t=1700000000,v1={V1}", secrets=[SECRET], now=at(1_700_000_301))


def test_another_body_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        check_signature(BODY + b" ", f"t=1700000000,v1={V1}", secrets=[SECRET], now=at(1_700_000_010))


def test_while_a_secret_is_being_replaced_both_are_good() -> None:
    header, now = f"t=1700000000,v1={V1}", at(1_700_000_010)

    check_signature(BODY, header, secrets=["whsec_new", SECRET], now=now)
    with pytest.raises(SignatureRefused):
        check_signature(BODY, header, secrets=["whsec_new", ""], now=now)
    with pytest.raises(SignatureRefused):
        check_signature(BODY, header, secrets=[], now=now)


@given(st.text(), st.text(min_size=1).filter(str.strip), st.integers(0, 2_000_000_000))
def test_what_stripe_s_own_package_signs_is_taken(body: str, secret: str, second: int) -> None:
    header = stripe.WebhookSignature.generate_signature_header(body, secret, second)

    check_signature(body.encode(), header, secrets=[secret], now=at(second))
