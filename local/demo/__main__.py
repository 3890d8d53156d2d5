"""`python -m local.demo`: found the demo companies and write what `demo.json` shows of them."""

import argparse
import json
from pathlib import Path

from local.demo.company import Company
from local.demo.seeding import seed

COMPANIES = ("harbour", "alpine")


def main() -> None:
    """Seed the stack that the stack file describes."""
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--base-url", required=True, help="where the API answers")
    parser.add_argument("--stack-file", type=Path, required=True, help="stack.json of the running stack")
    parser.add_argument("--out", type=Path, required=True, help="where the tenants are written to, as JSON")
    arguments = parser.parse_args()
    stack = json.loads(arguments.stack_file.read_text())
    tenants = seed(
        [Company.load(name) for name in COMPANIES],
        base_url=arguments.base_url,
        endpoint=stack["aws_endpoint_url"],
        operator=stack["functions"]["OperatorFunction"],
    )
    arguments.out.write_text(json.dumps(tenants, indent=2) + "\n")


if __name__ == "__main__":
    main()
