from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.robotics.adapter import adapt
from kinetrace.motion.skeletons import INDEX, NEEDED
from kinetrace.simulation.bundle import simulate_capture
from schemas.adapter import AdapterParams
from schemas.errors import CaptureError, KinetraceError, MarkerSetError, UnitsError
from schemas.motion import Reason

Make = Callable[..., dict[str, np.ndarray]]
Trc = Callable[..., str]
Write = Callable[..., Path]


def test_a_recording_becomes_arrays_and_an_account(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Trc, write_bundle: Write
) -> None:
    folder = write_bundle(trc(lab_markers(walker, medial=False), start=7.5), trc(lab_markers(stander)), movement="gait")
    result, arrays = adapt(folder, AdapterParams())
    needed = [INDEX[joint] for joint in NEEDED]
    assert np.linalg.norm(arrays.positions[:, needed] - walker[:, needed], axis=2).max() < 1e-3
    np.testing.assert_allclose(arrays.time, np.arange(len(walker)) / 60.0)
    info = result.source_info
    assert result.movement == "gait" and info.time_offset_s == pytest.approx(7.5) and info.fps == 60.0
    assert info.files == ("capture.json", "motion.trc", "static.trc")
    assert result.static_pose is not None and result.static_pose.validity[INDEX["r_knee"]] == 2
    np.testing.assert_allclose(
        result.static_pose.positions[INDEX["r_knee"]], np.median(stander[:, INDEX["r_knee"]], axis=0), atol=2e-3
    )
    assert {q.reason: q.frames for q in result.quality} == {"OK": len(walker)}


def test_the_same_bundle_gives_the_same_bytes(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    folder = write_bundle(trc(keypoints(walker)))
    (first, arrays), (second, again) = adapt(folder, AdapterParams()), adapt(folder, AdapterParams())
    assert first == second
    for name in type(arrays).specs():
        assert getattr(arrays, name).tobytes() == getattr(again, name).tobytes()


def test_frames_before_the_person_comes_are_cut_and_the_offset_says_so(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    made = keypoints(walker)
    for track in made.values():
        track[:30] = np.nan
    result, arrays = adapt(write_bundle(trc(made)), AdapterParams())
    assert len(arrays.time) == len(walker) - 30
    assert result.source_info.time_offset_s == pytest.approx(0.5)
    assert "30 frames before and 0 after the person was seen" in result.source_info.left_out


def test_missing_joints_are_zero_and_never_nan(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    made = keypoints(walker)
    made["LKnee"][40:60] = np.nan
    result, arrays = adapt(write_bundle(trc(made)), AdapterParams(repair="off"))
    lost = arrays.validity[40:60, INDEX["l_knee"]] == 0
    assert lost.all() and (arrays.positions[40:60, INDEX["l_knee"]] == 0.0).all()
    assert ((arrays.reasons[40:60] & int(Reason.JOINT_MISSING)) != 0).all()
    assert result.tracked_fraction == pytest.approx(1 - 20 / len(walker))


def test_a_fast_recording_is_brought_under_the_limit(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    result, arrays = adapt(write_bundle(trc(keypoints(walker), rate=240.0)), AdapterParams())
    assert result.source_info.native_fps == 240.0 and result.source_info.fps == 120.0
    assert len(arrays.time) == (len(walker) + 1) // 2
    assert np.linalg.norm(arrays.positions[10:-10, 0] - walker[::2, 0][10:-10], axis=1).max() < 0.002


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"scale": 17.0}, UnitsError, "expected a person.*No unit makes this a person"),
        ({"scale": 1000.0}, UnitsError, "expected a person.*says: units: mm"),
        (
            {"scale": 1.8},
            UnitsError,
            "r_knee to r_ankle: .*No unit makes this a person .the stature that the legs make: 3",
        ),
        ({"without": "RKnee"}, MarkerSetError, "16 labels"),
        ({"empty": "RKnee"}, CaptureError, "r_knee: expected .* found missing in every frame"),
        ({"frames": 20}, CaptureError, "frames: expected at least 30, found 20 frames"),
        ({"sparse": "LAnkle"}, CaptureError, "tracked_fraction: expected all needed joints in 90%"),
    ],
)
def test_a_recording_that_cannot_be_used_is_refused(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write, change: dict[str, object],
    error: type[KinetraceError], message: str,
) -> None:  # fmt: skip
    made = {name: track * float(change.get("scale", 1.0)) for name, track in keypoints(walker).items()}  # type: ignore[arg-type]
    made = {name: track[: int(change.get("frames", 10**6))] for name, track in made.items()}  # type: ignore[call-overload]
    made.pop(str(change.get("without", "")), None)
    if "empty" in change:
        made[str(change["empty"])][:] = np.nan
    if "sparse" in change:
        made[str(change["sparse"])][20:80] = np.nan
    with pytest.raises(error, match=message):
        adapt(write_bundle(trc(made)), AdapterParams(min_tracked_fraction=0.9))


