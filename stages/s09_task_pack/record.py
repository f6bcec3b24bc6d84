"""The recording as the metrics look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.skeletons import BODY21, INDEX
from schemas.motion import Validity
from schemas.physical_state import ANGLES, PhysicalState, PhysicalStateArrays

PEAK_KNOWN: Final = 0.9
"""A peak needs so much of its stretch known."""
PEAK_NEAR_S: Final = 0.15
"""It needs every frame known so near to it [s]; next to a gap the true peak may lie in the gap."""


@dataclass(frozen=True)
class Record:
    """Stage 2's result in double precision; aligned world frame, X forward, Y up, Z right.

    Attributes:
        fps: Frames a second.
        time: From 0 [s].
        positions: Filtered BODY21 [m].
        seen: Which joints are there.
        inferred: Joints that were inferred, not measured, in most of the frames that have them.
        angles: Order of ANGLES [deg].
        angles_seen: Which angles are known.
        com: Centre of mass [m].
        com_velocity: [m/s].
        com_seen: Where it is known.
        state: Stage 2's document.
    """

    fps: float
    time: Float[np.ndarray, "frames"]
    positions: Float[np.ndarray, "frames 21 3"]
    seen: Bool[np.ndarray, "frames 21"]
    inferred: tuple[str, ...]
    angles: Float[np.ndarray, "frames 7"]
    angles_seen: Bool[np.ndarray, "frames 7"]
    com: Float[np.ndarray, "frames 3"]
    com_velocity: Float[np.ndarray, "frames 3"]
    com_seen: Bool[np.ndarray, "frames"]
    state: PhysicalState

    @classmethod
    def of(cls, arrays: PhysicalStateArrays, state: PhysicalState) -> Record:
        """Take what the metrics need from stage 2."""
        return cls(
            fps=state.fps,
            time=arrays.time,
            positions=arrays.state[:, :, :3].astype(np.float64),
            seen=arrays.validity > 0,
            inferred=mostly_inferred(arrays.validity),
            angles=np.degrees(arrays.angles.astype(np.float64)),
            angles_seen=arrays.angles_valid > 0,
            com=arrays.com[:, :3].astype(np.float64),
            com_velocity=arrays.com[:, 3:6].astype(np.float64),
            com_seen=arrays.com_valid > 0,
            state=state,
        )

    def joint(self, name: str, frame: int) -> Float[np.ndarray, "3"] | None:
        """Give a joint's place in a frame [m]; None where it is missing."""
        column = INDEX[name]
        return self.positions[frame, column] if self.seen[frame, column] else None

    def centre(self, frame: int) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]] | None:
        """Give the centre of mass's place [m] and velocity [m/s] in a frame; None where it is not known."""
        return (self.com[frame], self.com_velocity[frame]) if self.com_seen[frame] else None

    def angle(self, name: str, first: int, last: int) -> Float[np.ndarray, "n"] | None:
        """Give an angle over frames first to last, both included [deg]; None where a frame of them does not know it."""
        column = ANGLES.index(name)
        span = slice(first, last + 1)
        return self.angles[span, column] if bool(self.angles_seen[span, column].all()) else None

    def peak(self, name: str, first: int, last: int) -> float | None:
        """Give an angle's maximum over frames first to last, both included [deg].

        None where a gap could hold it: less than `PEAK_KNOWN` of the frames known, or one within `PEAK_NEAR_S` of the
        greatest known value that is not.
        """
        column = ANGLES.index(name)
        values, seen = self.angles[first : last + 1, column], self.angles_seen[first : last + 1, column]
        if seen.mean() < PEAK_KNOWN:
            return None
        top, near = int(np.argmax(np.where(seen, values, -np.inf))), round(PEAK_NEAR_S * self.fps)
        return float(values[top]) if bool(seen[max(top - near, 0) : top + near + 1].all()) else None


def mostly_inferred(validity: UInt8[np.ndarray, "frames 21"]) -> tuple[str, ...]:
    """Name the joints that were inferred in more than half of the frames that have them."""
    inferred = (validity == Validity.INFERRED).sum(axis=0)
    return tuple(name for name, n, of in zip(BODY21, inferred, (validity > 0).sum(axis=0), strict=True) if 2 * n > of)
