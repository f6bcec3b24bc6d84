"""ARKit's body: constant bones, errors of the published size, worse where it is not seen."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.arkit import PARENTS, TRACKED
from kinetrace.simulation.ipad.session import Session, Wish, make_session
from kinetrace.simulation.ipad.skeleton import reimer_angles
from schemas.base import Movement

JOINTS = {
    f"{s[0]}_{ours}": f"{s}_{theirs}_joint" for s in ("left", "right")
    for ours, theirs in (("hip", "upLeg"), ("knee", "leg"), ("ankle", "foot"), ("shoulder", "arm"), ("elbow", "forearm"),
                         ("wrist", "hand"))
}  # fmt: skip
MOVEMENTS: tuple[Movement, ...] = ("gait", "squat", "sit_to_stand", "balance")


def in_truth(session: Session) -> np.ndarray:
    """BODY21 as tracked, led back into the truth's frame."""
    sensed = session.sensed
    world = np.einsum("fij,fkj->fki", sensed.anchor[:, :3, :3], sensed.joints) + sensed.anchor[:, None, :3, 3]
    back = np.linalg.inv(session.world.matrix())
    world = world @ back[:3, :3].T + back[:3, 3]
    body = session.truth.positions.copy()
    for ours, theirs in JOINTS.items():
        body[:, INDEX[ours]] = world[:, TRACKED.index(theirs)]
    body[:, INDEX["pelvis"]] = world[:, 0]
    body[:, INDEX["thorax"]] = 0.5 * (body[:, INDEX["l_shoulder"]] + body[:, INDEX["r_shoulder"]])
    return body


def errors(movement: Movement, view: str, seed: int) -> np.ndarray:
    """Mean absolute error of the eight angles [deg]."""
    session = make_session(movement, 2.6, seed, Wish(view=view, camera="tripod"))  # type: ignore[arg-type]
    sure = session.sensed.tracked & ~session.sensed.jumped
    off = reimer_angles(in_truth(session)) - reimer_angles(session.truth.positions)
    return np.degrees(np.abs(off[sure])).mean(axis=0)


def test_the_errors_are_of_the_published_size() -> None:
    found = np.array([errors(m, v, seed) for m in MOVEMENTS for v in ("front", "side") for seed in range(100, 103)])
    assert float(found.mean()) == pytest.approx(18.8, abs=2.5)
    assert float(found.std()) == pytest.approx(12.1, abs=3.5)


def test_bones_keep_their_length_and_the_anchor_is_rigid() -> None:
    sensed = make_session("gait", 3.0, 5, Wish()).sensed
    for child, parent in enumerate(PARENTS):
        if parent >= 0:
            length = np.linalg.norm(sensed.joints[:, child] - sensed.joints[:, parent], axis=-1)
            assert float(np.ptp(length)) < 1e-9, TRACKED[child]
    turn = sensed.anchor[:, :3, :3]
    np.testing.assert_allclose(turn @ turn.swapaxes(1, 2), np.broadcast_to(np.eye(3), turn.shape), atol=1e-9)


def test_a_default_size_body_has_the_default_legs_whoever_stands_there() -> None:
    wish = {"height_m": 1.5, "sex": "f"}
    own, default = (
        make_session("squat", 3.0, 2, Wish(**wish, faults=f)).sensed.joints for f in ((), ("default_size_body",))
    )  # type: ignore[arg-type]
    hip, ankle = TRACKED.index("left_upLeg_joint"), TRACKED.index("left_foot_joint")
    leg = [
        np.linalg.norm(j[0, hip + 1] - j[0, hip]) + np.linalg.norm(j[0, ankle] - j[0, hip + 1]) for j in (own, default)
    ]
    assert leg[1] / leg[0] == pytest.approx(1.71 / 1.5, rel=0.07)


def test_while_it_is_lost_the_last_pose_stays() -> None:
    sensed = make_session("gait", 6.0, 5, Wish()).sensed
    lost = np.flatnonzero(~sensed.tracked)
    assert len(lost) > 0
    np.testing.assert_array_equal(sensed.joints[lost[0]], sensed.joints[lost[0] - 1])


def test_right_angles_are_ninety_degrees() -> None:
    body = np.zeros((1, 21, 3))
    for name, place in {
        "thorax": (0, 1.5, 0), "pelvis": (0, 1, 0), "l_hip": (0, 1, 0), "r_hip": (0, 1, 0), "l_knee": (0.4, 1, 0),
        "r_knee": (0, 0.6, 0), "l_ankle": (0.4, 0.6, 0), "r_ankle": (0, 0.2, 0), "l_shoulder": (0, 1.5, 0),
        "r_shoulder": (0, 1.5, 0), "l_elbow": (0.3, 1.5, 0), "r_elbow": (0, 1.2, 0), "l_wrist": (0.3, 1.7, 0),
        "r_wrist": (0, 0.9, 0),
    }.items():  # fmt: skip
        body[0, INDEX[name]] = place
    np.testing.assert_allclose(np.degrees(reimer_angles(body)[0]), [90, 180, 90, 180, 90, 0, 90, 180], atol=1e-4)
