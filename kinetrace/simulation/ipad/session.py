"""Everything about a made recording that is decided before the first image is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Bool, Float
from numpy.random import Generator

from kinetrace.simulation.ipad.camera_path import (
    CameraPath,
    Optics,
    Orientation,
    Support,
    View,
    draw_azimuth,
    film_along,
    make_optics,
)
from kinetrace.simulation.ipad.clothes import clothed
from kinetrace.simulation.ipad.drift import Drift, capture_path, make_drift, recorded_path
from kinetrace.simulation.ipad.faults import DEFAULT_STATURE, check_faults, frame_times, kept_depth
from kinetrace.simulation.ipad.look import draw_look, vary
from kinetrace.simulation.ipad.passers_by import bystander, obstacle_way
from kinetrace.simulation.ipad.posture import segment_poses
from kinetrace.simulation.ipad.resample import at_times
from kinetrace.simulation.ipad.room_scene import Room, furnish
from kinetrace.simulation.ipad.scan import room_plan, scan_planes
from kinetrace.simulation.ipad.shapes import Box, Shape
from kinetrace.simulation.ipad.skeleton import track
from kinetrace.simulation.person import Person, make_person
from kinetrace.simulation.room import World
from kinetrace.simulation.sensors import Sensed
from kinetrace.simulation.simulate import check_asked, perform
from kinetrace.simulation.stride import ORDINARY_SPEED, REFERENCE_LEG
from kinetrace.simulation.truth import Truth
from schemas.base import Movement, Sex
from schemas.capture import Plane

FPS: Final = 30.0
OVERSAMPLING: Final = 4
STATURE: Final = {"f": (1.64, 0.065), "m": (1.77, 0.070), "unknown": (1.70, 0.090)}
"""Mean and spread [m] (ANSUR II 2012: 1.63 +- 0.064 and 1.76 +- 0.069)."""

BMI: Final = (24.0, 3.0)
SPEEDS: Final = (0.85, 1.15)
"""Of an ordinary walk of that person."""

TOO_NEAR: Final = 2.3


@dataclass(frozen=True)
class Wish:
    """What is asked of a recording; None is drawn by chance.

    Attributes:
        view: From where the person is filmed.
        camera: On a tripod or in hands.
        orientation: How the iPad is held.
        occlusion: Something hides the legs for a moment.
        size: Width and height of the film [px].
        height_m: Stature [m].
        mass_kg: Body mass [kg].
        sex: For segment lengths.
        speed: Of walking [m/s].
        repetitions: Of squats and sit-to-stands.
        faults: What is to be wrong with it.
    """

    view: View = "any"
    camera: Support = "hand_held"
    orientation: Orientation = "landscape"
    occlusion: bool = False
    size: tuple[int, int] = (640, 480)
    height_m: float | None = None
    mass_kg: float | None = None
    sex: Literal["f", "m"] | None = None
    speed: float | None = None
    repetitions: int | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """A recording before it is drawn.

    Attributes:
        truth: At the film's instants.
        seed: It was made from.
        asked: The command in words.
        start_s: Device clock at the first frame [s].
        world: Where the capture's world lies.
        camera: True path in the truth's frame.
        recorded: Path that the device writes down, in the capture's world.
        drift: Between them.
        optics: The camera.
        room: Walls and furniture.
        people: Shapes of those who are in the room; the subject first.
        poses: Of their segments.
        obstacle: Something that hides the legs, and its way.
        sensed: ARKit's body.
        planes: ARKit's planes.
        plan: RoomPlan's model.
        kept_depth: Which frames have a depth image.
        faults: What is wrong with it.
        lidar: Chance of the depth images.
    """

    truth: Truth
    seed: int
    asked: str
    start_s: float
    world: World
    camera: CameraPath
    recorded: CameraPath
    drift: Drift
    optics: Optics
    room: Room
    people: tuple[dict[str, list[Shape]], ...]
    poses: tuple[Float[np.ndarray, "frames segments 4 4"], ...]
    obstacle: tuple[Box, Float[np.ndarray, "frames 3"]] | None
    sensed: Sensed
    planes: tuple[Plane, ...]
    plan: dict[str, Any]
    kept_depth: Bool[np.ndarray, "frames"]
    faults: frozenset[str]
    lidar: Generator


def make_session(movement: Movement, seconds: float, seed: int, wish: Wish) -> Session:
    """Decide everything about a recording.

    Args:
        movement: gait, squat, sit_to_stand or balance.
        seconds: How long [s].
        seed: Same seed, same recording.
        wish: What is asked of it.

    Raises:
        UsageError: Something that cannot be simulated.
    """
    check_asked(seconds, seed)
    faults = check_faults(wish.faults)
    chance = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(8)]
    body, move, where, stage, device, body_sensor, lidar, other = chance
    person = _draw_person(wish, body)
    fine = perform(
        movement, person, seconds, FPS * OVERSAMPLING, _speed(movement, person, wish, body), wish.repetitions, move
    )
    time = frame_times(seconds, FPS, faults, device)
    truth = at_times(fine, time)
    look = draw_look(person, body)
    optics = make_optics(*wish.size, where)
    nearer = TOO_NEAR if "half_body" in faults else 1.0
    azimuth = draw_azimuth(wish.view, where)
    camera = film_along(
        truth.positions[:, 0], person.height_m, truth.fps, optics, azimuth, wish.camera, wish.orientation, nearer, where
    )
    if "turned_film" in faults and wish.orientation == "landscape":
        camera = CameraPath(camera.position, camera.rotation * np.array([-1.0, -1.0, 1.0]))
    room = furnish(truth, camera.position, stage)
    world = _device_world(camera, where)
    inside = capture_path(camera, world)
    drift = make_drift(inside, truth.fps, device)
    people, poses = [clothed(person, look)], [segment_poses(truth.positions)]
    if {"two_people", "two_walkers"} & faults:
        shapes, steps = bystander(truth, camera, room, "two_walkers" in faults, other)
        people.append(shapes)
        poses.append(steps)
    if "no_person" in faults:
        people, poses = [], []
    start = round(float(device.uniform(1000.0, 9000.0)), 3)
    stature = DEFAULT_STATURE if "default_size_body" in faults else None
    return Session(
        truth=truth, seed=seed, asked=_asked(movement, seconds, seed, wish), start_s=start, world=world, camera=camera,
        recorded=recorded_path(inside, drift), drift=drift, optics=optics, room=room, people=tuple(people),
        poses=tuple(poses), obstacle=obstacle_way(truth, camera, other) if wish.occlusion else None,
        sensed=track(truth, camera, world, drift, start, stature, body_sensor),
        planes=() if "empty_planes" in faults else scan_planes(room, world, stage), plan=room_plan(room, world, stage),
        kept_depth=kept_depth(len(time), faults, device), faults=faults, lidar=lidar,
    )  # fmt: skip


def _draw_person(wish: Wish, rng: Generator) -> Person:
    """Draw whoever is not asked for; all numbers are drawn in any case, so that a wish changes nothing else."""
    drawn: Sex = "f" if rng.random() < 0.5 else "m"
    sex = wish.sex or drawn
    mean, spread = STATURE[sex]
    height = mean + spread * float(np.clip(rng.standard_normal(), -2.0, 2.0))
    bmi = BMI[0] + BMI[1] * float(np.clip(rng.standard_normal(), -2.0, 2.0))
    tall = wish.height_m if wish.height_m is not None else round(height, 3)
    heavy = wish.mass_kg if wish.mass_kg is not None else round(bmi * tall**2, 1)
    return vary(make_person(tall, heavy, sex), rng)


def _speed(movement: Movement, person: Person, wish: Wish, rng: Generator) -> float | None:
    pace = float(rng.uniform(*SPEEDS)) * ORDINARY_SPEED * float(np.sqrt(person.leg / REFERENCE_LEG))
    if movement != "gait":
        return None
    return round(pace, 3) if wish.speed is None else wish.speed


def _device_world(camera: CameraPath, rng: Generator) -> World:
    """Put the capture's origin where the device was when its session began: near where it films from, facing anywhere."""
    world = World(round(float(rng.uniform(-np.pi, np.pi)), 5), (0.0, 0.0, 0.0))
    began = camera.position[0] + rng.uniform([-0.4, -0.08, -0.4], [0.4, 0.08, 0.4])
    x, y, z = (round(float(v), 5) + 0.0 for v in -world.apply(began[None])[0])
    return replace(world, offset=(x, y, z))


def _asked(movement: Movement, seconds: float, seed: int, wish: Wish) -> str:
    words = f"{wish.view} view, {wish.camera.replace('_', '-')} camera, {wish.orientation}"
    wrong = f", faults: {', '.join(sorted(wish.faults))}" if wish.faults else ""
    hidden = ", legs hidden for a moment" if wish.occlusion else ""
    return f"simulated by kinetrace simulate {movement} --rgbd --seconds {seconds:g} --seed {seed} ({words}{hidden}{wrong})"
