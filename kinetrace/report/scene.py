"""The moving skeleton in 3D: a recorded viser scene that plays inside one HTML file, without a server or the network."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import viser
from jaxtyping import Float, Int, Shaped, UInt8

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.report.meshes import Mesh, arrow, ball, disc, rod, rotation_from_y
from kinetrace.report.palette import LEFT, LIT, MIDDLE, RIGHT
from schemas.alignment import SeatPlane
from schemas.errors import ComputeError

MAX_FPS: Final = 30.0
MAX_SECONDS: Final = 20.0
FORCE_M_PER_BW: Final = 0.6
"""Drawn length of a force of one body weight [m]."""
HIDDEN: Final = 1e-5
"""Scale of what is not shown; exactly 0 has no normals."""
GRID: Final = 1024.0
"""Positions are rounded to 1/1024 m: below what can be seen, and a third of the bytes."""
FOLLOW_RANGE_M: Final = 2.5
"""A walk longer than this is followed by the camera."""
DARK_FLAG: Final = "{darkMode:false}"
DARK_BY_SYSTEM: Final = "{darkMode:matchMedia('(prefers-color-scheme: dark)').matches}"


@dataclass(frozen=True)
class SceneMotion:
    """What is drawn, all at one rate, aligned world frame."""

    time: Float[np.ndarray, " frames"]
    positions: Float[np.ndarray, "frames joints 3"]
    validity: UInt8[np.ndarray, "frames joints"]
    contacts: UInt8[np.ndarray, "frames 2"] | None = None
    force: Float[np.ndarray, "frames 2 3"] | None = None
    pressure_centre: Float[np.ndarray, "frames 2 3"] | None = None
    seat: SeatPlane | None = None


def chosen_frames(time: Float[np.ndarray, " frames"]) -> Int[np.ndarray, " shown"]:
    """Choose the frames that are shown: at most 30 a second and the first 20 s.

    Args:
        time: Uniform grid [s].

    Returns:
        Frame numbers, evenly spaced.
    """
    if len(time) < 2:
        return np.arange(len(time))
    step = max(1, int(np.ceil(1.0 / (MAX_FPS * float(time[1] - time[0])) - 1e-6)))
    shown = np.arange(0, len(time), step)
    return np.asarray(shown[time[shown] - time[0] <= MAX_SECONDS])


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
            fix=f"Install a viser release that writes it (found {viser.__version__}; 1.0 and 1.1 do).",
        )  # fmt: skip
    return page.replace(DARK_FLAG, DARK_BY_SYSTEM)


def _record(server: viser.ViserServer, motion: SceneMotion) -> str:
    frames = chosen_frames(motion.time)
    follow = _followed_path(motion.positions[frames, INDEX["pelvis"]])
    _set_stage(server, motion, frames, follow)
    world = server.scene.add_frame("/world", show_axes=False, position=tuple(-follow[0]))
    parts = [
        _joints(server, 2),
        _joints(server, 1),
        _bones(server, 2),
        _bones(server, 1),
        _feet(server),
        _forces(server),
    ]
    tables = [
        _joint_table(motion, frames, 2), _joint_table(motion, frames, 1), _bone_table(motion, frames, 2),
        _bone_table(motion, frames, 1), _foot_table(motion, frames), _force_table(motion, frames),
    ]  # fmt: skip
    _show(parts, tables, 0)
    recording = server.get_scene_serializer()
    for k in range(1, len(frames)):
        recording.insert_sleep(float(motion.time[frames[k]] - motion.time[frames[k - 1]]))
        if not np.array_equal(follow[k], follow[k - 1]):
            world.position = tuple(-follow[k])
        _show(parts, tables, k)
    return str(recording.as_html())


Table = dict[str, Shaped[np.ndarray, "..."]]


def _show(parts: list[Any], tables: list[Table], k: int) -> None:
    """Send what has changed since the frame before."""
    for part, table in zip(parts, tables, strict=True):
        for name, values in table.items():
            if k == 0 or not np.array_equal(values[k], values[k - 1]):
                setattr(part, f"batched_{name}", values[k])


def _followed_path(pelvis: Float[np.ndarray, "frames 3"]) -> Float[np.ndarray, "frames 3"]:
    """Give the floor point that stays in the middle of the view: fixed, or along a straight line for a long walk."""
    floor = pelvis * [1.0, 0.0, 1.0]
    middle = np.tile(np.round(floor.mean(axis=0) * GRID) / GRID, (len(floor), 1))
    if np.ptp(floor, axis=0).max() <= FOLLOW_RANGE_M:
        return middle
    width = min(len(floor), 31) | 1
    padded = np.pad(floor, ((width // 2, width // 2), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], np.full(width, 1.0 / width), "valid") for axis in range(3)], axis=1)
    return np.asarray(np.round(smooth * GRID) / GRID)


def _set_stage(
    server: viser.ViserServer,
    motion: SceneMotion,
    frames: Int[np.ndarray, " shown"],
    follow: Float[np.ndarray, "shown 3"],
) -> None:
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
    span = np.ceil(np.ptp(follow, axis=0).max()) + 6.0
    middle = 0.5 * (follow.max(axis=0) + follow.min(axis=0))
    server.scene.add_grid(
        "/world/floor", width=2.0 * span, height=2.0 * span, plane="xz", cell_size=0.25, section_size=1.0,
        cell_color=(150, 160, 172), section_color=(110, 120, 134), cell_thickness=0.6, section_thickness=1.0,
        fade_distance=12.0, shadow_opacity=0.25, position=(float(np.round(middle[0])), 0.0, float(np.round(middle[2]))),
    )  # fmt: skip
    if motion.seat is not None:
        seat = motion.seat
        server.scene.add_box(
            "/world/seat", color=(148, 163, 184), opacity=0.45, dimensions=(seat.width_m, 0.03, seat.depth_m),
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
        f"/world/{name}", vertices=mesh.vertices, faces=mesh.faces, batched_positions=np.zeros((count, 3), np.float32),
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


def _rounded(values: Shaped[np.ndarray, "..."], grid: float = GRID) -> Shaped[np.ndarray, "..."]:
    return (np.round(values * grid) / grid).astype(np.float32)


def _joint_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"], validity: int) -> Table:
    radius = np.array([0.055 if joint == "head" else 0.030 for joint in BODY21]) * (1.0 if validity == 2 else 0.8)
    shown = motion.validity[frames] == validity
    scale = np.where(shown, radius, HIDDEN)[..., None].repeat(3, axis=2)
    return {
        "positions": _rounded(np.where(shown[..., None], motion.positions[frames], 0.0)),
        "scales": scale.astype(np.float32),
    }


def _bone_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"], validity: int) -> Table:
    near, far = np.array(BONES).T
    marks, points = motion.validity[frames], motion.positions[frames]
    shown = np.minimum(marks[:, near], marks[:, far]) == validity
    along = np.where(shown[..., None], points[:, far] - points[:, near], 0.0)
    middle = np.where(shown[..., None], 0.5 * (points[:, far] + points[:, near]), 0.0)
    length = np.where(shown, np.round(np.linalg.norm(along, axis=2) * 256.0) / 256.0, HIDDEN)
    radius = np.where(shown, 0.018 if validity == 2 else 0.013, HIDDEN)
    return {
        "positions": _rounded(middle),
        "wxyzs": _rounded(rotation_from_y(along.reshape(-1, 3)).reshape(*along.shape[:2], 4)),
        "scales": np.stack([radius, length, radius], axis=2).astype(np.float32),
    }


def _foot_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"]) -> Table:
    centres, sizes = np.zeros((len(frames), 2, 3)), np.full((len(frames), 2, 3), HIDDEN)
    for side, prefix in enumerate("lr"):
        columns = [INDEX[f"{prefix}_{part}"] for part in ("heel", "toe", "ankle")]
        marks = motion.validity[frames][:, columns]
        ends = motion.positions[frames][:, columns]
        sole = np.where((marks[:, :2] > 0).all(axis=1)[:, None], ends[:, :2].mean(axis=1), ends[:, 2])
        on = np.zeros(len(frames), bool) if motion.contacts is None else motion.contacts[frames, side] == 1
        on &= (marks > 0).any(axis=1)
        centres[:, side] = np.where(on[:, None], sole * [1.0, 0.0, 1.0] + [0.0, 0.004, 0.0], 0.0)
        sizes[on, side] = (0.13, 1.0, 0.13)
    return {"positions": _rounded(centres), "scales": sizes.astype(np.float32)}


def _force_table(motion: SceneMotion, frames: Int[np.ndarray, " shown"]) -> Table:
    if motion.force is None or motion.pressure_centre is None:
        force, centre = np.zeros((len(frames), 2, 3)), np.zeros((len(frames), 2, 3))
    else:
        force, centre = motion.force[frames], motion.pressure_centre[frames]
    size = np.linalg.norm(force, axis=2)
    shown = size > 0.02
    length = np.where(shown, _rounded(size * FORCE_M_PER_BW, 256.0), HIDDEN)
    radius = np.where(shown, 0.011, HIDDEN)
    return {
        "positions": _rounded(np.where(shown[..., None], centre, 0.0)),
        "wxyzs": _rounded(rotation_from_y(force.reshape(-1, 3)).reshape(*force.shape[:2], 4)),
        "scales": np.stack([radius, length, radius], axis=2).astype(np.float32),
    }
