"""What a function's environment starts: Lambda's own runtime client, from this interpreter, on this checkout.

With the runtime client of AWS, exceptions keep their names, time-outs and init errors are reported as on AWS, and an
edited file is what the next environment imports.
"""

import hashlib
import io
import shlex
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

CODE_PATH = ("functions", "layers/storekeeper")


@dataclass(frozen=True)
class CodePackage:
    """A zip for Lambda. Its key holds a hash of the content: an update under an unchanged key would do nothing."""

    key: str
    content: bytes


def bootstrap_package(checkout: Path) -> CodePackage:
    """The zip that all functions share: one executable named `bootstrap`."""
    python_path = ":".join(str(checkout / part) for part in CODE_PATH)
    script = "\n".join(
        (
            "#!/bin/sh",
            f"export PYTHONPATH={shlex.quote(python_path)}",
            f'exec {shlex.quote(sys.executable)} -m awslambdaric "$_HANDLER"',
            "",
        )
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")  # its fixed date makes equal content equal bytes
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, script)
    content = packed.getvalue()
    return CodePackage(f"bootstrap-{hashlib.sha256(content).hexdigest()[:16]}.zip", content)
