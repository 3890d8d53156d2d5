"""Items of older shapes: each is brought up to its kind's present schema when it is read; no migration stops the shop.

While a release rolls out, code of both schemas runs side by side: a step may only add, so that the older code still
reads what the newer one writes. An item of a later schema than the code knows is therefore read as it is.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from storekeeper.kernel.aws.codec import Item

Step: TypeAlias = Callable[[Item], Item]


def upcast(item: Item, *, schema: int, steps: Mapping[int, Step]) -> Item:
    """The item as an item of `schema`; `steps[n]` leads from schema n to n + 1.

    Raises:
        KeyError: a step is missing, which is a fault of ours.
    """
    for version in range(item["schema"], schema):
        item = {**steps[version](item), "schema": version + 1}
    return item
