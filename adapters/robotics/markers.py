"""A marker file made ready: recognised, in metres, Y up, on a uniform grid, without ghosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from adapters.formats.marker_file import MarkerFile
from adapters.robotics.marker_sets import canonical
from adapters.robotics.time_grid import TimeGrid, fit_grid
from adapters.robotics.units import METRES, UNIT_NAMES, Unit, fitting_unit, unit_advice
from schemas.errors import CaptureError, MarkerSetError, UnitsError

Up = Literal["y", "z"]
MIN_PRESENT = 0.5
"""A marker seen in less than half of the frames is left out: filling OpenCap's r_thigh5 (92 % missing) costs 55° at the
knee, leaving it out 3.9° (measured)."""
BODY_EXTENT_M = (0.12, 1.6)
"""Median distance of a person's outer markers (90th percentile) from their middle: a child's to a tall adult's, with
room to spare [m]; measured 0.5 to 0.8 m on the adults' sets that we know."""
GHOST_M = 2.0
"""A marker further than this from the middle of all others is no part of the person [m]."""
SPAN = "what the markers span"
UP_DOMINANCE = 1.5
"""Feet-to-shoulders along the up axis must exceed either other axis by this factor."""


@dataclass(frozen=True)
class Markers:
    """A marker file in metres, Y up, on a uniform grid; NaN where missing; by canonical name.

    `doubtful` has the frames in which the source itself calls a marker a guess.
    """

    points: dict[str, Float[np.ndarray, "frames 3"]]
    labels: dict[str, str]
    grid: TimeGrid
    units: Unit
    up: Up
    ghosts: Bool[np.ndarray, "frames"]
    remarks: tuple[str, ...]
    left_out: tuple[str, ...]
    doubtful: dict[str, Bool[np.ndarray, "frames"]] = field(default_factory=dict)

    def get(self, name: str) -> Float[np.ndarray, "frames 3"] | None:
        """Give a marker's trajectory, or None where the file lacks it or it was left out."""
        return self.points.get(name)


def prepare(
    file: MarkerFile, low: tuple[str, ...], high: tuple[str, ...], units: Unit | None, up: Up | None, where: str
) -> Markers:
    """Bring a marker file into metres, Y up, on a uniform grid.

    Args:
        file: As read.
        low: Canonical names of markers near the floor (feet), to find the up axis.
        high: Canonical names of markers far above them (shoulders, else pelvis).
        units: What a mapping file declares; else the file's own header decides.
        up: The same for the up axis; else it is read from the data.
        where: The file, for refusals.

    Raises:
        UnitsError: No unit declared, or lengths that are no person's in the declared unit.
        CaptureError: No axis is clearly up.
        MarkerSetError: Two labels differ only by case, punctuation or prefix.
    """
    unit = units or _declared_unit(file, where)
    grid = fit_grid(file.time, file.rate_hz, where)
    positions = grid.spread(file.positions * METRES[unit])
    positions[(positions == 0.0).all(axis=2)] = np.nan  # laboratories also write a missing marker as 0 0 0
    names = _canonical_names(file.names, where)
    _refuse_size(positions, unit, where)
    ghosts = _drop_ghosts(positions)
    lengths = _feet_to_shoulders(positions, names, low, high)
    axis = up or file.up or _up_axis(lengths, where)
    if axis == "z":
        positions = positions[:, :, [0, 2, 1]] * np.array([1.0, 1.0, -1.0])
    points, left_out = _mostly_present(positions, names, file.names)
    labels = dict(zip(names, file.names, strict=True))
    remarks = file.remarks + grid.remarks + _doubt(axis, lengths)
    return Markers(
        points, labels, grid, unit, axis, ghosts, remarks, file.left_out + left_out, _doubtful(file, grid, names)
    )


def _doubtful(file: MarkerFile, grid: TimeGrid, names: tuple[str, ...]) -> dict[str, Bool[np.ndarray, "frames"]]:
    """Give, by name, the frames in which the source itself calls a marker a guess."""
    if file.doubtful is None:
        return {}
    spread = np.zeros((grid.frames, len(names)), dtype=bool)
    spread[grid.slots] = file.doubtful[grid.kept]
    return {name: spread[:, i] for i, name in enumerate(names) if spread[:, i].any()}


def _declared_unit(file: MarkerFile, where: str) -> Unit:
    text = file.units
    if text is None or text.strip().lower() not in UNIT_NAMES:
        raise UnitsError(
            where=where,
            field="Units",
            expected="m, cm or mm",
            found="no unit" if text is None else repr(text[:40]),
            fix=unit_advice(_span(file.positions), SPAN),
        )
    return UNIT_NAMES[text.strip().lower()]


def _canonical_names(labels: tuple[str, ...], where: str) -> tuple[str, ...]:
    names = tuple(canonical(label) for label in labels)
    seen: dict[str, str] = {}
    for name, label in zip(names, labels, strict=True):
        if name in seen:
            raise MarkerSetError(
                where=where,
                field="labels",
                expected="labels that differ by more than case, punctuation or subject",
                found=f"{seen[name]!r} and {label!r}",
                fix="One file may hold one subject: export each on its own, or rename one marker.",
            )
        seen[name] = label
    return names


