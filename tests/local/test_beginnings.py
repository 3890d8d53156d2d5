"""Which data a start begins with, and how much of the stream is kept for it: decided from folders alone."""

import json
from pathlib import Path

import pytest

from local.checkpoints import Checkpoint, Checkpoints, oldest
from local.saves import Kept, Saves, StripeKeys
from local.state import StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path)


def data_of(folder: Path, *, name: str, made_by: str = "now", is_saved: bool = True, is_ready: bool = True) -> None:
    """A folder as a stack leaves it."""
    (folder / "state").mkdir(parents=True)
    (folder / "pump").mkdir()
    (folder / "name").write_text(name)
    if is_saved:
        (folder / "state" / "whole").touch()
    if is_ready:
        keys = {"secret_key": "sk", "publishable_key": "pk", "webhook_secret": "whsec"}
        kept = {"emulator_port": 1, "stripe_port": 2, "stripe_keys": keys, "tenants": None, "made_by": made_by}
        (folder / "kept.json").write_text(json.dumps(kept))


def names_of(saves: Saves) -> list[str]:
    return [(folder / "name").read_text() for folder in saves.beginnings()]


def test_a_start_goes_on_from_how_the_last_run_ended(state: StateFolder) -> None:
    data_of(state.data, name="last")
    data_of(state.saved, name="older")
    data_of(state.seeded, name="seeded")
    saves = Saves(state, made_by="now")

    assert saves.take_over()
    assert names_of(saves) == ["last", "seeded"]


def test_after_a_kill_a_start_goes_on_from_the_save_before(state: StateFolder) -> None:
    data_of(state.data, name="killed", is_saved=False)
    data_of(state.saved, name="older")
    data_of(state.seeded, name="seeded")
    saves = Saves(state, made_by="now")

    assert not saves.take_over()
    assert names_of(saves) == ["older", "seeded"]
    assert not state.data.exists()


def test_a_run_that_never_became_ready_leaves_nothing_and_lost_nothing(state: StateFolder) -> None:
    data_of(state.data, name="half made", is_ready=False)
    saves = Saves(state, made_by="now")

    assert saves.take_over()
    assert names_of(saves) == []


def test_demo_data_that_other_code_made_is_not_used(state: StateFolder) -> None:
    data_of(state.seeded, name="seeded", made_by="before")

    assert names_of(Saves(state, made_by="now")) == []
    assert names_of(Saves(state, made_by="before")) == ["seeded"]


def test_a_start_works_on_a_copy_that_is_not_worth_keeping_until_it_is_ready(state: StateFolder) -> None:
    data_of(state.saved, name="saved")
    saves = Saves(state, made_by="now")

    kept = saves.begin_with(state.saved)

    assert kept == Kept(1, 2, StripeKeys("sk", "pk", "whsec"), None, "now")
    assert not (state.data / "kept.json").exists()
    saves.note(kept)
    assert saves.take_over()
    assert names_of(saves) == ["saved"]


def test_after_the_demo_data_was_copied_a_kill_is_still_noticed(state: StateFolder) -> None:
    data_of(state.data, name="seeded", is_saved=False)
    saves = Saves(state, made_by="now")

    saves.keep_seeded((state.data / "state" / "whole").touch)

    assert names_of(saves) == ["seeded"]
    assert not saves.take_over()


def test_the_stream_is_needed_from_the_slowest_reader_on(tmp_path: Path) -> None:
    fast, slow = Checkpoints(tmp_path, "publisher"), Checkpoints(tmp_path, "projector")

    fast.write("shard", Checkpoint("0007"))
    assert oldest(tmp_path) is None  # one has read nothing yet
    slow.write("shard", Checkpoint("0003"))
    assert oldest(tmp_path) == "0003"


def test_without_readers_all_of_the_stream_is_needed(tmp_path: Path) -> None:
    assert oldest(tmp_path / "none") is None
