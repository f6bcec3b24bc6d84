"""Motion on disk: BODY21 positions with a validity mark and reason codes a frame."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Annotated, Any

import numpy as np

from schemas.base import Array, ArrayTable

JOINTS = 21


class Validity(IntEnum):
    """How a joint's position was come by."""

    MISSING = 0
    INFERRED = 1
    MEASURED = 2


class Reason(IntFlag):
    """Why a frame is less than good; several may hold at once."""

    OK = 0
    FRAME_MISSING = 1
    BODY_NOT_TRACKED = 2
    JOINT_MISSING = 4
    GAP_FILLED = 8
    JUMP = 16
    OUTLIER = 32
    ROOT_JUMP = 64
    TIMESTAMP_JITTER = 128


class MotionArrays(ArrayTable):
    """`motion.h5` of stages 0 and 1. A missing joint is 0.0 with validity 0; `time` is a uniform grid from 0 s."""

    positions: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 3))]
    validity: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", JOINTS))]
    time: Annotated[np.ndarray[Any, Any], Array("float64", ("frames",))]
    reasons: Annotated[np.ndarray[Any, Any], Array("uint32", ("frames",))]


class AdapterArrays(MotionArrays):
    """Stage 0's `motion.h5`: the motion in the capture's own world, turned Y-up [m], and the scan's points, if any."""

    scan_points: Annotated[np.ndarray[Any, Any], Array("float32", ("points", 3))]
