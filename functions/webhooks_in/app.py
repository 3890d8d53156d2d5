"""POST /v1/hooks/{platform}: check the signature over the raw body, queue the ids, answer.

A message that is not from the platform leaves a count behind and nothing else. One that is may come twice, late or out
of order: whoever takes it from the queue asks the platform what is true.
"""

import os
from typing import Annotated

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel

from storekeeper.edge.app import create_app, lambda_handler
from storekeeper.kernel import clock
from storekeeper.kernel.aws import queues
from storekeeper.kernel.errors import Invalid
from storekeeper.payments import SignatureRefused, check_signature, hint_from_event, read_stripe_keys

router = APIRouter(prefix="/v1/hooks", tags=["Webhooks in"])


class ReceivedOut(BaseModel):
    """The message was taken; `queued` says whether it is about something of ours."""

    queued: bool


@router.post(
    "/stripe",
    responses={401: {"description": "The signature is missing, wrong or too old."}, 422: {"description": "No event."}},
)
async def take_stripe_event(request: Request, stripe_signature: Annotated[str | None, Header()] = None) -> ReceivedOut:
    """An event of Stripe about a payment or a refund."""
    body = await request.body()
    try:
        check_signature(body, stripe_signature, secrets=read_stripe_keys().webhook_secrets, now=clock.utc_now())
    except SignatureRefused:
        _count("SignatureRefused")
        raise
    try:
        hint = hint_from_event(body)
    except ValueError as unreadable:
        raise Invalid.field("body", "event_unreadable", "Send a Stripe event as JSON.") from unreadable
    if hint is not None:
        queues.send(os.environ["PAYMENT_EVENTS_QUEUE_URL"], hint.as_message())
    _count("EventQueued" if hint else "EventIgnored")
    return ReceivedOut(queued=hint is not None)


def _count(name: str) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension(name="platform", value="stripe")


app = create_app(router)
handler = lambda_handler(app)
