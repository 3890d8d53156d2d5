"""How large what is deployed is, zipped: the functions' common archive and each layer."""

import tempfile
from pathlib import Path

from tools.packaging.archives import write_archive
from tools.packaging.contents import DOMAIN_LAYER, lay_out_functions, lay_out_layer
from tools.packaging.pins import DEPENDENCY_LAYERS
from tools.packaging.wheels import LAMBDA


def measure_archives() -> dict[str, int]:
    """Bytes of each archive, built as `sam build` builds it. The first time it downloads the layers' wheels."""
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("functions", DOMAIN_LAYER, *DEPENDENCY_LAYERS):
            folder, archive = Path(scratch) / name, Path(scratch) / f"{name}.zip"
            if name == "functions":
                lay_out_functions(folder, target=LAMBDA)
            else:
                lay_out_layer(name, folder, target=LAMBDA)
            write_archive(folder, archive)
            sizes[name] = archive.stat().st_size
    return sizes
