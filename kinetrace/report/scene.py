"""The moving skeleton in 3D: a recorded viser scene that plays inside one HTML file, without a server or the network."""

from __future__ import annotations

import contextlib
import io
from typing import Any, Final

import numpy as np
import viser
from jaxtyping import Int

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.report.drawing import (
    HIDDEN,
    SceneMotion,
    Table,
    bone_table,
    centred,
    chosen_frames,
    followed_path,
    foot_table,
    force_table,
    joint_table,
)
from kinetrace.report.meshes import Mesh, arrow, ball, disc, rod
from kinetrace.report.palette import LEFT, LIT, MIDDLE, RIGHT
from schemas.errors import ComputeError

DARK_FLAG: Final = "{darkMode:false}"
DARK_BY_SYSTEM: Final = "{darkMode:matchMedia('(prefers-color-scheme: dark)').matches}"


def scene_html(motion: SceneMotion) -> str:
    """Record the motion as a viser scene and give it as one self-contained HTML page.

    A viser server is started on a free port of the loopback interface, because viser records only what a server is
    told; nobody connects to it, and it is stopped before this returns.

    Args:
        motion: At least one frame.

    Returns:
        HTML that plays the scene; the same motion gives the same bytes.

    Raises:
        ComputeError: This release of viser writes a page that the report does not know how to theme.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        server = viser.ViserServer(host="127.0.0.1", port=0, verbose=False)
    try:
        page = _record(server, motion)
    finally:
        with contextlib.redirect_stdout(io.StringIO()):
            server.stop()
    if page.count(DARK_FLAG) != 1:
        raise ComputeError(
            where="report", field="viser", expected=f"one {DARK_FLAG} in the recorded page", found=str(page.count(DARK_FLAG)),
            fix=f"Install a viser release that writes it (found {viser.__version__}; 1.1 does).",
        )  # fmt: skip
    return page.replace(DARK_FLAG, DARK_BY_SYSTEM)


def _record(server: viser.ViserServer, motion: SceneMotion) -> str:
    frames = chosen_frames(motion.time)
    pelvis = INDEX["pelvis"]
    follow = followed_path(motion.positions[frames, pelvis], motion.validity[frames, pelvis] > 0)
    floor = server.scene.add_frame("/floor", show_axes=False, position=tuple(-follow[0]))
    _set_stage(server, motion, frames)
    drawn: list[tuple[Any, Table]] = [
        (_feet(server), centred(foot_table(motion, frames), follow)),
        (_forces(server), centred(force_table(motion, frames), follow)),
    ]
    for validity in (2, 1):
        drawn.append((_joints(server, validity), centred(joint_table(motion, frames, validity), follow)))
        drawn.append((_bones(server, validity), centred(bone_table(motion, frames, validity), follow)))
    _show(drawn, 0)
    recording = server.get_scene_serializer()
    for k in range(1, len(frames)):
        recording.insert_sleep(float(motion.time[frames[k]] - motion.time[frames[k - 1]]))
        if not np.array_equal(follow[k], follow[k - 1]):
            floor.position = tuple(-follow[k])
        _show(drawn, k)
    return str(recording.as_html())


def _show(drawn: list[tuple[Any, Table]], k: int) -> None:
    """Send what has changed since the frame before."""
    for part, table in drawn:
        for name, values in table.items():
            if k == 0 or not np.array_equal(values[k], values[k - 1]):
                setattr(part, f"batched_{name}", values[k])


def _set_stage(server: viser.ViserServer, motion: SceneMotion, frames: Int[np.ndarray, " shown"]) -> None:
    seen = motion.positions[frames][motion.validity[frames] > 0]
    height = float(max(1.0, np.percentile(seen[:, 1], 99.5))) if len(seen) else 1.7
    server.scene.set_up_direction("+y")
    server.scene.configure_environment_map(None, environment_intensity=0.0)
    server.scene.configure_default_lights(enabled=False)
    server.scene.add_light_hemisphere("/sky", sky_color=(255, 255, 255), ground_color=(150, 155, 165), intensity=2.0)
    server.scene.add_light_directional("/sun", intensity=2.4, cast_shadow=True, position=(1.5, 5.0, 3.0))
    server.initial_camera.look_at = (0.0, 0.48 * height, 0.0)
    server.initial_camera.position = (0.75 * height, 0.8 * height, 1.6 * height)
    server.initial_camera.fov = 0.75
    server.scene.add_grid(
        "/floor/grid", infinite_grid=True, plane="xz", cell_size=0.25, section_size=1.0,
        cell_color=(150, 160, 172), section_color=(110, 120, 134), cell_thickness=0.6, section_thickness=1.0,
        fade_distance=14.0, shadow_opacity=0.25,
    )  # fmt: skip
    if motion.seat is not None:
        seat = motion.seat
        server.scene.add_box(
            "/floor/seat", color=(148, 163, 184), opacity=0.45, dimensions=(seat.width_m, 0.03, seat.depth_m),
            position=(seat.center[0], seat.height_m - 0.015, seat.center[2]),
            wxyz=(float(np.cos(seat.yaw_rad / 2)), 0.0, float(np.sin(seat.yaw_rad / 2)), 0.0),
        )  # fmt: skip


def _side_colour(name: str) -> tuple[int, int, int]:
    return LIT[LEFT if name.startswith("l_") else RIGHT if name.startswith("r_") else MIDDLE]


def _batch(
    server: viser.ViserServer, name: str, mesh: Mesh, colours: list[tuple[int, int, int]], opacity: float | None
) -> Any:
    count = len(colours)
    return server.scene.add_batched_meshes_simple(
        f"/{name}", vertices=mesh.vertices, faces=mesh.faces, batched_positions=np.zeros((count, 3), np.float32),
        batched_wxyzs=np.tile(np.array([1.0, 0.0, 0.0, 0.0], np.float32), (count, 1)),
        batched_scales=np.full((count, 3), HIDDEN, np.float32), batched_colors=np.array(colours, np.uint8),
        opacity=opacity, lod="off", side="double",
    )  # fmt: skip


def _joints(server: viser.ViserServer, validity: int) -> Any:
    name, opacity = ("joints_measured", None) if validity == 2 else ("joints_inferred", 0.4)
    return _batch(server, name, ball(), [_side_colour(joint) for joint in BODY21], opacity)


def _bones(server: viser.ViserServer, validity: int) -> Any:
    name, opacity = ("bones_measured", None) if validity == 2 else ("bones_inferred", 0.35)
    return _batch(server, name, rod(), [_side_colour(BODY21[far]) for _, far in BONES], opacity)


def _feet(server: viser.ViserServer) -> Any:
    return _batch(server, "contacts", disc(), [LIT[LEFT], LIT[RIGHT]], 0.55)


def _forces(server: viser.ViserServer) -> Any:
    return _batch(server, "ground_force", arrow(), [LIT[LEFT], LIT[RIGHT]], 0.9)
