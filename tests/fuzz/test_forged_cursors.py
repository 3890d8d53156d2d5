"""Cursors that somebody made: of the right list, with a position that no page ever ended at. Never a 500."""

import pytest

from storekeeper.kernel.limits import Limit
from storekeeper.kernel.paging import to_cursor
from storekeeper.tenancy import Store
from tests.api.furnishing import Furnishing
from tests.api.whole import operations, whole_api
from tests.functions.conftest import MakeSecret

POSITIONS = ("\x00", "\x01\x00", " ", "#", "T#", "0", "-1", "9" * 40, "~", "\U0010ffff", "\U0010ffff\x00", "x" * 1024)


@pytest.mark.usefixtures("cloud")
def test_no_position_that_was_made_up_is_more_than_refused(
    store: Store, make_secret: MakeSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storekeeper.edge.call.KEY_LIMIT", Limit("key", calls=1_000_000))
    monkeypatch.setattr("storekeeper.edge.shopper.STORE_LIMIT", Limit("store", calls=1_000_000))
    api = whole_api(make_secret())
    furnishing = Furnishing(api, store)
    furnishing.all()
    wrong, taken = {}, set()

    for operation in operations():
        path = operation.at(furnishing.ids)
        for position in POSITIONS if operation.method == "GET" else ():
            reply = api.get(path, query={"cursor": to_cursor(position, scope=f"{path} []")})
            if reply.status >= 500:
                wrong[f"{operation}: {position!r}"] = reply.text[:200]
            elif reply.status == 200 and "next_cursor" in reply.text:
                taken.add(str(operation))

    assert wrong == {}
    assert len(taken) > 20, "most lists must take the cursor for one of theirs, else nothing was tried"
