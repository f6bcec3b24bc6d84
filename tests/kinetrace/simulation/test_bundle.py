"""Made captures on disk: the same bytes for the same seed, readable by everyone else, and demo_walk as committed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinetrace.simulation.arkit import TRACKED
from kinetrace.simulation.bundle import simulate_capture, truth_arrays
from kinetrace.simulation.simulate import simulate
from kinetrace.store.arrays import read_h5
from kinetrace.store.documents import read_json, write_json
from schemas.capture import CaptureFile, Plane
from schemas.errors import CaptureError, UsageError
from schemas.simulation import TruthArrays

FILES = ("body.jsonl", "capture.json", "planes.json", "truth.h5")
DEMO = ("gait", 9.0, 1)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_the_committed_demo_walk_is_what_the_simulator_makes(project: Path, tmp_path: Path) -> None:
    made = simulate_capture(*DEMO, tmp_path, "demo_walk")
    assert contents(made) == contents(project / "captures" / "demo_walk")


def test_the_demo_is_small_and_shows_what_can_go_wrong(project: Path) -> None:
    folder = project / "captures" / "demo_walk"
    truth = read_h5(folder / "truth.h5", TruthArrays)
    assert sum(p.stat().st_size for p in folder.iterdir()) < 2_000_000
    assert (truth.tracked == 0).any()
    assert (truth.jumped == 1).any()


@pytest.mark.parametrize("movement", ["gait", "squat", "sit_to_stand", "balance"])
def test_same_seed_same_bytes_and_other_seed_other_bytes(movement: str, tmp_path: Path) -> None:
    first, again, other = (
        contents(simulate_capture(movement, 4.0, seed, tmp_path, name))  # type: ignore[arg-type]
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    assert first == again
    assert tuple(first) == FILES
    assert first["body.jsonl"] != other["body.jsonl"]


def test_the_bundle_follows_its_schemas_and_says_that_it_is_made(tmp_path: Path) -> None:
    folder = simulate_capture("sit_to_stand", 5.0, 0, tmp_path, "chair")
    head = read_json(folder / "capture.json", CaptureFile)
    lines = [json.loads(line) for line in (folder / "body.jsonl").read_text().splitlines()]
    planes = [Plane.model_validate_json(json.dumps(p)) for p in json.loads((folder / "planes.json").read_text())]
    truth = read_h5(folder / "truth.h5", TruthArrays)
    assert head.simulated
    assert head.source == "simulated by kinetrace simulate sit_to_stand --seconds 5 --seed 0"
    assert len(lines) == 300
    assert [tuple(line["joints"]) for line in (lines[0], lines[-1])] == [TRACKED, TRACKED]
    assert lines[0]["t"] > 0
    assert float(truth.seat_height[0]) == 0.45
    seat = next(p for p in planes if p.classification == "seat")
    floor = next(p for p in planes if p.classification == "floor")
    assert seat.transform[13] - floor.transform[13] == pytest.approx(0.45, abs=2e-5)
    assert -1.4 < floor.transform[13] < -1.0
    assert sum(p.classification == "none" for p in planes) == 1


def test_plane_centres_lie_where_the_transform_puts_them(tmp_path: Path) -> None:
    recording = simulate("gait", 3.0, 9)
    for plane in recording.planes:
        pose = np.array(plane.transform).reshape(4, 4).T
        centre = (pose @ np.r_[plane.center, 1.0])[:3]
        back = np.linalg.inv(recording.world.matrix()) @ np.r_[centre, 1.0]
        wanted = {"floor": 0.0, "table": 0.74, "step": 0.12, "seat": 0.45, "wall": 1.2}[plane.identifier]
        assert back[1] == pytest.approx(wanted, abs=1e-4)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0, abs=1e-4)


def test_truth_arrays_lead_into_the_capture(tmp_path: Path) -> None:
    recording = simulate("gait", 2.0, 3)
    arrays = truth_arrays(recording)
    np.testing.assert_allclose(arrays.to_capture, recording.world.matrix(), atol=1e-5)
    assert len(arrays.event_time) == len(recording.truth.events) > 3


def test_a_bad_capture_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"beginning with a letter or digit, found '\.\./x'"):
        simulate_capture("gait", 3.0, 0, tmp_path, "../x")


def test_a_recording_is_never_overwritten_but_a_simulated_one_may_be(tmp_path: Path) -> None:
    folder = simulate_capture("gait", 2.0, 0, tmp_path, "walk")
    simulate_capture("gait", 2.0, 1, tmp_path, "walk")
    head = read_json(folder / "capture.json", CaptureFile)
    write_json(folder / "capture.json", head.model_copy(update={"simulated": False}))
    with pytest.raises(CaptureError, match="found a recording that was not simulated"):
        simulate_capture("gait", 2.0, 0, tmp_path, "walk")


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"movement": "gait", "seconds": -1.0, "seed": 0}, r"seconds: expected 1 to 600 s, found -1 s"),
        ({"movement": "gait", "seconds": 5.0, "seed": -1}, r"seed: expected 0 or above, found -1"),
        ({"movement": "other", "seconds": 5.0, "seed": 0}, r"movement: expected gait or squat or .* found other"),
        (
            {"movement": "sit_to_stand", "seconds": 5.0, "seed": 0, "height_m": 0.7},
            r"height_m: expected hips that rise",
        ),
        ({"movement": "gait", "seconds": 5.0, "seed": 0, "height_m": 30.0}, r"height_m: expected 0\.6 to 2\.4 m"),
    ],
)
def test_what_cannot_be_simulated_is_refused(asked: dict[str, object], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        simulate(**asked)  # type: ignore[arg-type]
