"""What shoppers say of a cart besides its items."""

import pytest

from storekeeper.carts.details import CodeUnknown, check_codes


def test_no_code_is_known() -> None:
    check_codes("coupon_codes", [])
    with pytest.raises(CodeUnknown) as refused:
        check_codes("coupon_codes", ["SUMMER", "WINTER"])

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("coupon_codes.0", "code_unknown"),
        ("coupon_codes.1", "code_unknown"),
    ]
