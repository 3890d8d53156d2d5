"""How a function with routes starts. Its package imports this first, before anything that imports FastAPI.

A start makes a few hundred thousand objects, nearly all of which stay, and Python would look through them for garbage
dozens of times. And FastAPI has forty models of what an OpenAPI document holds, whose validators no request uses: they
are built when they are first used, if ever.
"""

import gc
import importlib

from pydantic import BaseModel

OBJECTS_BETWEEN_LOOKS = 50_000  # for garbage that refers to itself; all other is freed at once


def _import_fastapi() -> None:
    BaseModel.model_config["defer_build"] = True  # each model inherits this when it is made
    importlib.import_module("fastapi.openapi.models")
    del BaseModel.model_config["defer_build"]


gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
_import_fastapi()


def leave_alone_what_stays() -> None:
    """What a start has made stays for as long as the environment: no later look for garbage goes through it."""
    gc.freeze()
