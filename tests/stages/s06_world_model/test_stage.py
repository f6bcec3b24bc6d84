"""Stages 5 and 6 at their edges: from a physical state on disk to a checkpoint that loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_state import NATIVE_FPS, made_state

from kinetrace.models.inference import load
from kinetrace.store.arrays import read_npz, write_h5
from kinetrace.store.documents import read_json, write_json
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.dataset import Dataset, DatasetParams, TransitionArrays
from schemas.errors import ArtifactError
from schemas.physical_state import FilterRun, PhysicalState, Subject
from schemas.world_model import EmbeddingArrays, Training, WorldModelParams
from stages.registry import STAGES
from stages.s05_dataset import stage as dataset_stage
from stages.s06_world_model import stage as world_model_stage

PLANS = {plan.name: plan for plan in STAGES}
PARAMS = WorldModelParams(max_steps=15, device="cpu")


def stage_run(root: Path, name: str) -> StageRun:
    draft = root / "artifacts" / "walk" / name
    draft.mkdir(parents=True)
    return StageRun(Workspace(root), "walk", PLANS[name], draft)


def prepared(root: Path, frames: int = 400) -> Path:
    folder = root / "artifacts" / "walk" / "s02_physical_state"
    folder.mkdir(parents=True)
    write_h5(folder / "physical_state.h5", made_state(frames))
    write_json(
        folder / "physical_state.json",
        PhysicalState(
            movement="gait",
            movement_source="declared",
            movement_confidence=1.0,
            fps=NATIVE_FPS,
            subject=Subject(
                id="s", stature_m=1.7, stature_source="declared", mass_kg=None, sex="unknown", segment_lengths_m={}
            ),
            ankle_zero_source="none",
            phase_names=("none",),
            filter=FilterRun(
                kind="butterworth",
                cutoff_hz=6.0,
                design_cutoff_hz=7.5,
                order_total=4,
                gap_free_runs=20,
                runs_too_short=0,
            ),
            contact_speed_threshold=0.5,
            contact_speed_source="fixed",
            calibration=(),
            walking_speed=None,
            treadmill=False,
            events=(),
            repetitions=(),
        ),
    )
    return root


def both(root: Path) -> Path:
    dataset_stage.run(stage_run(root, "s05_dataset"), DatasetParams())
    run = stage_run(root, "s06_world_model")
    world_model_stage.run(run, PARAMS)
    assert run.device == "cpu"
    return root / "artifacts" / "walk"


def test_from_a_physical_state_to_a_model_that_loads(tmp_path: Path) -> None:
    folder = both(prepared(tmp_path))
    for plan in (PLANS["s05_dataset"], PLANS["s06_world_model"]):
        assert sorted(p.name for p in (folder / plan.name).iterdir()) == sorted(plan.outputs)
    table = read_npz(folder / "s05_dataset" / "transitions.npz", TransitionArrays)
    said = read_json(folder / "s05_dataset" / "dataset.json", Dataset)
    model = load(folder / "s06_world_model" / "checkpoint.pt")
    embedded = read_npz(folder / "s06_world_model" / "embeddings.npz", EmbeddingArrays)
    assert model.joints == said.joints
    assert (model.encode(table.states) == embedded.z).all()
    training = read_json(folder / "s06_world_model" / "training.json", Training)
    assert [row.horizon_frames for row in training.held_out] == [1, 5, 10]


def test_two_runs_in_two_places_write_the_same_bytes(tmp_path: Path) -> None:
    one, other = (both(prepared(tmp_path / name)) for name in ("here", "far/away"))
    for name in ("s05_dataset", "s06_world_model"):
        for file in PLANS[name].outputs:
            assert (one / name / file).read_bytes() == (other / name / file).read_bytes(), file


def test_a_walk_of_a_second_and_a_quarter_goes_through(tmp_path: Path) -> None:
    folder = both(prepared(tmp_path, frames=125))
    training = read_json(folder / "s06_world_model" / "training.json", Training)
    assert [row.horizon_frames for row in training.held_out] == [1, 5]
    assert "too short to judge horizons [10]" in training.notes[1]
    assert training.origin == training.notes[0] == "trained from scratch: pretrained weights need head"


def test_without_its_parent_the_stage_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"transitions\.npz"):
        world_model_stage.run(stage_run(tmp_path, "s06_world_model"), PARAMS)