@pytest.mark.parametrize(("factor", "fix"), [(20.0, "its scale is wrong"), (1000.0, "it seems to be in mm")])
def test_a_body_file_of_the_wrong_size_is_told_what_would_help_it(tmp_path: Path, factor: float, fix: str) -> None:
    folder = simulate_capture("balance", 2.0, 0, tmp_path, "big")
    frames = [json.loads(line) for line in (folder / "body.jsonl").read_text().splitlines()]
    for joint in (joint for frame in frames for joint in frame["joints"].values()):
        joint["p"] = [factor * value for value in joint["p"]]
    (folder / "body.jsonl").write_text("".join(json.dumps(frame) + "\n" for frame in frames))
    with pytest.raises(UnitsError, match=rf"The legs make a stature of .*{fix}; export it again in metres") as caught:
        adapt(folder, AdapterParams())
    assert "mapping" not in caught.value.fix


def test_an_assessment_on_its_own_is_no_motion(tmp_path: Path) -> None:
    document = {
        "device": {"model": "x"},
        "subject": {"id": "s"},
        "units": "m",
        "files": {"assessment.json": "assessment"},
    }
    (tmp_path / "capture.json").write_text(json.dumps(document))
    (tmp_path / "assessment.json").write_text('{"assessment_type": "tug"}')
    with pytest.raises(CaptureError, match=r"a motion .*found only an assessment.*kinetrace validate"):
        adapt(tmp_path, AdapterParams())


REAL = [
    ("opencap_s4/walking1.trc", "opencap_s4/static1.trc", 1.55, 1.68),
    ("opencap_s4/walkingTS1.trc", "opencap_s4/static1.trc", 1.55, 1.68),
    ("opencap_s4/squats1.trc", "opencap_s4/static1.trc", 1.55, 1.68),
    ("opencap_s4/STS1.trc", "opencap_s4/static1.trc", 1.55, 1.68),
    ("opencap_s4/static1.trc", "opencap_s4/static1.trc", 1.55, 1.68),
    ("rajagopal_walk/markers_walk.trc", None, 1.60, 1.80),
    ("gait2354_treadmill/subject01_walk1.trc", "gait2354_treadmill/subject01_static.trc", 1.72, 1.88),
    ("opencap_video_keypoints/squats.trc", None, 1.86, 2.06),
    ("opencap_video_keypoints/sit_to_stand.trc", None, 1.86, 2.06),
    ("opencap_video_keypoints/drop_vertical_jump.trc", None, 1.86, 2.06),
]
"""Recording, static trial, bounds of the stature that its legs imply: declared 1.803 m (gait2354), 1.96 m (video)."""


@pytest.mark.parametrize(("motion", "static", "low", "high"), REAL, ids=[row[0] for row in REAL])
def test_real_recordings_give_a_person_of_the_right_size(
    recordings: Path, write_bundle: Write, motion: str, static: str | None, low: float, high: float
) -> None:
    still = None if static is None else (recordings / static).read_text()
    result, arrays = adapt(write_bundle((recordings / motion).read_text(), still), AdapterParams())
    assert result.tracked_fraction == 1.0

    def length(a: str, b: str) -> float:
        both = (arrays.validity[:, INDEX[a]] > 0) & (arrays.validity[:, INDEX[b]] > 0)
        span = arrays.positions[both, INDEX[a]] - arrays.positions[both, INDEX[b]]
        return float(np.median(np.linalg.norm(span, axis=1)))

    legs = [length(f"{s}_hip", f"{s}_knee") + length(f"{s}_knee", f"{s}_ankle") for s in "rl"]
    assert abs(legs[0] - legs[1]) / legs[0] < 0.03
    assert low < sum(legs) / 2 / 0.491 < high
    for side in "rl":
        assert 0.7 < length(f"{side}_hip", f"{side}_knee") / length(f"{side}_knee", f"{side}_ankle") < 1.3


