"""Joint angles over cycles and repetitions, on 0 to 100 %."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from schemas.base import Side
from schemas.task_pack import CURVE_COLUMNS
from stages.s09_task_pack.record import Record
from stages.s09_task_pack.strides import Stride

JOINTS = ("hip", "knee", "ankle")


@dataclass(frozen=True)
class Curve:
    """One angle over one cycle [deg], evenly from 0 to 100 %."""

    name: str
    side: Side
    cycle: int
    values: Float[np.ndarray, "points"]


def stride_curves(record: Record, strides: Sequence[Stride], points: int) -> tuple[Curve, ...]:
    """Give hip, knee and ankle of each foot over its own strides, and the trunk over them too; cycles count by side."""
    found = []
    for side in ("left", "right"):
        mine = [s for s in strides if s.side == side]
        for cycle, stride in enumerate(mine):
            span = (stride.strike.time_s, stride.end.time_s)
            found += [_curve(record, j, side, cycle, f"{j}_{side[0]}", span, points) for j in JOINTS]
            found.append(_curve(record, "trunk", side, cycle, "trunk", span, points))
    return tuple(c for c in found if c is not None)


def repetition_curves(record: Record, points: int) -> tuple[Curve, ...]:
    """Give hip, knee and ankle of both sides and the trunk over each repetition."""
    found = []
    for cycle, rep in enumerate(record.state.repetitions):
        span = (float(record.time[rep.start_frame]), float(record.time[rep.end_frame]))
        for side in ("left", "right"):
            found += [_curve(record, j, side, cycle, f"{j}_{side[0]}", span, points) for j in JOINTS]
        found.append(_curve(record, "trunk", "none", cycle, "trunk", span, points))
    return tuple(c for c in found if c is not None)


def encode_parquet(curves: Sequence[Curve]) -> bytes:
    """Encode curves as one long table; same curves, same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    points = [len(c.values) for c in curves]

    def repeated(values: list[str]) -> list[str]:
        return [v for v, n in zip(values, points, strict=True) for _ in range(n)]

    columns = {
        "curve": pa.array(repeated([c.name for c in curves]), pa.string()),
        "side": pa.array(repeated([c.side for c in curves]), pa.string()),
        "cycle": pa.array([c.cycle for c in curves for _ in c.values], pa.int32()),
        "percent": pa.array([float(v) for n in points for v in np.linspace(0.0, 100.0, n)], pa.float64()),
        "value": pa.array([float(v) for c in curves for v in c.values], pa.float64()),
        "units": pa.array(repeated(["deg"] * len(curves)), pa.string()),
    }
    table = pa.table([columns[name] for name in CURVE_COLUMNS], names=list(CURVE_COLUMNS))
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _curve(
    record: Record, name: str, side: Side, cycle: int, angle: str, span: tuple[float, float], points: int
) -> Curve | None:
    """Sample an angle evenly over a span of time [s]; None where it is not known throughout."""
    first = max(int(np.floor(span[0] * record.fps)), 0)
    last = min(int(np.ceil(span[1] * record.fps)), len(record.time) - 1)
    values = record.angle(angle, first, last)
    if values is None:
        return None
    at = np.linspace(span[0], span[1], points)
    return Curve(name, side, cycle, np.interp(at, record.time[first : last + 1], values))
