"""Simulated captures: the exact truth that goes with a made recording, `truth.h5`."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from schemas.base import Array, ArrayTable
from schemas.motion import JOINTS

EVENT_KINDS = ("heel_strike", "toe_off")


class TruthArrays(ArrayTable):
    """What really happened in a simulated capture.

    The truth's own frame is X forward, Y up, Z right, floor at Y = 0; `to_capture` leads from it to the capture's world.
    `time` is 0 at the first frame of `body.jsonl`.
    """

    time: Annotated[np.ndarray[Any, Any], Array("float64", ("frames",))]
    positions: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 3))]  # BODY21 [m]
    contacts: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", 2))]  # left, right: 1 = on the floor
    angles: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 7))]  # physical_state.ANGLES [rad]
    tracked: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames",))]  # 0 = the sensor lost the body
    jumped: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames",))]  # 1 = the sensor's root stood elsewhere
    to_capture: Annotated[np.ndarray[Any, Any], Array("float64", (4, 4))]  # capture = to_capture @ truth
    event_time: Annotated[np.ndarray[Any, Any], Array("float64", ("events",))]  # [s]
    event_kind: Annotated[np.ndarray[Any, Any], Array("uint8", ("events",))]  # index into EVENT_KINDS
    event_side: Annotated[np.ndarray[Any, Any], Array("uint8", ("events",))]  # 0 left, 1 right
    repetition_times: Annotated[np.ndarray[Any, Any], Array("float64", ("repetitions", 3))]  # start, turn, end [s]
    seat_height: Annotated[np.ndarray[Any, Any], Array("float64", ("seats",))]  # above the floor [m]; none or one


class FilmTruthArrays(TruthArrays):
    """The truth of a capture with a film: a frame of `time` is a frame of the film.

    The camera's pose is world from camera in the truth's own frame, by ARKit's convention (it looks along −Z).
    """

    camera_pose: Annotated[np.ndarray[Any, Any], Array("float64", ("frames", 4, 4))]  # [m]
    intrinsics: Annotated[np.ndarray[Any, Any], Array("float64", ("frames", 4))]  # fx, fy, cx, cy of the film [px]
