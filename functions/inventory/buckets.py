"""Buckets: how a hot SKU's level is spread, said by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from inventory.schemas import LevelOut, LocationRef
from storekeeper.edge.backend import backend
from storekeeper.edge.call import Call, requires, tagged
from storekeeper.edge.fields import InModel, Sku
from storekeeper.inventory import MAX_BUCKETS, Level, spread_level
from storekeeper.kernel.ids import LocationId

router = APIRouter(prefix="/v1/inventory/levels/buckets", tags=["Inventory"])


class BucketsIn(InModel):
    """In how many buckets a level shall lie; 1 folds it."""

    sku: Sku
    location_id: LocationRef
    buckets: Annotated[int, Field(ge=1, le=MAX_BUCKETS, examples=[16])]


class BucketsOut(LevelOut):
    """A level, and in how many buckets it lies: more than were asked for as long as others hold reserved units."""

    buckets: Annotated[int, Field(examples=[16])]

    @classmethod
    def of(cls, level: Level) -> "BucketsOut":
        """The level as it is answered."""
        figures: dict[str, Any] = {name: getattr(level, name) for name in cls.model_fields}
        return cls(**figures)


@router.put(
    "",
    responses={404: {"description": "The SKU has no level there."}, 409: {"description": "It has too many buckets."}},
)
async def set_buckets(
    body: BucketsIn, call: Annotated[Call, requires("inventory:write")], response: Response
) -> BucketsOut:
    """Spread a level over buckets, each of which takes buyers of its own, before a rush; or fold it afterwards.

    Nothing else changes: it is one level in lists, at any instant and to buyers. A SKU may have 100 buckets in all.
    """
    level = spread_level(
        call.table,
        body.sku,
        LocationId(body.location_id),
        buckets=body.buckets,
        locations=tuple(backend().settings.fresh(call.table).locations),
        now=call.now,
        expects=call.check_version,
    )
    return tagged(response, BucketsOut.of(level), version=level.version)
