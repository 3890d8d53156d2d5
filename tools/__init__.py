"""Programs that build, check and describe Storekeeper. Nothing that is deployed imports them."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
