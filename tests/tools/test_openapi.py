"""The merged document holds what each function's application says, once."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from tools.openapi import FUNCTIONS, Document, RoutesClash, current_document, merge, render


def an_api(path: str, *, summary: str = "Look") -> Document:
    app = FastAPI(title="Shop", version="1")

    @app.get(path, summary=summary)
    async def look() -> str:
        return "a lamp"

    return app.openapi()


@pytest.mark.parametrize("kept", sorted(FUNCTIONS.glob("*/openapi.json")), ids=lambda path: path.name)
def test_the_kept_document_is_up_to_date(kept: Path) -> None:
    """If not: `make openapi`."""
    assert kept.read_text() == render(current_document())


def test_the_paths_of_all_functions_are_in_one_valid_document() -> None:
    merged = merge([an_api("/lamps"), an_api("/chairs")])

    assert list(merged["paths"]) == ["/chairs", "/lamps"]
    assert merged["info"] == {"title": "Shop", "version": "1"}
    assert '"/lamps"' in render(merged)


def test_what_two_functions_say_alike_is_said_once() -> None:
    merged = merge([an_api("/lamps"), an_api("/lamps")])

    assert list(merged["paths"]) == ["/lamps"]


def test_two_functions_cannot_claim_one_route() -> None:
    with pytest.raises(RoutesClash, match="/lamps get"):
        merge([an_api("/lamps"), an_api("/lamps", summary="Look twice")])
