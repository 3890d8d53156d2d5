"""Change of a record: a copy in which some fields are different.

Records are msgspec's structs (docs/decisions). Type checkers know of its structs that they are like dataclasses, but
only of the dataclasses' own `replace` which fields and types it takes.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["replace"]
