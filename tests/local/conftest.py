"""A checkout whose functions are ten lines each: what the local cloud does is tested without the shop."""

from pathlib import Path

import pytest

from local.sam import load_template

HANDLER = """
import json, os, time

def handler(event, context):
    print(json.dumps({"said": "called"}))
    if "code" in event:
        names = {"event": event}
        exec(event["code"], names)
        return names["answer"]
    if "Records" in event:
        with open(os.environ["TMPDIR"] + "/" + __name__.partition(".")[0], "a") as seen:
            for record in event["Records"]:
                seen.write(record["dynamodb"]["Keys"]["pk"]["S"] + "\\n")
        return {"batchItemFailures": []}
    body = event.get("body") or ""
    if body == "fail":
        raise ValueError("as asked")
    if body == "slow":
        time.sleep(1.5)
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "x-edition": "EDITION"},
        "cookies": ["a=1", "b=2"],
        "body": json.dumps({"function": __name__.partition(".")[0], "event": event}),
    }
"""

READ_BY_BOTH = "order"  # a type of item that the filters of both stream readers let through


def write_handler(checkout: Path, function: str, *, edition: str = "first") -> None:
    folder = checkout / "functions" / function
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / "app.py").write_text(HANDLER.replace("EDITION", edition))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every function of the template, doing as an event asks."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "layers" / "storekeeper").mkdir(parents=True)
    for resource in load_template()["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            write_handler(folder, resource["Properties"]["Handler"].partition(".")[0])
    return folder
