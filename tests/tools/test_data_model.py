"""The page of the data model says what the code declares."""

from storekeeper.kernel.entities import Entity
from tools.data_model import DOCUMENT, declared_entities, render

LAMP = Entity(
    name="lamp",
    pk="T#<tenant>#LAMP#<lamp>",
    sk="LAMP",
    holds="A lamp: on | off.",
    found_by="Its id.",
    written_by="switch_lamp",
    indexes={"gsi1": ("T#<tenant>#LAMPS", "<name>")},
)


def test_the_page_is_up_to_date() -> None:
    """If not: `make docs`."""
    assert DOCUMENT.read_text() == render(declared_entities())


def test_an_entity_is_listed_with_its_keys_and_its_indexes() -> None:
    lines = render({"lighting": [LAMP]}).splitlines()

    assert lines[lines.index("## lighting") :] == [
        "## lighting",
        "",
        "| item | pk | sk | holds |",
        "| --- | --- | --- | --- |",
        "| lamp | `T#<tenant>#LAMP#<lamp>` | `LAMP` | A lamp: on \\| off. |",
        "",
        "| item | is found by | is written by |",
        "| --- | --- | --- |",
        "| lamp | Its id. | switch_lamp |",
        "",
        "## Indexes",
        "",
        "An item lies only in the indexes named here.",
        "",
        "| index | item | partition key | sort key |",
        "| --- | --- | --- | --- |",
        "| gsi1 | lamp | `T#<tenant>#LAMPS` | `<name>` |",
    ]
