"""Bodies and answers of kits."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, Field

from inventory.schemas import LocationRef
from storekeeper.catalog import Component
from storekeeper.edge.fields import Id, InModel, InstantOut, Sku
from storekeeper.inventory.kits.model import MAX_COMPONENTS, MAX_QUANTITY, Kit
from storekeeper.inventory.kits.store import KitStock
from storekeeper.kernel import clock

KitRef: TypeAlias = Annotated[Id, Field(examples=["kit_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]
ProductRef: TypeAlias = Annotated[Id, Field(examples=["prd_01KAGC3M5Q8V6ZB1X7Y2N4T9RD"])]


class ComponentIn(InModel):
    """Units of a SKU in one kit. It may not be a kit itself."""

    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True, description="In one kit.", examples=[2])]


ComponentsIn: TypeAlias = Annotated[
    list[ComponentIn], Field(min_length=1, max_length=MAX_COMPONENTS, description="Each SKU once.")
]


class KitPatch(InModel):
    """What the kit is made of from now on, as a whole."""

    components: ComponentsIn

    def parts(self) -> tuple[Component, ...]:
        """As the domain knows them."""
        return tuple(Component(one.sku, one.quantity) for one in self.components)


class KitIn(KitPatch):
    """A variant that never had stock of its own, and what one unit of it is made of."""

    sku: Sku


class ComponentOut(BaseModel):
    """Units of a SKU in one kit."""

    sku: Sku
    quantity: Annotated[int, Field(examples=[2])]


class KitOut(BaseModel):
    """A kit. Its stock is that of its components: see its availability."""

    id: KitRef
    sku: Sku
    product_id: ProductRef
    components: list[ComponentOut]
    version: Annotated[int, Field(examples=[1])]
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, kit: Kit) -> "KitOut":
        """The kit as it is answered."""
        return cls(
            id=kit.id,
            sku=kit.sku,
            product_id=kit.product_id,
            components=[ComponentOut(sku=one.sku, quantity=one.quantity) for one in kit.components],
            version=kit.version,
            created_at=clock.to_text(kit.created_at),
            updated_at=clock.to_text(kit.updated_at),
        )


class PartOut(ComponentOut):
    """A component with the units of it that can be sold, and how many kits they would do for."""

    available: Annotated[int, Field(examples=[14])]
    kits: Annotated[int, Field(examples=[7])]


class KitsAtOut(BaseModel):
    """How many whole kits lie at a location."""

    location_id: LocationRef
    available: Annotated[int, Field(examples=[7])]


class KitStockOut(BaseModel):
    """How many kits can be sold: as many as the scarcest component does for.

    `available` counts all locations together, for an order may take components from several; `locations` counts each
    alone. `scarcest` are the components of which more would make more kits.
    """

    sku: Sku
    available: Annotated[int, Field(examples=[7])]
    scarcest: list[Sku]
    components: list[PartOut]
    locations: list[KitsAtOut]

    @classmethod
    def of(cls, kit: Kit, stock: KitStock) -> "KitStockOut":
        """The stock as it is answered."""
        return cls(
            sku=kit.sku,
            available=stock.available,
            scarcest=[part.sku for part in stock.parts if part.kits == stock.available],
            components=[
                PartOut(sku=part.sku, quantity=part.quantity, available=part.available, kits=part.kits)
                for part in stock.parts
            ],
            locations=[KitsAtOut(location_id=place, available=kits) for place, kits in stock.at_locations],
        )
