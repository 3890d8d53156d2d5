"""What inventory refuses, in every topic."""

from msgspec import Struct

from storekeeper.kernel.errors import Contended, Fault, NotFound, StorekeeperError


class Shortage(Struct, frozen=True):
    """A SKU of which more was asked for than can be sold."""

    sku: str
    requested: int
    available: int


class OutOfStock(StorekeeperError):
    """All locations together have too little of these SKUs; nothing was written."""

    code, kind = "insufficient_stock", "conflict"

    def __init__(self, *shortages: Shortage) -> None:
        super().__init__("There is too little stock; see errors.", faults=[_fault(one) for one in shortages])
        self.shortages = shortages


def _fault(short: Shortage) -> Fault:
    detail = f"{short.available} of the {short.requested} units asked for are available."
    facts = (("sku", short.sku), ("requested", short.requested), ("available", short.available))
    return Fault("sku", OutOfStock.code, detail, facts)


class StockContended(Contended):
    """Other buyers won every one of our attempts; there may still be stock."""

    code = "stock_contended"


class HoldTooLarge(StorekeeperError):
    """What a cart holds lies in more levels than one transaction takes."""

    code, kind = "hold_too_large", "conflict"


class StockReserved(StorekeeperError):
    """What is reserved for buyers cannot be adjusted away."""

    code, kind = "stock_reserved", "conflict"


class StockMissing(StorekeeperError):
    """More would be taken off the shelf than lies on it."""

    code, kind = "insufficient_stock", "conflict"


class SkuUnknown(NotFound):
    """No variant has this SKU."""

    code = "sku_unknown"


class SkuIsKit(StorekeeperError):
    """A kit keeps no stock: that of its components is what counts."""

    code, kind = "sku_is_kit", "conflict"

    def __init__(self, *skus: str) -> None:
        are = "is a kit" if len(skus) == 1 else "are kits"
        super().__init__(f"{', '.join(skus)} {are}, without stock of their own: name the components instead.")


class LocationUnknown(NotFound):
    """The tenant has no such location."""

    code = "location_unknown"


class LevelUnknown(NotFound):
    """The SKU has no level at the location."""

    code = "level_unknown"
