"""Force plates of a C3D: the ground's force on the person and its centre of pressure. For comparison only, never for input.

A plate's own axes follow from its corners: X from corner 2 to 1, Y from corner 4 to 1, Z down into the plate. Its ORIGIN is
the vector from the sensor to the middle of the surface, so Z is negative; files with a positive one mean the opposite. Types
by the C3D manual (c3d.org): 1 force and centre of pressure; 2 force and moment; 3 eight channels of a Kistler plate; 4 as 2,
through a calibration matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from adapters.formats.c3d import C3dFile
from adapters.robotics.units import METRES, UNIT_NAMES
from schemas.errors import CaptureError

CHANNELS: Final = {1: 6, 2: 6, 3: 8, 4: 6}
LOADED_N: Final = 20.0
"""Below this vertical force the centre of pressure is noise: it is NaN there [N]."""


@dataclass(frozen=True)
class ForcePlate:
    """One plate in metres and newtons, Y up, in the frame and on the clock of the file's points after conversion.

    Attributes:
        number: From 1, as in the file.
        time: As `C3dFile.analog_time` [s].
        force: The ground's force on the person [N].
        centre: Centre of pressure on the surface [m]; NaN where the vertical force is below 20 N.
        free_moment: About the upward normal through the centre of pressure [N m]; NaN with it.
        corners: In the file's order [m].
        remarks: What had to be decided.
    """

    number: int
    time: Float[np.ndarray, "samples"]
    force: Float[np.ndarray, "samples 3"]
    centre: Float[np.ndarray, "samples 3"]
    free_moment: Float[np.ndarray, "samples"]
    corners: Float[np.ndarray, "4 3"]
    remarks: tuple[str, ...]


def force_plates(file: C3dFile, where: str) -> tuple[ForcePlate, ...]:
    """Give the plates of a C3D file; none where it has none.

    Args:
        file: As read.
        where: The file, for refusals.

    Raises:
        CaptureError: A type that we cannot read, corners that are no rectangle, or channels that are not there.
    """
    count = int(_number(file.plates, "USED", 0, where)) if file.plates.get("USED") else 0
    if count == 0:
        return ()
    kinds = [int(_number(file.plates, "TYPE", i, where)) for i in range(count)]
    return tuple(_plate(file, kinds, number, where) for number in range(count))


def _plate(file: C3dFile, kinds: list[int], number: int, where: str) -> ForcePlate:
    kind, unit = kinds[number], METRES[UNIT_NAMES[_unit(file, where)]]
    if kind not in CHANNELS:
        raise _refusal(where, f"plate {number + 1}", f"a plate of type {', '.join(map(str, CHANNELS))}", f"type {kind}")
    corners = _array(file.plates, "CORNERS", number, (4, 3), where) * unit
    axes = _axes(corners, number, where)
    width = max(CHANNELS[k] for k in kinds if k in CHANNELS)
    columns = _array(file.plates, "CHANNEL", number, (width,), where)[: CHANNELS[kind]].astype(int) - 1
    if columns.min() < 0 or columns.max() >= file.analogs.shape[1]:
        raise _refusal(where, f"plate {number + 1}", f"channels 1 to {file.analogs.shape[1]}", f"{columns + 1}")
    raw = file.analogs[:, columns] - _baseline(file, columns)
    origin = _array(file.plates, "ORIGIN", number, (3,), where) * unit
    remarks: list[str] = []
    if kind != 3 and origin[2] > 0.0:
        origin, said = -origin, "ORIGIN points the other way: turned round"
        remarks.append(said)
    raw = np.asarray(raw @ _calibration(file.plates, number, where).T) if kind == 4 else raw
    arm = METRES["mm"] if "mm" in "".join(file.analog_units[c] for c in columns[3:]).lower() else unit
    force, moment, centre = _centred(kind, raw, origin, arm if kind in (1, 2, 4) else 1.0)
    force, moment = force @ axes, moment @ axes
    place = corners.mean(axis=0) + centre @ axes
    return _upright(file, number, corners, axes, force, moment, place, remarks)


def _centred(
    kind: int, raw: Float[np.ndarray, "samples channels"], origin: Float[np.ndarray, "3"], arm: float
) -> tuple[Float[np.ndarray, "samples 3"], Float[np.ndarray, "samples 3"], Float[np.ndarray, "samples 3"]]:
    """Give force, moment about the middle of the surface and centre of pressure from it, in the plate's own axes."""
    if kind == 3:
        raw = _kistler(raw, origin)
        origin = np.array([0.0, 0.0, origin[2]])
    force, load = raw[:, :3], np.where(np.abs(raw[:, 2]) < 1e-9, np.nan, raw[:, 2])
    if kind == 1:
        centre = np.column_stack((raw[:, 3] * arm, raw[:, 4] * arm, np.zeros(len(raw))))
        moment = np.cross(centre, force) + np.outer(raw[:, 5] * arm, (0.0, 0.0, 1.0))
        return force, moment, centre
    moment = raw[:, 3:6] * arm + np.cross(force, origin)
    return force, moment, np.column_stack((-moment[:, 1] / load, moment[:, 0] / load, np.zeros(len(raw))))


