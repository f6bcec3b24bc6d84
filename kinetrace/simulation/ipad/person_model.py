"""The scene as a MuJoCo model: people as moving bodies, room and obstacle around them; only drawn, never simulated.

Everything stands in the truth's frame (Y up): nothing falls here, so MuJoCo's own up axis does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from kinetrace.simulation.ipad.camera_path import Optics
from kinetrace.simulation.ipad.posture import SEGMENTS
from kinetrace.simulation.ipad.room_scene import WALL_HEIGHT, Room
from kinetrace.simulation.ipad.shapes import Box, Shape, hull_points

CAMERA: Final = "ipad"
OBSTACLE: Final = "obstacle"
TILE_M: Final = 0.5
SENSOR_WIDTH_M: Final = 0.01
EXTENT: Final = 10.0
NEAR, FAR = 0.10, 60.0
CEILING: Final = (0.88, 0.88, 0.86)


@dataclass(frozen=True)
class SceneModel:
    """The compiled scene, and which moving body is which.

    Attributes:
        model: MuJoCo's.
        people: Mocap index of each segment of each person, in the order of SEGMENTS.
        camera: Mocap index of the camera.
        obstacle: Mocap index of the obstacle; None without one.
    """

    model: Any
    people: tuple[tuple[int, ...], ...]
    camera: int
    obstacle: int | None


def build_scene(
    people: tuple[dict[str, list[Shape]], ...], room: Room, obstacle: Box | None, optics: Optics
) -> SceneModel:
    """Compile a scene.

    Args:
        people: Shapes of every segment, for each person.
        room: Walls and furniture.
        obstacle: A box about its own middle that can be moved; None without one.
        optics: The camera.
    """
    spec = mujoco.MjSpec()
    spec.stat.extent = EXTENT
    spec.visual.map.znear, spec.visual.map.zfar = NEAR / EXTENT, FAR / EXTENT
    spec.visual.global_.offwidth, spec.visual.global_.offheight = max(optics.width, 256), max(optics.height, 192)
    spec.visual.headlight.ambient, spec.visual.headlight.diffuse = [0.55] * 3, [0.30] * 3
    spec.visual.headlight.specular = [0.05] * 3
    spec.worldbody.add_light(
        pos=[0, 2.4, 0], dir=[0.3, -1.0, -0.4], type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, diffuse=[0.30] * 3
    )
    _add_room(spec, room)
    for number, shapes in enumerate(people):
        for name in SEGMENTS:
            body = spec.worldbody.add_body(name=f"{number}_{name}", mocap=True)
            for i, shape in enumerate(shapes[name]):
                _add_shape(spec, body, shape, f"{number}_{name}_{i}")
    if obstacle is not None:
        _add_box(spec.worldbody.add_body(name=OBSTACLE, mocap=True), obstacle)
    _add_camera(spec, optics)
    model = spec.compile()
    return SceneModel(
        model,
        tuple(tuple(_mocap(model, f"{n}_{name}") for name in SEGMENTS) for n in range(len(people))),
        _mocap(model, CAMERA),
        None if obstacle is None else _mocap(model, OBSTACLE),
    )


def place(data: Any, mocap: int, pose: Float[np.ndarray, "4 4"]) -> None:
    """Move one body to a pose."""
    data.mocap_pos[mocap] = pose[:3, 3]
    data.mocap_quat[mocap] = Rotation.from_matrix(pose[:3, :3]).as_quat(scalar_first=True)


def _mocap(model: Any, name: str) -> int:
    return int(model.body_mocapid[mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, name)])


def _add_camera(spec: Any, optics: Optics) -> None:
    """Square pixels; MuJoCo counts the principal point from the middle to the left and up."""
    pixel = SENSOR_WIDTH_M / optics.width
    spec.worldbody.add_body(name=CAMERA, mocap=True).add_camera(
        name=CAMERA,
        resolution=[optics.width, optics.height],
        sensor_size=[SENSOR_WIDTH_M, pixel * optics.height],
        focal_length=[pixel * optics.fx, pixel * optics.fy],
        principal_length=[pixel * (optics.width / 2 - optics.cx), pixel * (optics.height / 2 - optics.cy)],
    )


def _add_shape(spec: Any, body: Any, shape: Shape, name: str) -> None:
    if len(shape.balls) == 1:
        ball = shape.balls[0]
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_ELLIPSOID, pos=ball.centre, size=ball.radii, rgba=[*shape.colour, 1.0], contype=0,
            conaffinity=0,
        )  # fmt: skip
        return
    spec.add_mesh(
        name=name, uservert=hull_points(shape.balls).ravel(), inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    )
    body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=name, rgba=[*shape.colour, 1.0], contype=0, conaffinity=0)


def _add_box(body: Any, box: Box) -> None:
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, pos=box.centre, size=box.half, rgba=[*box.colour, 1.0], contype=0, conaffinity=0
    )


def _add_room(spec: Any, room: Room) -> None:
    wide, deep = room.high[0] - room.low[0], room.high[1] - room.low[1]
    x, z = 0.5 * (room.low[0] + room.high[0]), 0.5 * (room.low[1] + room.high[1])
    spec.add_texture(
        name="tiles", type=mujoco.mjtTexture.mjTEXTURE_2D, builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER, width=256,
        height=256, rgb1=room.floor[0], rgb2=room.floor[1],
    )  # fmt: skip
    tiles = spec.add_material(name="tiles", texrepeat=[1 / TILE_M, 1 / TILE_M], texuniform=True, reflectance=0.0)
    tiles.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "tiles"
    flat = Rotation.from_euler("x", -90, degrees=True).as_quat(scalar_first=True)
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE, pos=[x, 0, z], quat=flat, size=[wide / 2, deep / 2, 0.1], material="tiles",
        contype=0, conaffinity=0,
    )  # fmt: skip
    half, thick = WALL_HEIGHT / 2, 0.05
    _add_box(spec.worldbody, Box((x, WALL_HEIGHT + thick, z), (wide / 2, thick, deep / 2), CEILING))
    skirting = (0.9 * room.walls[0] - 0.15, 0.9 * room.walls[1] - 0.15, 0.9 * room.walls[2] - 0.15)
    for along, place_x, place_z in ((wide, x, room.low[1]), (wide, x, room.high[1])):
        out = -thick if place_z < z else thick
        _add_box(spec.worldbody, Box((place_x, half, place_z + out), (along / 2, half, thick), room.walls))
        _add_box(spec.worldbody, Box((place_x, 0.04, place_z), (along / 2, 0.04, 0.012), skirting))
    for along, place_x, place_z in ((deep, room.low[0], z), (deep, room.high[0], z)):
        out = -thick if place_x < x else thick
        _add_box(spec.worldbody, Box((place_x + out, half, place_z), (thick, half, along / 2), room.walls))
        _add_box(spec.worldbody, Box((place_x, 0.04, place_z), (0.012, 0.04, along / 2), skirting))
    for piece in room.furniture:
        for box in piece.boxes:
            _add_box(spec.worldbody, box)
