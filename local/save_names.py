"""The names by which the supervisor and the emulator's process speak of a save (`local.saves`, `local.saving`)."""

import signal
from pathlib import Path

STATE = "state"  # the emulator's folder within its data
OBJECTS = "s3"
CHECKPOINTS = "pump"  # beside it
MARK = Path(STATE, "whole")  # written last, and gone as soon as the emulator goes on
SAVE_NOW = signal.SIGUSR1
CHECKPOINTS_VARIABLE = "LOCAL_CHECKPOINTS"  # where the pump's folder is
MOVED_VARIABLE = "LOCAL_MOVED"  # ports that had other numbers when the state was saved: {"old": new}
