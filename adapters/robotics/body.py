"""A body in the making: BODY21 joints that may be missing (NaN), each with where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import BODY21, INDEX
from schemas.motion import Validity


@dataclass(frozen=True)
class Method:
    """How a joint was come by, and from which markers."""

    text: str
    markers: tuple[str, ...] = ()


@dataclass
class Body:
    """BODY21 in metres, Y up; `positions` is NaN exactly where `validity` is 0."""

    positions: Float[np.ndarray, "frames 21 3"]
    validity: UInt8[np.ndarray, "frames 21"]
    methods: dict[str, Method] = field(default_factory=dict)

    @classmethod
    def empty(cls, frames: int) -> Body:
        """Give a body without a joint."""
        return cls(np.full((frames, len(BODY21), 3), np.nan), np.zeros((frames, len(BODY21)), dtype=np.uint8))

    def has(self, *joints: str) -> bool:
        """Say whether each of the joints is there in some frame."""
        return all(bool(self.validity[:, INDEX[joint]].any()) for joint in joints)

    def get(self, joint: str) -> Float[np.ndarray, "frames 3"]:
        """Give a joint's trajectory, NaN where missing."""
        return np.asarray(self.positions[:, INDEX[joint]])

    def weakest(self, *joints: str) -> UInt8[np.ndarray, "frames"]:
        """Give the lowest validity among the joints, a frame: what is derived from them is no better."""
        return np.asarray(self.validity[:, [INDEX[joint] for joint in joints]].min(axis=1))

    def put(
        self,
        joint: str,
        points: Float[np.ndarray, "frames 3"],
        method: Method,
        validity: int | UInt8[np.ndarray, "frames"] = Validity.MEASURED,
    ) -> None:
        """Set a joint where it is still missing; the first method that gives some frame names it.

        Args:
            joint: BODY21 name.
            points: NaN where the method gives nothing [m].
            method: How it was come by.
            validity: Its mark, one for all or one a frame.
        """
        column = INDEX[joint]
        fresh = (self.validity[:, column] == Validity.MISSING) & np.isfinite(points).all(axis=1)
        marks = np.broadcast_to(np.asarray(validity, dtype=np.uint8), fresh.shape)
        fresh &= marks != Validity.MISSING
        self.positions[fresh, column] = points[fresh]
        self.validity[fresh, column] = marks[fresh]
        if fresh.any():
            old = self.methods.get(joint)
            self.methods[joint] = method if old is None else Method(f"{old.text}; else {method.text}", old.markers)
