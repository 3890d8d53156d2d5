"""`python -m tools.packaging functions --into DIR` and `python -m tools.packaging layer NAME --into DIR`."""

import argparse
from pathlib import Path

from tools.packaging.contents import DOMAIN_LAYER, lay_out_functions, lay_out_layer
from tools.packaging.pins import DEPENDENCY_LAYERS
from tools.packaging.wheels import LAMBDA


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.packaging", description="Lay out what is deployed, for Lambda.")
    what = parser.add_subparsers(dest="what", required=True)
    functions = what.add_parser("functions", help="the code of all functions")
    layer = what.add_parser("layer", help="one layer")
    layer.add_argument("name", choices=(DOMAIN_LAYER, *DEPENDENCY_LAYERS))
    for command in (functions, layer):
        command.add_argument("--into", type=Path, required=True, help="folder to fill")
    wanted = parser.parse_args()
    if wanted.what == "functions":
        lay_out_functions(wanted.into, target=LAMBDA)
    else:
        lay_out_layer(wanted.name, wanted.into, target=LAMBDA)


if __name__ == "__main__":
    main()
