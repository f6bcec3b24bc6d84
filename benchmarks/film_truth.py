"""A reading of a made recording held against the recording's exact truth, in its own world, without any alignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.optics import looking_forward
from adapters.robotics.reading import Reading
from adapters.videopose3d.recording import VideoRecording
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterResult
from schemas.motion import AdapterArrays
from schemas.physical_state import GaitEvent
from schemas.simulation import EVENT_KINDS, FilmTruthArrays
from stages.in_memory import Measured, measured

SIDES: Final = ("left", "right")
EVENT_REACH_S: Final = 0.15
"""An event farther than this from any true one of its kind and side is none."""
ANGLE_COLUMNS: Final = 6
"""Hip, knee and ankle of both sides; the trunk's is not among the goals."""


@dataclass(frozen=True)
class Errors:
    """What one reading of one recording is off by.

    Attributes:
        joints: Distances from the truth, of joints that are there [m].
        pelvis: The pelvis' [m].
        angles: Mean absolute error of hip, knee and ankle, right then left [deg]; NaN where never known.
        events: Of the gait events that were found, absolute [s].
        asked: Gait events that there are.
        floor_m: Of the floor's height under the person.
        floor_deg: Its tilt; the true floor is level.
        floor_source: How it was found.
    """

    joints: Float[np.ndarray, "samples"]
    pelvis: Float[np.ndarray, "frames"]
    angles: Float[np.ndarray, "6"]
    events: Float[np.ndarray, "found"]
    asked: int
    floor_m: float
    floor_deg: float
    floor_source: str


def held_against(result: AdapterResult, arrays: AdapterArrays, truth: FilmTruthArrays, began: float) -> Errors:
    """Take a reading through stages 1 and 2 and compare.

    Args:
        result: Of stage 0.
        arrays: Of stage 0.
        truth: The recording's.
        began: The recording's clock at the truth's zero [s].
    """
    time = arrays.time + result.source_info.time_offset_s - began
    true = _at(time, truth.time, _in_capture(truth))
    off = np.linalg.norm(arrays.positions - true, axis=2)
    found = measured(result, arrays)
    floor = float(truth.to_capture[1, 3])
    first = float(time[0])
    asked, late = _events(found.state.events, truth, first, float(time[-1]))
    return Errors(
        joints=off[arrays.validity > 0],
        pelvis=off[arrays.validity[:, 0] > 0, 0],
        angles=_angles(found, _at(time, truth.time, truth.angles.astype(float))),
        events=late,
        asked=asked,
        floor_m=abs(found.alignment.floor_height_m - floor),
        floor_deg=found.alignment.floor_tilt_deg,
        floor_source=found.alignment.floor_source,
    )


def about_the_pelvis(
    reading: Reading, recording: VideoRecording, truth: FilmTruthArrays
) -> Float[np.ndarray, "samples"]:
    """Give distances of joints about the pelvis, for a film whose camera was assumed: only its heading is taken as known.

    Args:
        reading: In the assumed camera's level world: X right of the image, Y up, looking along −Z.
        recording: With the cameras as they really were.
        truth: The recording's.

    Raises:
        ValueError: The recording has no cameras.
    """
    if recording.cameras is None:
        raise ValueError("a film without cameras has no heading to compare with")
    ahead = recording.cameras.world_from_camera[:, :3, 2] * (1.0, 0.0, 1.0)
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    up = np.broadcast_to((0.0, 1.0, 0.0), ahead.shape)
    heading = np.stack((np.cross(ahead, up), up, -ahead), axis=1)
    true = _in_capture(truth)
    relative = np.einsum("tij,tkj->tki", heading, true - true[:, :1])
    time = reading.grid.start_s + np.arange(reading.grid.frames) / reading.grid.fps
    body = reading.body.positions
    off = np.linalg.norm(body - body[:, :1] - _at(time, truth.time, relative), axis=2)
    there = reading.body.validity > 0
    there[:, INDEX["pelvis"]] = False
    return np.asarray(off[there])


def drift(recording: VideoRecording, truth: FilmTruthArrays) -> float:
    """Give how far off the device puts a point where the person is, because it is mistaken about its own pose [m].

    Raises:
        ValueError: The recording has no cameras.
    """
    if recording.cameras is None:
        raise ValueError("a film without cameras has no poses to compare")
    pelvis = truth.positions[:, :1].astype(float)
    seen = np.linalg.inv(looking_forward(truth.camera_pose))
    local = np.einsum("tij,tkj->tki", seen[:, :3, :3], pelvis) + seen[:, None, :3, 3]
    pose = recording.cameras.world_from_camera
    believed = np.einsum("tij,tkj->tki", pose[:, :3, :3], local) + pose[:, None, :3, 3]
    return float(np.nanmedian(np.linalg.norm(believed[:, 0] - _in_capture(truth)[:, 0], axis=1)))


def _in_capture(truth: FilmTruthArrays) -> Float[np.ndarray, "frames 21 3"]:
    """Give the true joints in the capture's world [m]."""
    return np.asarray(truth.positions.astype(float) @ truth.to_capture[:3, :3].T + truth.to_capture[:3, 3])


def _at(
    time: Float[np.ndarray, "samples"], own: Float[np.ndarray, "frames"], series: Float[np.ndarray, "frames ..."]
) -> Float[np.ndarray, "samples ..."]:
    flat = series.reshape(len(series), -1)
    read = np.stack([np.interp(time, own, column) for column in flat.T], axis=1)
    return np.asarray(read.reshape(len(time), *series.shape[1:]))


def _angles(found: Measured, true: Float[np.ndarray, "samples 7"]) -> Float[np.ndarray, "6"]:
    off = np.abs(np.degrees(found.arrays.angles[:, :ANGLE_COLUMNS] - true[:, :ANGLE_COLUMNS]))
    off = np.where(found.arrays.angles_valid[:, :ANGLE_COLUMNS] > 0, np.minimum(off, 360.0 - off), np.nan)
    out = np.full(ANGLE_COLUMNS, np.nan)
    known = np.isfinite(off).any(axis=0)
    out[known] = np.nanmean(off[:, known], axis=0)
    return out


def _events(
    found: tuple[GaitEvent, ...], truth: FilmTruthArrays, first: float, last: float
) -> tuple[int, Float[np.ndarray, "found"]]:
    """Give how many true events lie well inside the reading, and how far off those found are [s]."""
    late, asked = [], 0
    for time, kind, side in zip(truth.event_time, truth.event_kind, truth.event_side, strict=True):
        if not first + EVENT_REACH_S < time < last - EVENT_REACH_S:
            continue
        asked += 1
        same = [e for e in found if e.kind == EVENT_KINDS[kind] and e.side == SIDES[side]]
        gaps = [abs(event.time_s + first - float(time)) for event in same]
        if gaps and min(gaps) <= EVENT_REACH_S:
            late.append(min(gaps))
    return asked, np.array(late)
