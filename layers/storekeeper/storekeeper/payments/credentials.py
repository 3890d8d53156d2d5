"""The platform's Stripe keys, and the gateway that speaks with them."""

import os
from functools import lru_cache

from msgspec import Struct

from storekeeper.kernel.aws.secrets import read_secret
from storekeeper.payments.gateway import PaymentGateway


class StripeKeys(Struct, frozen=True):
    """What Secrets Manager holds. While a webhook secret is being replaced both are there, parted by a space."""

    secret_key: str
    publishable_key: str
    webhook_secrets: tuple[str, ...]


def read_stripe_keys() -> StripeKeys:
    """The keys; a rotation is seen within minutes."""
    secret = read_secret(os.environ["STRIPE_SECRET_ARN"])
    return StripeKeys(secret["secret_key"], secret["publishable_key"], tuple(secret["webhook_secret"].split()))


def stripe_gateway() -> PaymentGateway:
    """The gateway to Stripe, with the keys of now. Its connections are kept as long as the keys stay the same."""
    return _gateway(read_stripe_keys(), os.environ.get("STRIPE_API_BASE", ""))


@lru_cache(maxsize=2)
def _gateway(keys: StripeKeys, api_base: str) -> PaymentGateway:
    from storekeeper.payments.stripe import StripeGateway  # importing stripe takes a tenth of a second

    return StripeGateway(keys.secret_key, keys.publishable_key, api_base=api_base)
