"""A made iPad recording on disk, in one of three layouts, with its truth."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Literal

import numpy as np
from jaxtyping import UInt8, UInt16

from kinetrace.simulation.bundle import refuse_to_replace_a_recording, truth_arrays
from kinetrace.simulation.ipad import record3d, stray_scanner
from kinetrace.simulation.ipad.camera_path import Orientation, Support, View
from kinetrace.simulation.ipad.faults import LATE_FRAMES
from kinetrace.simulation.ipad.film import Actors, Image, images
from kinetrace.simulation.ipad.layouts import Layout, Writer
from kinetrace.simulation.ipad.lidar import Lidar
from kinetrace.simulation.ipad.open_bundle import bundle_writer, contents
from kinetrace.simulation.ipad.person_model import SceneModel, build_scene
from kinetrace.simulation.ipad.record3d import record3d_writer
from kinetrace.simulation.ipad.session import Session, Wish, make_session
from kinetrace.simulation.ipad.stray_scanner import stray_writer
from kinetrace.simulation.simulate import Recording
from kinetrace.store.arrays import write_h5
from kinetrace.store.documents import write_json
from kinetrace.store.publish import publish
from kinetrace.store.workspace import check_capture_id
from schemas.base import Movement
from schemas.simulation import FilmTruthArrays

Progress = Callable[[Iterable[Image], str, int], Iterable[Image]]
"""Shows how far an iteration is: the iterable, what it does, how many there are."""

_WRITERS: Final[dict[str, tuple[Callable[[Session, Path], AbstractContextManager[Writer]], str]]] = {
    "bundle": (bundle_writer, "."),
    "stray_scanner": (stray_writer, stray_scanner.FOLDER),
    "record3d": (record3d_writer, record3d.FILE),
}


def simulate_rgbd(
    movement: Movement, seconds: float, seed: int, captures: Path, name: str, *, layout: Layout = "bundle",
    view: View = "any", camera: Support = "hand_held", orientation: Orientation = "landscape", occlusion: bool = False,
    size: tuple[int, int] = (640, 480), height_m: float | None = None, mass_kg: float | None = None,
    sex: Literal["f", "m"] | None = None, speed: float | None = None, repetitions: int | None = None,
    faults: tuple[str, ...] = (), progress: Progress | None = None,
) -> Path:  # fmt: skip
    """Film a simulated person with a simulated iPad; what is None is drawn by the seed.

    Args:
        movement: gait, squat, sit_to_stand or balance.
        seconds: How long [s].
        seed: Same arguments, same bytes (on machines whose graphics library draws alike).
        captures: Folder to put it in.
        name: Its name there; also a capture's id.
        layout: How it is written: `bundle` is a capture; `stray_scanner` and `record3d` lie in the new folder as
            `recording/` and `recording.r3d`, exactly as those apps export them, with `truth.h5` beside
            and a `capture.json` that says who it was.
        view: From where the person is filmed.
        camera: On a tripod that pans, or in hands that walk along.
        orientation: How the iPad is held; images are stored as the sensor lies.
        occlusion: Something hides the legs for a moment.
        size: Width and height of the film's stored images, 4:3 [px].
        height_m: Stature [m].
        mass_kg: Body mass [kg].
        sex: For segment lengths.
        speed: Of walking [m/s].
        repetitions: Of squats and sit-to-stands.
        faults: What is to be wrong with it (`faults.Fault`).
        progress: Shows how far it is; None shows nothing.

    Returns:
        The bundle's folder, or the export in that app's own layout.

    Raises:
        UsageError: Something that cannot be simulated, or no OpenGL.
        CaptureError: A name that is none, or one under which something lies that was not simulated.
        StorageError: The disk refuses.
    """
    wish = Wish(view, camera, orientation, occlusion, size, height_m, mass_kg, sex, speed, repetitions, faults)
    folder = captures / check_capture_id(name)
    refuse_to_replace_a_recording(folder)
    session = make_session(movement, seconds, seed, wish)
    writer, export = _WRITERS[layout]
    with publish(folder) as draft:
        with writer(session, draft) as out:
            shown = images(_scene(session), _actors(session), session.camera, session.optics)
            take_frames(
                session, shown if progress is None else progress(shown, "filming", len(session.truth.time)), out
            )
        write_h5(draft / "truth.h5", film_truth(session))
        if layout != "bundle":
            write_json(draft / "capture.json", contents(session, {"truth.h5": "truth"}))
    return folder / export


def take_frames(session: Session, shown: Iterable[Image], out: Writer) -> None:
    """Lead every image through the sensors and hand it to a writer.

    Args:
        session: Decides the LiDAR's chance and whether its images come late.
        shown: Of each frame.
        out: Writes them down.
    """
    lidar = Lidar(session.lidar)
    late = LATE_FRAMES if "depth_late" in session.faults else 0
    waiting: deque[tuple[UInt16[np.ndarray, "192 256"], UInt8[np.ndarray, "192 256"]]] = deque(maxlen=late + 1)
    for frame, image in enumerate(shown):
        waiting.append(lidar.see(image.depth))
        out.add(frame, image.rgb, *waiting[0])


def _scene(session: Session) -> SceneModel:
    box = None if session.obstacle is None else session.obstacle[0]
    return build_scene(session.people, session.room, box, session.optics)


def _actors(session: Session) -> Actors:
    return Actors(session.poses, None if session.obstacle is None else session.obstacle[1])


def film_truth(session: Session) -> FilmTruthArrays:
    """Give the truth as arrays: what every made capture has, and the camera's true poses."""
    recording = Recording(session.truth, session.world, session.sensed, session.planes, session.seed, session.asked)
    frames, optics = len(session.truth.time), session.optics
    pose = np.tile(np.eye(4), (frames, 1, 1))
    pose[:, :3, :3], pose[:, :3, 3] = session.camera.rotation, session.camera.position
    lens = np.tile([optics.fx, optics.fy, optics.cx, optics.cy], (frames, 1))
    return FilmTruthArrays(
        **truth_arrays(recording).model_dump(), camera_pose=np.round(pose, 7) + 0.0, intrinsics=np.round(lens, 4)
    )