def _refuse_size(positions: Float[np.ndarray, "frames markers 3"], unit: Unit, where: str) -> None:
    """Refuse a body no person has: the outer markers' distance from the middle, median over frames."""
    seen = positions[np.isfinite(positions).all(axis=2).sum(axis=1) >= 3]
    if not len(seen):
        raise CaptureError(
            where=where,
            field="markers",
            expected="frames with at least three markers",
            found="none",
            fix="Give a recording in which the person is seen.",
        )
    distance = np.linalg.norm(seen - np.nanmedian(seen, axis=1, keepdims=True), axis=2)
    extent = float(np.median(np.nanpercentile(distance, 90.0, axis=1)))
    if not BODY_EXTENT_M[0] <= extent <= BODY_EXTENT_M[1]:
        size = _span(seen) / METRES[unit]
        scattered = "The height is a person's: leave out markers that are not on the body, and other people's."
        raise UnitsError(
            where=where,
            field="Units",
            expected=f"a person: outer markers {BODY_EXTENT_M[0]:g} to {BODY_EXTENT_M[1]:g} m from the middle",
            found=f"{extent:.3g} m with unit {unit}",
            fix=scattered if fitting_unit(size) == unit else unit_advice(size, SPAN),
        )


def _span(positions: Float[np.ndarray, "frames markers 3"]) -> float:
    """Give what the markers span along the longest axis, median over frames with three of them; 0 without such a frame."""
    there = np.isfinite(positions).all(axis=2) & (positions != 0.0).any(axis=2)
    some = there.sum(axis=1) >= 3
    if not some.any():
        return 0.0
    seen = np.where(there[..., None], positions, np.nan)[some]
    return float(np.median(np.max(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1), axis=1)))


def _drop_ghosts(positions: Float[np.ndarray, "frames markers 3"]) -> Bool[np.ndarray, "frames"]:
    """Remove in place markers far from all others; give the frames that had one."""
    seen = np.isfinite(positions).all(axis=2)
    middle = np.zeros((len(positions), 1, 3))
    some = seen.any(axis=1)
    middle[some] = np.nanmedian(positions[some], axis=1, keepdims=True)
    ghost = seen & (np.linalg.norm(np.nan_to_num(positions - middle), axis=2) > GHOST_M)
    positions[ghost] = np.nan
    return np.asarray(ghost.any(axis=1))


def _feet_to_shoulders(
    positions: Float[np.ndarray, "frames markers 3"],
    names: tuple[str, ...],
    low: tuple[str, ...],
    high: tuple[str, ...],
) -> Float[np.ndarray, "3"]:
    """Give how far the shoulders are from the feet along each axis, median over frames; zeros where nothing can be said."""
    rise = _centre(positions, names, high) - _centre(positions, names, low)
    rise = rise[np.isfinite(rise).all(axis=1)]
    return np.asarray(np.median(rise, axis=0)) if len(rise) else np.zeros(3)


def _standing_along(lengths: Float[np.ndarray, "3"]) -> Up | None:
    """Say along which of Y and Z the shoulders are clearly above the feet."""
    best = int(np.argmax(np.abs(lengths)))
    others = float(np.max(np.abs(np.delete(lengths, best))))
    clear = best in (1, 2) and lengths[best] > UP_DOMINANCE * others
    return None if not clear else "y" if best == 1 else "z"


def _up_axis(lengths: Float[np.ndarray, "3"], where: str) -> Up:
    """Say which axis is up where neither the file nor the user does."""
    axis = _standing_along(lengths)
    if axis is None:
        raise CaptureError(
            where=where,
            field="up axis",
            expected="shoulders above feet along +Y or +Z",
            found="feet-to-shoulders of " + ", ".join(f"{v:.2f}" for v in lengths) + " m along X, Y, Z",
            fix="Turn the recording, or say which axis is up with --mapping and a file that says: up: z",
        )
    return axis


def _doubt(up: Up, lengths: Float[np.ndarray, "3"]) -> tuple[str, ...]:
    """Say that a declared up axis is not the one along which the person stands: right for somebody lying down only."""
    standing = _standing_along(lengths)
    if standing in (None, up):
        return ()
    told = f"{up.upper()} is said to be up, but the shoulders are above the feet along {str(standing).upper()}"
    return (f"{told}: if the person stands, give --mapping with a file that says: up: {standing}",)


def _centre(
    positions: Float[np.ndarray, "frames markers 3"], names: tuple[str, ...], wanted: tuple[str, ...]
) -> Float[np.ndarray, "frames 3"]:
    columns = [names.index(name) for name in wanted if name in names]
    chosen = positions[:, columns]
    out = np.full((len(positions), 3), np.nan)
    some = np.isfinite(chosen).all(axis=2).any(axis=1) if columns else np.zeros(len(positions), dtype=bool)
    out[some] = np.nanmean(chosen[some], axis=1)
    return out


def _mostly_present(
    positions: Float[np.ndarray, "frames markers 3"], names: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[dict[str, Float[np.ndarray, "frames 3"]], tuple[str, ...]]:
    """Leave out markers missing in most of the frames in which the person is seen."""
    seen = np.isfinite(positions).all(axis=2)
    person = seen.sum(axis=1) >= 3
    fraction = seen[person].mean(axis=0)
    points = {n: positions[:, i] for i, n in enumerate(names) if fraction[i] >= MIN_PRESENT}
    never = [label for label, part in zip(labels, fraction, strict=True) if part == 0.0]
    left = [f"markers never seen: {', '.join(never)}"] if never else []
    left += [
        f"marker {label}: missing in {1.0 - part:.0%} of the frames"
        for label, part in zip(labels, fraction, strict=True)
        if 0.0 < part < MIN_PRESENT
    ]
    return points, tuple(left)
