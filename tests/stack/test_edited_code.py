"""A stack whose code is edited while it runs: an edit is live at once, and what a fault left behind is made good."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.processes import REPOSITORY
from local.testing import RunningStack, running_stack
from tests.stack.ledger import check_ledger
from tests.stack.shop import Json, Merchant, Shop, eventually, found, invoke, open_shop

pytestmark = pytest.mark.stack

LIVE_S = 2.0
SET_ASIDE_S = 40.0  # nine tries with growing pauses
PROJECTING = Path("layers/storekeeper/storekeeper/streams/projecting.py")
SOUND = "    for projection in projections.values():\n"
FAULTY = f'    if "SPOILED" in work.change.key.pk:\n        raise ValueError("a fault in the code")\n{SOUND}'


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, with a projector that cannot read what is about one SKU."""
    copy = tmp_path_factory.mktemp("edited") / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("functions", "layers"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=ignored)
    shutil.copy(REPOSITORY / "template.yaml", copy)
    edit(copy / PROJECTING, SOUND, FAULTY)
    return copy


@pytest.fixture(scope="module")
def edited(checkout: Path) -> Iterator[RunningStack]:
    """A stack that runs the copy and follows its edits."""
    with running_stack(checkout.parent / "state", seed=False, watch=True, checkout=checkout) as running:
        yield running


@pytest.fixture(scope="module")
def client(edited: RunningStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=edited.base_url, timeout=35, trust_env=False) as made:
        yield made


@pytest.fixture(scope="module")
def merchant(edited: RunningStack, client: httpx.Client) -> Merchant:
    """A tenant of that stack."""
    return found(edited, client, "edited")


def edit(file: Path, old: str, new: str) -> None:
    """Save a file with one place changed."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_an_edited_function_is_live_within_two_seconds(client: httpx.Client, checkout: Path) -> None:
    assert client.get("/health").json()["version"] != "edited"

    edit(checkout / "functions/api/app.py", "version=VERSION", 'version="edited"')

    eventually(
        lambda: client.get("/health").json()["version"], until=lambda version: version == "edited", within_s=LIVE_S
    )


def test_records_that_cannot_be_processed_wait_whole_and_are_fed_again_after_the_fix(
    edited: RunningStack, merchant: Merchant, checkout: Path
) -> None:
    shop = open_shop(merchant)
    spoiled = put_on_sale(shop, "SPOILED-1")
    sound = shop.put_on_sale(5)

    kept = eventually(lambda: set_aside(edited), until=bool, within_s=SET_ASIDE_S)
    check_ledger(merchant, sound, within_s=SET_ASIDE_S)
    assert [(record["NewImage"]["on_hand"]["N"], record["NewImage"]["version"]["N"]) for record in kept] == [("5", "1")]
    assert list(merchant.rows("/v1/inventory/movements", sku=spoiled)) == []

    edit(checkout / PROJECTING, FAULTY, SOUND)
    time.sleep(LIVE_S)
    replayed = invoke(edited, "OperatorFunction", {"action": "replay"})

    assert (replayed["failed"], replayed["left"]) == ([], 0)
    assert replayed["fed"] >= 1
    check_ledger(merchant, spoiled)
    assert invoke(edited, "OperatorFunction", {"action": "replay"})["fed"] == 0
    merchant.restock(spoiled, 1)
    check_ledger(merchant, spoiled)


def put_on_sale(shop: Shop, sku: str) -> str:
    """A SKU of this name, five of it in stock."""
    body = {"title": sku, "slug": sku.lower(), "status": "active", "variants": [{"sku": sku, "price": "1.00"}]}
    shop.merchant.post("/v1/products", body)
    shop.merchant.restock(sku, 5)
    return sku


def set_aside(stack: RunningStack) -> list[Json]:
    """The changes of levels that wait in object storage."""
    objects, bucket = stack.client("s3"), stack.description["outputs"]["RecordsBucketName"]
    bodies = [
        json.loads(objects.get_object(Bucket=bucket, Key=one["Key"])["Body"].read())
        for one in objects.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    records = [record for body in bodies for record in json.loads(body["payload"])["Records"]]
    return [record["dynamodb"] for record in records if record["dynamodb"]["Keys"]["sk"]["S"] == "LEVEL"]