def _kistler(raw: Float[np.ndarray, "samples 8"], origin: Float[np.ndarray, "3"]) -> Float[np.ndarray, "samples 6"]:
    """Give forces and moments about the sensors' middle from fx12, fx34, fy14, fy23, fz1…fz4, which stand at (±a, ±b)."""
    fx12, fx34, fy14, fy23, z1, z2, z3, z4 = raw.T
    a, b = abs(origin[0]), abs(origin[1])
    return np.column_stack((
        fx12 + fx34, fy14 + fy23, z1 + z2 + z3 + z4, b * (z1 + z2 - z3 - z4), a * (-z1 + z2 + z3 - z4),
        b * (fx34 - fx12) + a * (fy14 - fy23),
    ))  # fmt: skip


def _upright(
    file: C3dFile,
    number: int,
    corners: Float[np.ndarray, "4 3"],
    axes: Float[np.ndarray, "3 3"],
    force: Float[np.ndarray, "samples 3"],
    moment: Float[np.ndarray, "samples 3"],
    place: Float[np.ndarray, "samples 3"],
    remarks: list[str],
) -> ForcePlate:
    """Turn a plate Y up, and forces that the file gives as the person's on the ground into the ground's on the person."""
    up = file.markers.up or ("y" if abs(axes[2, 1]) > abs(axes[2, 2]) else "z")
    vertical = force[:, 1 if up == "y" else 2]
    if np.sum(vertical) < 0.0:
        force, moment = -force, -moment
        remarks.append("forces on the plate: turned into the ground's")
    middle = corners.mean(axis=0)
    loaded = np.abs(vertical) >= LOADED_N
    normal = -axes[2]
    free = ((moment - np.cross(np.nan_to_num(place - middle), force)) * normal).sum(axis=1)
    turn = np.eye(3) if up == "y" else np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    return ForcePlate(
        number=number + 1,
        time=file.analog_time(),
        force=np.asarray(force @ turn.T),
        centre=np.asarray(np.where(loaded[:, None], place @ turn.T, np.nan)),
        free_moment=np.asarray(np.where(loaded, free, np.nan)),
        corners=corners @ turn.T,
        remarks=tuple(remarks),
    )


def _axes(corners: Float[np.ndarray, "4 3"], number: int, where: str) -> Float[np.ndarray, "3 3"]:
    """Give the plate's X, Y and Z as rows; refuse corners that are no rectangle."""
    x, y = corners[0] - corners[1], corners[0] - corners[3]
    lengths = np.linalg.norm(x), np.linalg.norm(y)
    if min(lengths) < 0.05 or abs(x @ y) > 0.05 * lengths[0] * lengths[1]:
        raise _refusal(
            where, f"plate {number + 1}", "four corners of a rectangle", np.array2string(corners, precision=3)
        )
    x, y = x / lengths[0], y / lengths[1]
    z = np.cross(x, y) / np.linalg.norm(np.cross(x, y))
    return np.stack((x, np.cross(z, x), z))


def _baseline(file: C3dFile, columns: Any) -> Float[np.ndarray, "channels"]:
    """Give the channels' mean over the frames of FORCE_PLATFORM:ZERO (counted from 1); zero where it names none."""
    values = [int(v) for v in file.plates.get("ZERO", [])[:2] if isinstance(v, (int, float))]
    per_frame = round(file.analog_rate_hz / (file.markers.rate_hz or file.analog_rate_hz))
    if len(values) < 2 or not 1 <= values[0] <= values[1] <= len(file.markers.time):
        return np.zeros(len(columns))
    return np.asarray(file.analogs[(values[0] - 1) * per_frame : values[1] * per_frame, columns].mean(axis=0))


def _calibration(plates: dict[str, list[Any]], number: int, where: str) -> Float[np.ndarray, "6 6"]:
    return np.asarray(_array(plates, "CAL_MATRIX", number, (6, 6), where)).T


def _unit(file: C3dFile, where: str) -> str:
    text = (file.markers.units or "").strip().lower()
    if text not in UNIT_NAMES:
        raise _refusal(where, "POINT:UNITS", "m, cm or mm", repr(text))
    return text


def _array(plates: dict[str, list[Any]], name: str, number: int, shape: tuple[int, ...], where: str) -> Any:
    """Give one plate's numbers out of a parameter in which the plates lie one after the other."""
    size = int(np.prod(shape))
    values = plates.get(name, [])[number * size : (number + 1) * size]
    if len(values) < size or not all(isinstance(v, (int, float)) for v in values):
        raise _refusal(where, f"FORCE_PLATFORM:{name}", f"{size} numbers for plate {number + 1}", f"{len(values)}")
    return np.array(values, dtype=float).reshape(shape)


def _number(plates: dict[str, list[Any]], name: str, at: int, where: str) -> float:
    values = plates.get(name, [])
    if at >= len(values) or not isinstance(values[at], (int, float)):
        raise _refusal(where, f"FORCE_PLATFORM:{name}", f"a number for plate {at + 1}", str(values[:8]))
    return float(values[at])


def _refusal(where: str, field: str, expected: str, found: str) -> CaptureError:
    fix = "Export the file with its plates' parameters, or compare without plates."
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
