"""A store whose cards follow the stream, as the projector makes them follow."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from local.testing import DataCloud
from storekeeper.kernel.changes import Change
from storekeeper.kernel.ids import CategoryId
from storekeeper.kernel.table import Table
from storekeeper.search import Card, CardSearch, Search, project
from storekeeper.tenancy import Store

Follow: TypeAlias = Callable[[], list[Change]]
Shown: TypeAlias = Callable[..., list[str]]


@pytest.fixture
def unread(cloud: DataCloud, table: Table) -> Follow:
    """The tenant's changes since the last call (or the test's beginning), in order."""
    streams = cloud.client("dynamodbstreams")
    arn = cloud.client("dynamodb").describe_table(TableName=cloud.table)["Table"]["LatestStreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterators = [
        streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST")["ShardIterator"]
        for shard in shards
    ]

    def read(place: int) -> Iterator[dict[str, Any]]:
        while True:
            answer = streams.get_records(ShardIterator=iterators[place])
            iterators[place] = answer["NextShardIterator"]
            yield from answer["Records"]
            if not answer["Records"]:
                return

    def changes() -> list[Change]:
        found = (_change(record) for place in range(len(iterators)) for record in read(place))
        return [change for change in found if change.tenant_id == table.tenant_id]

    return changes


def _change(record: dict[str, Any]) -> Change:
    stream = record["dynamodb"]
    return Change.from_record(
        {
            **record,
            "dynamodb": {**stream, "ApproximateCreationDateTime": stream["ApproximateCreationDateTime"].timestamp()},
        }
    )


@pytest.fixture
def follow(unread: Follow, table: Table) -> Follow:
    """Projects the tenant's changes since the last call; gives them, too."""

    def follow() -> list[Change]:
        changes = unread()
        for change in changes:
            project(change, table=table)
        return changes

    return follow


@pytest.fixture
def shown(table: Table, store: Store) -> Shown:
    """Titles in the store's list, or a category's."""

    def shown(category_id: CategoryId | None = None) -> list[str]:
        found = CardSearch(table).find(Search(category_id=category_id), store_id=store.id, after=None, limit=200)
        return [card.title for card in found.entries]

    return shown


def card_of(table: Table, store: Store) -> Card:
    """The only card of the store."""
    (card,) = CardSearch(table).find(Search(), store_id=store.id, after=None, limit=200).entries
    return card
