"""The C3D parser's side of the limited process: ezc3d in, NPZ out. Started by `limited_child`; imports nothing of ours."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import ezc3d
import numpy as np

_GROUPS = ("POINT", "ANALOG", "FORCE_PLATFORM", "EVENT", "TRIAL", "SUBJECTS", "SUBJECT", "PROCESSING", "MANUFACTURER")


def parse(path: str) -> bytes:
    """Give points, residuals, analogs and the parameters of the groups that we know, as an NPZ.

    Parameters are JSON: group, name, values in the order of the file (first index fastest), numbers that are none as null.
    """
    file = ezc3d.c3d(path)
    header = file["header"]
    document = {
        "first_frame": int(header["points"]["first_frame"]),
        "point_rate": float(header["points"]["frame_rate"]),
        "analog_rate": float(header["analogs"]["frame_rate"]),
        "parameters": {g: _group(file["parameters"][g]) for g in _GROUPS if g in file["parameters"]},
    }
    text = json.dumps(_finite(document), allow_nan=False).encode()
    points = np.asarray(file["data"]["points"], dtype=np.float64)[:3].transpose(2, 1, 0)
    residuals = np.asarray(file["data"]["meta_points"]["residuals"], dtype=np.float64)[0].T
    analogs = np.asarray(file["data"]["analogs"], dtype=np.float64)[0].T
    buffer = io.BytesIO()
    np.savez(
        buffer,
        points=np.ascontiguousarray(points),
        residuals=np.ascontiguousarray(residuals),
        analogs=np.ascontiguousarray(analogs),
        document=np.frombuffer(text, dtype=np.uint8),
    )
    return buffer.getvalue()


def _group(group: Any) -> dict[str, list[Any]]:
    return {name: _values(entry["value"]) for name, entry in group.items() if not name.startswith("__")}


def _values(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return list(value.ravel(order="F").tolist())
    return [str(one) for one in value]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
