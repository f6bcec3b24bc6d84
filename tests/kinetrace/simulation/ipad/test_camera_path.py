"""The camera keeps the person in view, however it is held and from wherever it films."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.ipad.camera_path import Optics, Orientation, Support, clockwise_turns
from kinetrace.simulation.ipad.session import Session, Wish, make_session
from schemas.base import Movement
from schemas.errors import UsageError


def pixels(session: Session) -> np.ndarray:
    o = session.optics
    seen = np.einsum(
        "fji,fkj->fki", session.camera.rotation, session.truth.positions - session.camera.position[:, None]
    )
    assert float(seen[..., 2].max()) < 0.0, "somebody is behind the camera"
    return np.stack([o.cx - o.fx * seen[..., 0] / seen[..., 2], o.cy + o.fy * seen[..., 1] / seen[..., 2]], axis=-1)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(["gait", "squat", "sit_to_stand", "balance"]), st.integers(0, 10_000),
    st.sampled_from(["tripod", "hand_held"]), st.sampled_from(["landscape", "portrait"]),
)  # fmt: skip
def test_every_joint_is_in_the_image_nearly_always(
    movement: Movement, seed: int, camera: Support, orientation: Orientation
) -> None:
    session = make_session(movement, 3.0, seed, Wish(camera=camera, orientation=orientation))
    at = pixels(session)
    size = np.array([session.optics.width, session.optics.height])
    assert float(((at > 0) & (at < size)).all(axis=(1, 2)).mean()) > 0.95
    turn = session.camera.rotation
    np.testing.assert_allclose(turn @ turn.swapaxes(1, 2), np.broadcast_to(np.eye(3), turn.shape), atol=1e-9)


def test_a_tripod_stands_still_and_hands_do_not() -> None:
    still, held = (make_session("squat", 3.0, 4, Wish(camera=c)).camera.position for c in ("tripod", "hand_held"))
    assert float(np.ptp(still, axis=0).max()) == 0.0
    assert 0.003 < float(np.ptp(held, axis=0).max()) < 0.15


@pytest.mark.parametrize(("view", "low", "high"), [("front", 0, 12), ("side", 78, 102), ("oblique", 33, 57)])
def test_views_are_what_they_are_called(view: str, low: float, high: float) -> None:
    for seed in range(5):
        session = make_session("balance", 1.0, seed, Wish(view=view, camera="tripod"))  # type: ignore[arg-type]
        way = session.camera.position[0] - session.truth.positions[0, INDEX["pelvis"]]
        assert low <= abs(np.degrees(np.arctan2(way[2], way[0]))) <= high


@pytest.mark.parametrize(
    ("orientation", "faults", "turns"),
    [("landscape", (), 0), ("portrait", (), 1), ("landscape", ("turned_film",), 2), ("portrait", ("turned_film",), 1)],
)
def test_turns_that_show_the_stored_image_upright(
    orientation: Orientation, faults: tuple[str, ...], turns: int
) -> None:
    session = make_session("balance", 1.0, 3, Wish(orientation=orientation, faults=faults))
    assert clockwise_turns(session.camera.rotation[0]) == turns
    head, pelvis = (pixels(session)[0, INDEX[name]] for name in ("head", "pelvis"))
    up = head - pelvis
    assert [up[1] < 0, up[0] < 0, up[1] > 0][turns], "the head is at the top, the left or the bottom"


def test_optics_scale_with_the_image() -> None:
    assert Optics(640, 480, 500.0, 500.0, 322.0, 238.0).scaled(256, 192) == Optics(256, 192, 200.0, 200.0, 128.8, 95.2)


def test_a_fault_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"fault: expected no_person or two_people .* found fog"):
        make_session("squat", 3.0, 1, Wish(faults=("fog",)))
