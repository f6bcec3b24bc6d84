"""Joint centres from made marker files whose truth is known exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.trc import parse_trc, read_trc
from adapters.robotics.body import Body
from adapters.robotics.from_markers import NamedFile, body_from_markers
from kinetrace.motion.skeletons import INDEX, NEEDED
from schemas.capture import MarkerMapping
from schemas.errors import MarkerSetError, UnitsError
from schemas.motion import Validity

Make = Callable[..., dict[str, np.ndarray]]
APART = np.array([0.0, 0.0, 0.05])


def _named(
    trc: Callable[..., str], markers: dict[str, np.ndarray], name: str = "motion", **options: object
) -> NamedFile:
    return NamedFile(parse_trc(trc(markers, **options), name), name)


def _error_mm(body: Body, truth: np.ndarray, joints: tuple[str, ...] = NEEDED) -> float:
    columns = [INDEX[joint] for joint in joints]
    return float(np.linalg.norm(body.positions[:, columns] - truth[:, columns], axis=2).max() * 1000)


def test_keypoints_are_the_joints_they_name(walker: np.ndarray, keypoints: Make, trc: Callable[..., str]) -> None:
    body, markers, layout = body_from_markers(_named(trc, keypoints(walker)), None, None, "unknown")
    assert "video keypoints" in layout and markers.up == "y"
    assert _error_mm(body, walker, (*NEEDED, "r_toe", "l_heel", "l_wrist", "thorax")) < 0.01
    assert (body.validity[:, [INDEX["head"], INDEX["neck"]]] == Validity.INFERRED).all()


def test_a_static_trials_midpoints_are_carried_exactly(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion, static = lab_markers(walker, medial=False), lab_markers(stander)
    motion["r_thigh2"][40:60] = np.nan
    body, _, _ = body_from_markers(_named(trc, motion), _named(trc, static, "static"), None, "unknown")
    assert _error_mm(body, walker) < 1.0
    assert (body.validity[:, INDEX["r_knee"]] == Validity.MEASURED).all()
    assert body.methods["r_knee"].text == "midpoint(r_knee, r_mknee)+static"


def test_a_mostly_missing_marker_is_left_out_of_the_fit(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion, static = lab_markers(walker, medial=False), lab_markers(stander)
    motion["r_thigh3"][10:] = np.nan
    body, markers, _ = body_from_markers(_named(trc, motion), _named(trc, static, "static"), None, "unknown")
    assert markers.left_out == ("marker r_thigh3: missing in 93% of the frames",)
    assert "r_thigh3" not in body.methods["r_knee"].markers and _error_mm(body, walker) < 1.0


def test_without_a_static_trial_the_lateral_markers_are_moved_in_and_marked(
    walker: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    body, _, _ = body_from_markers(_named(trc, lab_markers(walker, medial=False)), None, None, "unknown")
    assert _error_mm(body, walker, ("r_knee", "l_knee")) < 1.0  # the made knees are as wide as the constant
    assert _error_mm(body, walker, ("r_ankle", "l_ankle")) < 8.0
    assert (body.validity[:, INDEX["l_knee"]] == Validity.INFERRED).all()
    assert "in by 0.060 m" in body.methods["l_knee"].text


def test_a_units_and_axes_do_not_matter(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    turned = {n: p[:, [0, 2, 1]] * (1000.0, -1000.0, 1000.0) for n, p in lab_markers(walker, medial=False).items()}
    static = _named(trc, lab_markers(stander), "static")
    body, markers, _ = body_from_markers(_named(trc, turned, units="mm"), static, None, "unknown")
    assert markers.up == "z" and markers.units == "mm" and _error_mm(body, walker) < 1.0


def test_without_own_hips_they_come_from_the_pelvis(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion, static = lab_markers(walker, medial=False), lab_markers(stander)
    for side in "RL":
        del motion[f"{side}_HJC"], static[f"{side}_HJC"]
    body, _, _ = body_from_markers(_named(trc, motion), _named(trc, static, "s"), None, "unknown")
    assert body.methods["r_hip"].text == "Harrington 2007"
    across = np.linalg.norm(body.get("r_hip") - body.get("l_hip"), axis=1)
    np.testing.assert_allclose(across, 2 * (0.33 * 0.24 + 0.0073), atol=1e-4)  # made ASIS stand 24 cm apart


def test_a_hip_marker_that_drops_out_is_carried_by_the_pelvis(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion = lab_markers(walker, medial=False)
    motion["R_HJC"][50:60] = np.nan
    body, _, _ = body_from_markers(_named(trc, motion), _named(trc, lab_markers(stander), "s"), None, "unknown")
    assert (body.validity[50:60, INDEX["r_hip"]] == Validity.INFERRED).all()
    assert _error_mm(body, walker, ("r_hip",)) < 5.0


def test_no_knees_and_no_static_trial_is_refused_naming_the_option(
    walker: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion = {n: p for n, p in lab_markers(walker, medial=False).items() if "knee" not in n}
    with pytest.raises(MarkerSetError, match=r"--static FILE"):
        body_from_markers(_named(trc, motion), None, None, "unknown")


def test_a_static_trial_that_walks_or_lacks_medial_markers_is_refused(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    motion = _named(trc, lab_markers(walker, medial=False))
    with pytest.raises(MarkerSetError, match=r"static trial: expected quiet standing"):
        body_from_markers(motion, _named(trc, lab_markers(walker), "s"), None, "unknown")
    with pytest.raises(MarkerSetError, match=r"medial and lateral knee markers in the static trial"):
        body_from_markers(motion, _named(trc, lab_markers(stander, medial=False), "s"), None, "unknown")


def test_a_mapping_makes_strange_markers_usable(walker: np.ndarray, trc: Callable[..., str]) -> None:
    markers, joints = {}, {}
    for joint in ("r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "r_shoulder", "l_shoulder"):
        at = walker[:, INDEX[joint]]
        markers |= {f"{joint}A": at + APART, f"{joint}B": at - APART}
        joints[joint] = (f"{joint}A", f"{joint}B")
    file = _named(trc, markers, units="")
    body, _, layout = body_from_markers(file, None, MarkerMapping(joints=joints, units="m"), "unknown")
    assert layout == "mapping file" and _error_mm(body, walker) < 1.0
    with pytest.raises(UnitsError, match=r"no unit"):
        body_from_markers(file, None, MarkerMapping(joints=joints), "unknown")
    with pytest.raises(MarkerSetError, match=r"mapping.joints: expected markers of the file: r_hipA.*found nope"):
        body_from_markers(file, None, MarkerMapping(joints=joints | {"r_knee": ("nope",)}, units="m"), "unknown")
    with pytest.raises(MarkerSetError, match=r"expected hips, knees and ankles of both sides, found no r_knee"):
        body_from_markers(file, None, MarkerMapping(joints=joints | {"r_knee": ()}, units="m"), "unknown")
    with pytest.raises(MarkerSetError, match=r"joints of BODY21.*found r_tail"):
        body_from_markers(file, None, MarkerMapping(joints=joints | {"r_tail": ("r_hipA",)}, units="m"), "unknown")


@pytest.mark.parametrize(
    ("trial", "static"), [("walking1", True), ("squats1", True), ("STS1", True), ("walking1", False)]
)
def test_knee_flexion_agrees_with_inverse_kinematics_of_the_same_recording(
    recordings: Path, trial: str, static: bool
) -> None:
    from adapters.formats.mot import read_mot

    folder = recordings / "opencap_s4"
    still = NamedFile(read_trc(folder / "static1.trc"), "static1") if static else None
    body, _, _ = body_from_markers(NamedFile(read_trc(folder / f"{trial}.trc"), trial), still, None, "unknown")
    reference = read_mot(folder / f"{trial}_ik.mot")
    for side in "rl":
        thigh = body.get(f"{side}_hip") - body.get(f"{side}_knee")
        shank = body.get(f"{side}_ankle") - body.get(f"{side}_knee")
        cosine = (thigh * shank).sum(axis=1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
        flexion = np.degrees(np.pi - np.arccos(np.clip(cosine, -1.0, 1.0)))
        theirs = np.degrees(reference.column(f"knee_angle_{side}"))
        frames = min(len(theirs), len(flexion))
        error = (flexion[:frames] - theirs[:frames])[np.isfinite(flexion[:frames])]
        assert np.sqrt((error**2).mean()) <= 5.0
