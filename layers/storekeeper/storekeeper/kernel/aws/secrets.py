"""Secrets Manager: JSON secrets, kept per environment for a few minutes so that a rotation is picked up."""

import json
import time

from storekeeper.kernel.aws.session import client

KEEP_S = 300
_kept: dict[str, tuple[float, dict[str, str]]] = {}


def read_secret(arn: str) -> dict[str, str]:
    """The members of a JSON secret."""
    kept = _kept.get(arn)
    if kept is None or kept[0] < time.monotonic():
        text = client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        kept = _kept[arn] = (time.monotonic() + KEEP_S, json.loads(text))
    return kept[1]
