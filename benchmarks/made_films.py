"""The made iPad recordings that `kinetrace bench capture` measures on, and what is measured on each."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from adapters.formats.body_jsonl import read_body
from adapters.formats.bundle import Bundle, read_bundle
from adapters.formats.video_bundle import read_recording
from adapters.robotics.adapter import adapt_bundle, adapt_reading
from adapters.videopose3d.adapter import body_from_video
from adapters.videopose3d.gravity import quarter_turns_of
from adapters.videopose3d.pose_network import find_landmarks
from adapters.videopose3d.recording import VideoRecording
from benchmarks.film_truth import Errors, about_the_pelvis, drift, held_against
from kinetrace.store.arrays import read_h5
from schemas.adapter import AdapterParams
from schemas.base import Movement
from schemas.simulation import FilmTruthArrays

FIRST_SEED: Final = 1000
"""Seeds from here on were never looked at while the fusion was made."""
COUNT: Final = 20
SECONDS: Final = 3.0
MOVEMENTS: Final[tuple[Movement, ...]] = ("gait", "squat", "sit_to_stand", "gait", "balance")
VIEWS: Final[tuple[Literal["front", "side", "oblique", "any"], ...]] = ("side", "oblique", "front", "any")


@dataclass(frozen=True)
class Plan:
    """What is filmed, from where, how."""

    seed: int
    movement: Movement
    view: Literal["front", "side", "oblique", "any"]
    camera: Literal["tripod", "hand_held"]
    orientation: Literal["landscape", "portrait"]
    occlusion: bool


def plans(count: int = COUNT) -> list[Plan]:
    """Vary movement, view, support and orientation; body, pace, room and light are drawn by the seed."""
    return [
        Plan(
            FIRST_SEED + i, MOVEMENTS[i % 5], VIEWS[(i % 5 + i // 5) % 4], "tripod" if i % 3 == 0 else "hand_held",
            "portrait" if i % 4 == 3 else "landscape", i % 10 == 9,
        )
        for i in range(count)
    ]  # fmt: skip


@dataclass(frozen=True)
class Filmed:
    """One recording, read in each way.

    Attributes:
        plan: How it was made.
        fused: Film, depth and poses; the scan's planes left out, so that the floor comes from depth.
        arkit: The device's skeleton.
        posed: Film and poses, without depth.
        alone: The film and the stature alone: distances about the pelvis, in the camera's heading [m].
        drift_m: How far off the device believes itself to be, median over frames, where the person is.
        network_s: What the pose network took.
        path_s: What everything after it took.
        frames: Of the film.
    """

    plan: Plan
    fused: Errors
    arkit: Errors
    posed: Errors
    alone: Float[np.ndarray, "samples"]
    drift_m: float
    network_s: float
    path_s: float
    frames: int


def film(plan: Plan, folder: Path) -> Filmed:
    """Make a recording, read it in each way and hold it against its truth."""
    os.environ.setdefault("MUJOCO_GL", "egl")
    from kinetrace.simulation.ipad.simulate_rgbd import simulate_rgbd

    path = simulate_rgbd(
        plan.movement, SECONDS, plan.seed, folder, f"film_{plan.seed}", view=plan.view, camera=plan.camera,
        orientation=plan.orientation, occlusion=plan.occlusion,
    )  # fmt: skip
    bundle, truth = read_bundle(path), read_h5(path / "truth.h5", FilmTruthArrays)
    recording = read_recording(bundle)
    upright = None if recording.cameras is None else quarter_turns_of(recording.cameras)
    began = time.perf_counter()
    seen = find_landmarks(recording.film, upright=upright)
    network = time.perf_counter() - began
    subject = bundle.capture.subject
    posed = body_from_video(replace(recording, depth=None), subject, "bench", landmarks=seen)
    alone = body_from_video(VideoRecording(recording.film), subject, "bench", landmarks=seen)
    began = time.perf_counter()
    reading = body_from_video(recording, subject, "bench", landmarks=seen)
    took = time.perf_counter() - began
    as_video = replace(bundle.using("video"), planes=())
    return Filmed(
        plan=plan,
        fused=held_against(*adapt_reading(as_video, reading, "film", AdapterParams()), truth, 0.0),
        arkit=_arkit(bundle, truth),
        posed=held_against(*adapt_reading(as_video, posed, "film", AdapterParams()), truth, 0.0),
        alone=about_the_pelvis(alone, recording, truth),
        drift_m=drift(recording, truth),
        network_s=network,
        path_s=took,
        frames=len(seen.time),
    )


def _arkit(bundle: Bundle, truth: FilmTruthArrays) -> Errors:
    """Read the device's own skeleton, whose first line is the film's first frame.

    Without the scan's planes: a skeleton that floats or sinks by 15 cm over a known floor would be refused by stage 1.
    """
    device = replace(bundle.without_film().using("body"), planes=())
    began = float(read_body(bundle.paths["body"]).time[0])
    return held_against(*adapt_bundle(device, "film", AdapterParams()), truth, began)
