"""Items that change only together with their owner (a product's text and variants, a tree's categories).

The owner's guard, in the same transaction, decides; these guards keep an older part from ever replacing a newer one.
"""

from storekeeper.kernel.aws.codec import Item
from storekeeper.kernel.keys import Key
from storekeeper.kernel.writes import PRESENT, Delete, Put


def put_part(key: Key, item: Item) -> Put:
    """The part at the `version` that its item has."""
    return Put(
        key, item, only_if="attribute_not_exists(pk) OR version < :version", values={":version": item["version"]}
    )


def drop_part(key: Key) -> Delete:
    """The part, gone."""
    return Delete(key, only_if=PRESENT)
