"""Which of several ways to a joint centre is taken, on made Plug-in Gait markers whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from adapters.formats.file_subject import FileSubject
from adapters.formats.trc import parse_trc
from adapters.robotics.body import Body
from adapters.robotics.from_markers import NamedFile, body_from_markers
from adapters.robotics.joint_centres import GROWN_SHANK_M, KNEE_WIDTH_M
from kinetrace.motion.skeletons import INDEX, NEEDED
from schemas.errors import MarkerSetError
from schemas.motion import Validity

Make = Callable[..., dict[str, np.ndarray]]
Trc = Callable[..., str]
NAMES = {
    "ASIS": "ASI", "PSIS": "PSI", "knee": "KNE", "mknee": "KNEin", "thigh1": "THI", "ankle": "ANK", "mankle": "ANKin",
    "sh2": "TIB", "calc": "HEE", "toe": "TOE", "Shoulder": "SHO", "elbow_lat": "ELB", "wrist_radius": "WRA",
    "wrist_ulna": "WRB",
}  # fmt: skip
"""OpenCap's name, without its side, to Plug-in Gait's."""


def _gait_markers(lab: dict[str, np.ndarray], side_markers: tuple[str, ...] = tuple(NAMES)) -> dict[str, np.ndarray]:
    found = {"C7": lab["C7"]}
    for label, track in lab.items():
        side, rest = label[0].upper(), label[1:].lstrip("._")
        if rest in side_markers:
            found[side + NAMES[rest]] = track
    return found


def _body(
    trc: Trc, markers: dict[str, np.ndarray], static: dict[str, np.ndarray] | None = None, **subject: float
) -> Body:
    content = replace(parse_trc(trc(markers), "m"), subject=FileSubject(**subject))  # type: ignore[arg-type]
    still = None if static is None else NamedFile(parse_trc(trc(static), "s"), "s")
    return body_from_markers(NamedFile(content, "m"), still, None, "unknown")[0]


def _error_mm(body: Body, truth: np.ndarray, joint: str) -> float:
    at = INDEX[joint]
    return float(np.nanmax(np.linalg.norm(body.positions[:, at] - truth[:, at], axis=1)) * 1000)


LATERAL = tuple(name for name in NAMES if name not in ("mknee", "mankle"))


def test_markers_on_both_sides_of_a_joint_need_no_static_trial(walker: np.ndarray, lab_markers: Make, trc: Trc) -> None:
    body = _body(trc, _gait_markers(lab_markers(walker)))
    assert body.methods["r_knee"].text == "midpoint(RKNE, RKNEin)"
    assert body.methods["l_ankle"].text == "midpoint(LANK, LANKin)"
    for joint in ("r_knee", "l_knee", "r_ankle", "l_ankle"):
        assert _error_mm(body, walker, joint) < 0.1
        assert (body.validity[:, INDEX[joint]] == Validity.MEASURED).all()


def test_a_gait_models_own_centres_come_first(walker: np.ndarray, lab_markers: Make, trc: Trc) -> None:
    markers = _gait_markers(lab_markers(walker))
    own = {"FEP": "hip", "FEO": "knee", "TIO": "ankle", "CLO": "shoulder", "HUO": "elbow", "RAO": "wrist"}
    for side in "rl":
        for name, joint in own.items():
            markers[side.upper() + name] = walker[:, INDEX[f"{side}_{joint}"]].copy()
    body = _body(trc, markers)
    for joint in (*NEEDED, "r_shoulder", "l_elbow", "r_wrist"):
        assert _error_mm(body, walker, joint) < 0.01
    assert body.methods["r_knee"].text == "own:RFEO" and body.methods["l_elbow"].text == "own:LHUO"


def test_a_model_output_that_is_empty_does_not_stand_in_the_way(
    walker: np.ndarray, lab_markers: Make, trc: Trc
) -> None:
    markers = _gait_markers(lab_markers(walker))
    markers["RFEO"] = np.full_like(markers["RKNE"], np.nan)
    markers["RKNM"] = np.full_like(markers["RKNE"], np.nan)
    assert _body(trc, markers).methods["r_knee"].text == "midpoint(RKNE, RKNEin)"


def test_the_measured_width_decides_how_far_a_lateral_marker_is_moved_in(
    walker: np.ndarray, lab_markers: Make, trc: Trc
) -> None:
    markers = _gait_markers(lab_markers(walker), LATERAL)
    body = _body(trc, markers, r_knee_width_m=0.08, marker_diameter_m=0.02)
    assert body.methods["r_knee"].text == "RKNE in by 0.050 m, half of the measured width"
    moved = np.linalg.norm(body.get("r_knee") - markers["RKNE"], axis=1)
    np.testing.assert_allclose(moved, 0.05, atol=1e-6)
    assert body.methods["l_knee"].text == f"LKNE in by {KNEE_WIDTH_M / 2:.3f} m"
    assert (body.validity[:, INDEX["r_knee"]] == Validity.INFERRED).all()


def test_a_childs_joints_are_narrower(walker: np.ndarray, lab_markers: Make, trc: Trc) -> None:
    markers = {name: 0.55 * track for name, track in _gait_markers(lab_markers(walker), LATERAL).items()}
    body = _body(trc, markers)
    shank = float(np.median(np.linalg.norm(markers["RKNE"] - markers["RANK"], axis=1)))
    assert shank < GROWN_SHANK_M and body.methods["r_knee"].text.endswith(", as on a child")
    moved = np.linalg.norm(body.get("r_knee") - markers["RKNE"], axis=1)
    np.testing.assert_allclose(moved, KNEE_WIDTH_M / 2 * shank / GROWN_SHANK_M, atol=1e-6)


def test_a_static_trial_of_one_frame_is_enough(walker: np.ndarray, stander: np.ndarray, lab_markers: Make) -> None:
    from adapters.formats.marker_file import MarkerFile

    motion, still = _gait_markers(lab_markers(walker), LATERAL), _gait_markers(lab_markers(stander))

    def file(markers: dict[str, np.ndarray], frames: slice) -> NamedFile:
        positions = np.stack(list(markers.values()), axis=1)[frames]
        return NamedFile(MarkerFile(tuple(markers), positions, np.arange(len(positions)) / 60.0, "m", 60.0), "x")

    body = body_from_markers(file(motion, slice(None)), file(still, slice(0, 1)), None, "unknown")[0]
    assert body.methods["r_ankle"].text == "midpoint(RANK, RANKin)+static"
    # One marker on the thigh lies in line with hip and knee: no point can be carried, but the width is known.
    assert body.methods["r_knee"].text == "RKNE in by 0.060 m, half of the static trial's width"
    assert _error_mm(body, walker, "r_knee") < 1.0 and (body.validity[:, INDEX["r_knee"]] == Validity.INFERRED).all()


def test_a_static_trial_without_medial_markers_adds_nothing_to_a_recording_that_has_them(
    walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Trc
) -> None:
    poor = _gait_markers(lab_markers(stander), LATERAL)
    body = _body(trc, _gait_markers(lab_markers(walker)), poor)
    assert body.methods["r_knee"].text == "midpoint(RKNE, RKNEin)"
    with pytest.raises(MarkerSetError, match=r"medial and lateral knee markers in the static trial"):
        _body(trc, _gait_markers(lab_markers(walker), LATERAL), poor)
