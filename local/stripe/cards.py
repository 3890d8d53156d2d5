"""Stripe's test cards: what each number and `pm_card_…` name does when it is charged.

The numbers and names are those of docs.stripe.com/testing. One is ours, because Stripe has no card
for it: `pm_card_processing` (4000000000005555) stays `processing` until `POST /_control/settle`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from local.stripe.errors import ApiError


@dataclass(frozen=True)
class Card:
    """A card and its fate.

    `declines` is a key of DECLINES or empty; `authenticates` is empty, `required` (always asks for
    3-D Secure), `unless_setup` (asks unless the card was set up for off-session use) or `if_asked`
    (only when the request wants 3-D Secure). `refunds` is the fate of a refund: succeeded, fails or pending.
    """

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    declines: str = ""
    authenticates: str = ""
    processing: bool = False
    refunds: str = "succeeded"

    @property
    def last4(self) -> str:
        return self.number[-4:]


@dataclass(frozen=True)
class Decline:
    """What a failed charge says: the error's code, the issuer's code, the sentence for the buyer."""

    code: str
    decline_code: str
    message: str


DECLINES = {
    "generic": Decline("card_declined", "generic_decline", "Your card was declined."),
    "insufficient_funds": Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "lost_card": Decline("card_declined", "lost_card", "Your card was declined."),
    "stolen_card": Decline("card_declined", "stolen_card", "Your card was declined."),
    "fraudulent": Decline("card_declined", "fraudulent", "Your card was declined."),
    "velocity": Decline(
        "card_declined", "card_velocity_exceeded", "Your card was declined for making repeated attempts too frequently "
        "or exceeding its amount limit."
    ),
    "expired_card": Decline("expired_card", "expired_card", "Your card has expired."),
    "incorrect_cvc": Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": Decline(
        "processing_error", "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": Decline(
        "authentication_required", "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}  # fmt: skip

_NAMED: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", "debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", "prepaid"),
    "amex": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb"),
    "unionpay": Card("6200000000000005", "unionpay"),
    "chargeDeclined": Card("4000000000000002", declines="generic"),
    "visa_chargeDeclined": Card("4000000000000002", declines="generic"),
    "chargeDeclinedInsufficientFunds": Card("4000000000009995", declines="insufficient_funds"),
    "visa_chargeDeclinedInsufficientFunds": Card("4000000000009995", declines="insufficient_funds"),
    "visa_chargeDeclinedLostCard": Card("4000000000009987", declines="lost_card"),
    "visa_chargeDeclinedStolenCard": Card("4000000000009979", declines="stolen_card"),
    "chargeDeclinedFraudulent": Card("4100000000000019", declines="fraudulent"),
    "radarBlock": Card("4100000000000019", declines="fraudulent"),
    "visa_chargeDeclinedVelocityLimitExceeded": Card("4000000000006975", declines="velocity"),
    "chargeDeclinedExpiredCard": Card("4000000000000069", declines="expired_card"),
    "chargeDeclinedIncorrectCvc": Card("4000000000000127", declines="incorrect_cvc"),
    "chargeDeclinedProcessingError": Card("4000000000000119", declines="processing_error"),
    "chargeCustomerFail": Card("4000000000000341", declines="generic"),
    "authenticationRequired": Card("4000002760003184", authenticates="required"),
    "authenticationRequiredOnSetup": Card("4000002500003155", authenticates="unless_setup"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", authenticates="required", declines="insufficient_funds"
    ),
    "threeDSecure2Required": Card("4000000000003220", authenticates="required"),
    "threeDSecureRequired": Card("4000000000003063", authenticates="required"),
    "threeDSecureRequiredChargeDeclined": Card("4000008400001629", authenticates="required", declines="generic"),
    "threeDSecureOptional": Card("4000000000003055", authenticates="if_asked"),
    "refundFail": Card("4000000000005126", refunds="fails"),
    "pendingRefund": Card("4000000000007726", refunds="pending"),
    "bypassPending": Card("4000000000000077"),
    "processing": Card("4000000000005555", processing=True),
}
_BY_NUMBER = {card.number: card for card in _NAMED.values()}
_BRANDS = {"4": "visa", "5": "mastercard", "34": "amex", "37": "amex", "6": "discover", "35": "jcb", "62": "unionpay"}


def named_card(payment_method_id: str) -> Card | None:
    """The card behind a test name such as `pm_card_visa` or `pm_card_us`, or None for any other id."""
    name = payment_method_id.removeprefix("pm_card_")
    if name == payment_method_id:
        return None
    if len(name) == 2 and name.isalpha():
        return replace(_NAMED["visa"], country=name.upper())
    return _NAMED.get(name)


def numbered_card(number: str) -> Card:
    """The card with this number; a valid number that is no test card is charged successfully.

    Raises:
        ApiError: 402, the number fails its check digit.
    """
    digits = number.replace(" ", "").replace("-", "")
    if card := _BY_NUMBER.get(digits):
        return card
    if not _passes_check_digit(digits):
        raise card_refused("Your card number is incorrect.", code="incorrect_number", param="number")
    brand = next((name for start, name in sorted(_BRANDS.items(), key=_longest) if digits.startswith(start)), "unknown")
    return Card(digits, brand)


def check_expiry(month: int, year: int, *, today: tuple[int, int]) -> None:
    """Refuse a card that expired before `today` (year, month); two-digit years count from 2000.

    Raises:
        ApiError: 402, the month is not one, or the date has passed.
    """
    if not 1 <= month <= 12:
        raise card_refused("Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month")
    if (full_year(year), month) < today:
        raise card_refused("Your card's expiration year is invalid.", code="invalid_expiry_year", param="exp_year")


def full_year(year: int) -> int:
    """34 and 2034 are the same year."""
    return year + 2000 if year < 100 else year


def card_refused(message: str, *, code: str, param: str) -> ApiError:
    """A card that is refused as it is written, before any charge."""
    return ApiError(402, message, type="card_error", code=code, param=param)


def _longest(entry: tuple[str, str]) -> int:
    return -len(entry[0])


def _passes_check_digit(digits: str) -> bool:
    if not digits.isdigit() or not 12 <= len(digits) <= 19:
        return False
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
