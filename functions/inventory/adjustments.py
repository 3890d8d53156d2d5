"""Adjustments: a merchant says what is found on the shelf, or missing from it."""

from typing import Annotated

from fastapi import APIRouter, Response

from inventory.schemas import AdjustmentIn, AdjustmentsBody, AdjustmentsIn, LevelOut, OutcomesOut
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.inventory.adjustments.use_cases import adjust_many, adjust_stock

router = APIRouter(prefix="/v1/inventory/adjustments", tags=["Inventory"])


@router.post(
    "", status_code=201, responses={404: {"description": "No variant has this SKU, or there is no such location."}}
)
async def make_adjustments(
    body: AdjustmentsBody, call: Annotated[Call, requires("inventory:write")], response: Response
) -> LevelOut | OutcomesOut:
    """Adjust a level, and answer it as it then is; or several, each for itself, and answer what became of each.

    What is reserved cannot be adjusted away: 409 `stock_reserved`.
    """
    if isinstance(body.root, AdjustmentsIn):
        return _several(body.root, call)
    return _one(body.root, call, response)


def _one(body: AdjustmentIn, call: Call, response: Response) -> LevelOut:
    level = adjust_stock(
        call.table,
        body.adjustment(),
        settings=backend().settings.fresh(call.table),
        now=call.now,
        remember=call.remembering(LevelOut.of),
    )
    return tagged(response, LevelOut.of(level), version=level.version)


def _several(body: AdjustmentsIn, call: Call) -> OutcomesOut:
    outcomes = adjust_many(
        call.table,
        [row.adjustment() for row in body.adjustments],
        settings=backend().settings.fresh(call.table),
        now=call.now,
        keyed=call.keyed,
        remember=call.remembering(OutcomesOut.of),
    )
    return OutcomesOut.of(outcomes)
