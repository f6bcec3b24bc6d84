"""What is drawn is where the truth says it is."""

from __future__ import annotations

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.ipad import offscreen
from kinetrace.simulation.ipad.camera_path import CameraPath, Orientation
from kinetrace.simulation.ipad.film import DEPTH_SIZE, Actors, Image, images
from kinetrace.simulation.ipad.person_model import build_scene
from kinetrace.simulation.ipad.session import Session, Wish, make_session
from schemas.errors import UsageError


def first(session: Session) -> Image:
    scene = build_scene(session.people, session.room, None, session.optics)
    path = CameraPath(session.camera.position[:1], session.camera.rotation[:1])
    return next(images(scene, Actors(session.poses, None), path, session.optics))


@pytest.mark.usefixtures("opengl")
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_depth_leads_back_to_floor_ceiling_and_walls(orientation: Orientation) -> None:
    session = make_session("balance", 1.0, 11, Wish(orientation=orientation, size=(96, 72), faults=("no_person",)))
    image, o = first(session), session.optics.scaled(*DEPTH_SIZE)
    rows, columns = np.mgrid[: DEPTH_SIZE[1], : DEPTH_SIZE[0]]
    z = image.depth
    local = np.stack([(columns + 0.5 - o.cx) / o.fx * z, -(rows + 0.5 - o.cy) / o.fy * z, -z], axis=-1)
    points = (local @ session.camera.rotation[0].T + session.camera.position[0]).reshape(-1, 3)
    assert float(points[:, 1].min()) == pytest.approx(0.0, abs=1e-4)
    assert float(np.median(points[np.abs(points[:, 1]) < 0.03][:, 1])) == pytest.approx(0.0, abs=1e-4)
    low, high = points[:, ::2].min(axis=0), points[:, ::2].max(axis=0)
    assert (low > np.array(session.room.low) - 1e-3).all() and (high < np.array(session.room.high) + 1e-3).all()


@pytest.mark.usefixtures("opengl")
def test_the_persons_surface_is_just_in_front_of_the_joints() -> None:
    session = make_session("balance", 1.0, 7, Wish(view="front", camera="tripod", size=(96, 72)))
    image, o = first(session), session.optics.scaled(*DEPTH_SIZE)
    for name in ("l_knee", "r_knee", "l_shoulder", "spine", "l_elbow"):
        seen = session.camera.rotation[0].T @ (session.truth.positions[0, INDEX[name]] - session.camera.position[0])
        u, v = o.cx - o.fx * seen[0] / seen[2], o.cy + o.fy * seen[1] / seen[2]
        gap = -seen[2] - image.depth[int(v), int(u)]
        assert 0.01 < gap < 0.16, name


@pytest.mark.usefixtures("opengl")
def test_colour_shows_somebody_where_an_empty_room_shows_nobody() -> None:
    wish = Wish(view="front", camera="tripod", size=(96, 72))
    one, none = (first(make_session("balance", 1.0, 7, replace(wish, faults=f))) for f in ((), ("no_person",)))
    changed = np.abs(one.rgb.astype(int) - none.rgb).max(axis=-1) > 20
    assert 0.02 < changed.mean() < 0.3
    assert one.rgb.std() > 20


def test_a_machine_without_opengl_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "mujoco.egl.GLContext", lambda *_: (_ for _ in ()).throw(RuntimeError("no display")), raising=False
    )
    model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><camera name='c'/></worldbody></mujoco>")
    with (
        pytest.raises(UsageError, match=r"OpenGL without a screen \(EGL\), found no display.*libegl1"),
        offscreen.drawer(model, "c"),
    ):
        pass