def test_the_treadmill_walk_without_its_static_trial_is_refused(recordings: Path, write_bundle: Write) -> None:
    text = (recordings / "gait2354_treadmill" / "subject01_walk1.trc").read_text()
    with pytest.raises(MarkerSetError, match=r"--static FILE"):
        adapt(write_bundle(text), AdapterParams())


def test_a_wild_sample_between_the_frames_kept_is_still_told(
    stander: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    made = keypoints(stander)
    made["LWrist"][51] += 0.8
    _, arrays = adapt(write_bundle(trc(made, rate=240.0)), AdapterParams())
    np.testing.assert_array_equal(np.flatnonzero(arrays.reasons), [25])
    assert arrays.reasons[25] == Reason.OUTLIER | Reason.GAP_FILLED


def test_dropped_frames_and_late_timestamps_are_told_apart(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write
) -> None:
    lines = trc(keypoints(walker)).split("\n")
    cells = lines[36].split("\t")  # frame 31: 0.4 frames late
    lines[36] = "\t".join([cells[0], f"{float(cells[1]) + 0.4 / 60:.6f}", *cells[2:]])
    del lines[60:80]  # frames 55 to 74
    text = "\n".join(lines).replace(f"\t{len(walker)}\t", f"\t{len(walker) - 20}\t", 1)
    result, arrays = adapt(write_bundle(text), AdapterParams(repair="off"))
    late, dropped = (np.flatnonzero(arrays.reasons & int(r)) for r in (Reason.TIMESTAMP_JITTER, Reason.FRAME_MISSING))
    np.testing.assert_array_equal(late, [30])
    np.testing.assert_array_equal(dropped, np.arange(54, 74))
    assert result.source_info.max_timestamp_jitter_s == pytest.approx(0.4 / 60, abs=1e-4)
    assert (arrays.validity[54:74] == 0).all()


def _simulated(folder: Path, alignment: str) -> Path:
    """Make a simulated capture whose `capture.json` says how ARKit laid the world."""
    capture = simulate_capture("gait", 2.0, 3, folder, "walk")
    table = json.loads((capture / "capture.json").read_text())
    table["session"]["world_alignment"] = alignment
    (capture / "capture.json").write_text(json.dumps(table))
    return capture


def test_a_skeleton_in_a_world_that_is_not_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        CaptureError, match=r"session.world_alignment: expected gravity or gravityAndHeading, found camera"
    ):
        adapt(_simulated(tmp_path / "a", "camera"), AdapterParams())
    with pytest.raises(CaptureError, match=r"session.world_alignment"):
        adapt(_simulated(tmp_path / "b", "gravitty"), AdapterParams())
    assert adapt(_simulated(tmp_path / "c", "gravityAndHeading"), AdapterParams())[1].positions.any()


@pytest.mark.parametrize(
    ("axes", "message"),
    [((1.0, -1.0, -1.0), "the person stands on the head"), ((1.0, 1.0, -1.0), "a mirror image")],
)
def test_a_motion_file_the_wrong_way_round_is_refused(
    walker: np.ndarray, keypoints: Make, trc: Trc, write_bundle: Write, axes: tuple[float, ...], message: str
) -> None:
    made = {name: track * axes for name, track in keypoints(walker).items()}
    folder = write_bundle(trc(made), files={"motion.trc": "motion", "mapping.json": "mapping"})
    (folder / "mapping.json").write_text(json.dumps({"up": "y"}))
    with pytest.raises(CaptureError, match=message):
        adapt(folder, AdapterParams())
