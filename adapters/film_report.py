"""What `ingest` and `validate` tell of a film: size, rate, rotation, depth and camera poses. Nobody is looked for in it."""

from __future__ import annotations

from typing import Final

import numpy as np

from adapters.formats.bundle import Bundle
from adapters.formats.video_bundle import read_recording
from adapters.videopose3d.recording import DepthImages, VideoRecording
from schemas.base import Strict

VARIABLE: Final = 0.1
"""A frame rate is variable if a twentieth of the steps differ from the median step by more than this part of it."""
LOOKED_AT: Final = 5
"""Depth images that are opened, spread over the recording."""


class FilmUnderstanding(Strict):
    """How a film, and what goes with it, was understood.

    Attributes:
        quarter_turns: Counter-clockwise, to show the stored film upright, as its header asks.
        depth_frames: Frames with a depth image; None: no depth.
        posed_frames: Frames with a camera pose; None: no poses.
        gravity_known: The poses' world is level; None: no poses.
        floor_planes: Planes that the device called a floor.
    """

    width: int
    height: int
    frames: int
    fps: float
    variable_rate: bool
    seconds: float
    quarter_turns: int
    codec: str
    depth_frames: int | None
    posed_frames: int | None
    gravity_known: bool | None
    floor_planes: int
    assumed: tuple[str, ...]
    left_out: tuple[str, ...]

    def lines(self) -> list[str]:
        """Give the same as lines for a person."""
        rate = f"{self.fps:.4g} Hz" + (" on average, variable" if self.variable_rate else "")
        turned = f", to be shown turned by {90 * self.quarter_turns}°" if self.quarter_turns else ""
        lidar = "none" if self.depth_frames is None else f"in {self.depth_frames} of {self.frames} frames"
        poses = "none" if self.posed_frames is None else f"in {self.posed_frames} of {self.frames} frames"
        up = {True: ", gravity known", False: ", gravity not known", None: ""}[self.gravity_known]
        return [
            f"film:        {self.width} x {self.height} px ({self.codec}){turned}",
            f"             {self.frames} frames at {rate}, {self.seconds:.2f} s",
            f"depth:       {lidar}",
            f"camera:      poses {poses}{up}",
            f"floor:       {self.floor_planes or 'no'} plane{'' if self.floor_planes == 1 else 's'} from the device",
        ]


def film_understanding(bundle: Bundle) -> FilmUnderstanding:
    """Read a bundle's film as far as possible without looking at its pictures.

    Raises:
        CaptureError: The film, a table or a depth image cannot be used.
    """
    from adapters.videopose3d.pose_network import film_facts

    recording = read_recording(bundle)
    facts = film_facts(recording.film)
    time = facts.time if recording.time is None else recording.time
    steps = np.diff(time)
    step = float(np.median(steps)) if len(steps) else 1.0
    seconds = float(time[-1] - time[0])
    variable = bool(len(steps)) and float(np.quantile(np.abs(steps / step - 1.0), 0.95)) > VARIABLE
    cameras = recording.cameras
    posed = None if cameras is None else int(np.isfinite(cameras.world_from_camera).all(axis=(1, 2)).sum())
    return FilmUnderstanding(
        width=facts.size[0],
        height=facts.size[1],
        frames=facts.frames,
        fps=float((facts.frames - 1) / seconds) if variable else 1.0 / step,
        variable_rate=variable,
        seconds=seconds + step,
        quarter_turns=facts.quarter_turns,
        codec=facts.codec,
        depth_frames=_depth_frames(recording.depth, facts.frames),
        posed_frames=posed,
        gravity_known=None if cameras is None else cameras.gravity_known,
        floor_planes=sum(plane.classification == "floor" for plane in bundle.planes),
        assumed=(*recording.assumptions, *_without_scale(recording, bundle)),
        left_out=recording.left_out,
    )


def _depth_frames(depth: DepthImages | None, frames: int) -> int | None:
    """Count the frames with depth and open a few of them, so that images that cannot be read are told now."""
    if depth is None:
        return None
    there = [frame for frame in range(frames) if depth.has(frame)]
    for at in np.unique(np.linspace(0, len(there) - 1, LOOKED_AT).astype(int)) if there else ():
        depth.at(there[int(at)])
    return len(there)


def _without_scale(recording: VideoRecording, bundle: Bundle) -> tuple[str, ...]:
    if recording.depth is not None or bundle.capture.subject.height_m is not None:
        return ()
    return ("no depth and no height declared: lengths will be known up to a factor only; give --height",)
