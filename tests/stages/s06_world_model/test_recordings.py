"""What the world model is worth on real recordings; bounds are what was measured, with room for other CPUs."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.ingest import ingest
from adapters.robotics.adapter import adapt
from kinetrace.models.evaluate import evaluate
from kinetrace.models.inference import loaded_model
from kinetrace.models.pretrained import load_pretrained
from kinetrace.training.world_model.assessment import learn
from kinetrace.training.world_model.train import CaptureData
from schemas.params import Params
from schemas.world_model import HorizonMetrics, WorldModelParams
from stages.s01_alignment.align import align
from stages.s02_physical_state.physical_state import physical_state
from stages.s05_dataset.dataset import BuiltDataset, build_dataset

PARAMS = Params(capture="walk")


def dataset_of(motion: Path, static: Path, folder: Path) -> BuiltDataset:
    ingest(motion, folder, "walk", static=static)
    result, arrays = adapt(folder / "walk", PARAMS.adapter)
    aligned, account = align(arrays, result, PARAMS.alignment)
    state, document = physical_state(aligned, account, result, PARAMS.physical_state)
    return build_dataset(state, document.fps, document.phase_names, PARAMS.dataset)


def held_out(built: BuiltDataset, pretrained: bool) -> tuple[HorizonMetrics, ...]:
    params = WorldModelParams(max_steps=1500, device="cpu")
    capture = CaptureData(built.table, built.document.joints, built.document.fps)
    trained = learn(capture, params, load_pretrained() if pretrained else None).trained
    return evaluate(loaded_model(trained.model, trained.config), built.table).held_out


@pytest.fixture(scope="module")
def squats(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> BuiltDataset:
    lab = recordings / "opencap_s4"
    return dataset_of(lab / "squats1.trc", lab / "static1.trc", tmp_path_factory.mktemp("squats"))


def test_on_lab_squats_the_adapted_model_beats_what_needs_no_network(squats: BuiltDataset) -> None:
    rows = held_out(squats, pretrained=True)
    assert [row.horizon_frames for row in rows] == [1, 5, 10]
    assert all(row.model_mm < row.zero_velocity_mm for row in rows)
    assert all(row.model_mm < row.ridge_mm for row in rows[1:])
    assert all(row.model_mm < row.damped_velocity_mm for row in rows[1:])
    assert all(row.skill_over_copy is not None and row.skill_over_copy > 0 for row in rows)


def test_from_scratch_it_beats_standing_still(squats: BuiltDataset) -> None:
    rows = held_out(squats, pretrained=False)
    assert all(row.model_mm < 0.7 * row.zero_velocity_mm for row in rows)


def test_a_lab_walk_of_just_over_a_second_goes_through(recordings: Path, tmp_path: Path) -> None:
    lab = recordings / "opencap_s4"
    built = dataset_of(lab / "walking1.trc", lab / "static1.trc", tmp_path)
    assert built.document.anchors == pytest.approx(40, abs=1)
    rows = held_out(built, pretrained=True)
    assert [row.horizon_frames for row in rows] == [1, 5]
    assert all(row.model_mm < row.ridge_mm for row in rows)
