"""What the feasibility scores look at, gathered once. Axes are MuJoCo's: Z up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.ndimage import grey_opening

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import BOUNDARY_FRAMES, Dynamics, Motion
from kinetrace.physics.reaction import Reaction
from kinetrace.physics.score_table import BOUNDS, LOAD_GATE_BW, SMEAR_S


@dataclass(frozen=True)
class Evidence:
    """A replayed motion with everything that is judged.

    Attributes:
        humanoid: The subject's model.
        fps: Frame rate [Hz].
        recorded: BODY21 positions before any filter, Z up [m].
        validity: Of those.
        motion: Smooth motion.
        dynamics: Forces it needs.
        reaction: Forces it gets.
        seat_weights: How surely the pelvis rests on a seat.
        bridged: Frames without data.
        belt_speed: Of a treadmill's belt, backwards; 0 overground [m/s].
    """

    humanoid: Humanoid
    fps: float
    recorded: Float[np.ndarray, "frames 21 3"]
    validity: UInt8[np.ndarray, "frames 21"]
    motion: Motion
    dynamics: Dynamics
    reaction: Reaction
    seat_weights: Float[np.ndarray, "frames"]
    bridged: Bool[np.ndarray, "frames"]
    belt_speed: float = 0.0

    @property
    def boundary(self) -> Bool[np.ndarray, "frames"]:
        """Frames at the ends whose accelerations are extrapolated."""
        edge = np.zeros(len(self.bridged), dtype=bool)
        edge[:BOUNDARY_FRAMES] = edge[-BOUNDARY_FRAMES:] = True
        return edge

    @property
    def judged(self) -> Bool[np.ndarray, "frames"]:
        """Frames that enter the mean scores."""
        return np.asarray(~(self.bridged | self.boundary) & self.reaction.known)

    @cached_property
    def usable(self) -> Bool[np.ndarray, "frames"]:
        """Frames with data on both sides, where geometry and speed can be judged; all but the ends if there is none."""
        whole = ~(self.bridged | self.boundary)
        return np.asarray(whole if whole.any() else ~self.boundary)

    def counting(self, told: Bool[np.ndarray, "frames"]) -> Bool[np.ndarray, "frames"]:
        """Give the frames over which a sub-score is averaged and explained: usable and told, or all usable if none is told."""
        both = self.usable & told
        return np.asarray(both if both.any() else self.usable)

    @cached_property
    def grounded(self) -> Bool[np.ndarray, "frames"]:
        """Frames in which it is known what the floor can do.

        Both feet's contact is known, or neither sole is within reach of the floor, so that nothing known carries the body.
        With one foot at the floor and the other on a step that no scan shows, nobody can say who carries what.
        """
        aloft = self.soles[..., 2].min(axis=(1, 2)) > BOUNDS["foot_float"].bad
        return np.asarray(self.reaction.known | aloft)

    @cached_property
    def soles(self) -> Float[np.ndarray, "frames 2 6 3"]:
        """Sole points, left then right, on a treadmill in the belt's frame [m]."""
        return self._off_the_belt(self.dynamics.placed.sites[:, self.humanoid.sole_ids])

    @property
    def com(self) -> Float[np.ndarray, "frames 3"]:
        """Centre of mass, on a treadmill in the belt's frame [m]."""
        return self._off_the_belt(self.dynamics.placed.com)

    def _off_the_belt(self, points: Float[np.ndarray, "frames *rest"]) -> Float[np.ndarray, "frames *rest"]:
        points = points.copy()
        travelled = self.belt_speed / self.fps * np.arange(len(points))
        points[..., 0] += travelled.reshape(-1, *([1] * (points.ndim - 2)))
        return points

    @property
    def load(self) -> Float[np.ndarray, "frames"]:
        """How much the floor must carry, 0 to 1: the vertical force needed and not on the seat, over the gate."""
        needed = self.dynamics.force[:, 2] / (self.humanoid.mass * GRAVITY) - self.reaction.seat[:, 2]
        return np.asarray(np.clip(needed / LOAD_GATE_BW, 0.0, 1.0))

    def lasting(self, measure: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
        """Level peaks shorter than the low-pass spreads a force over time; what lasts longer stays as it is."""
        return np.asarray(grey_opening(measure, max(1, round(SMEAR_S * self.fps)), mode="nearest"))


@dataclass(frozen=True)
class FrameScore:
    """One sub-score over the frames.

    Attributes:
        scores: 1 feasible, 0 not.
        measure: What was measured in each frame.
        units: Of the measure.
        explanation: One sentence for a reader; None scores are explained the same way.
        known: False where the score cannot be computed at all (scores are then all 1).
    """

    scores: Float[np.ndarray, "frames"]
    measure: Float[np.ndarray, "frames"]
    units: str
    explanation: str
    known: bool = True
