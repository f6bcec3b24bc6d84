"""Every constant of the feasibility score, each with its source or what it was measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Bound:
    """A figure up to which a frame is wholly feasible, and one from which it is not at all; linear between.

    Attributes:
        good: Score 1 up to here.
        bad: Score 0 from here.
        units: Of both.
        source: Where they come from.
    """

    good: float
    bad: float
    units: str
    source: str

    def score(self, value: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
        """Turn a measure into scores in [0, 1]."""
        return np.clip((self.bad - value) / (self.bad - self.good), 0.0, 1.0)


BOUNDS: Final = {
    "joint_velocity": Bound(
        1.0, 2.0, "of the fastest known", "joint_limits.py; root 12.4 m/s (Graubner 2011), 36 rad/s (figure skating)"
    ),
    "joint_acceleration": Bound(
        8.0,
        30.0,
        "m/s2 above 10 Hz",
        "measured: opencap_s4, 14 recordings: median 0.1-1.1, 95th 0.2-10 (marker dropouts)",
    ),
    "self_penetration": Bound(
        0.03, 0.08, "m", "measured: opencap_s4, worst 0.01; soft tissue yields by 2 cm under a hand"
    ),
    "foot_slip": Bound(
        0.15, 0.45, "m/s", "measured: opencap_s4, walking 95th 0.09-0.13 (the sole rolls); Bonci 2022 threshold 0.5"
    ),
    "ground_penetration": Bound(
        0.03, 0.08, "m", "measured: opencap_s4, worst 0.030 (a rigid sole dips at push-off and landing)"
    ),
    "foot_float": Bound(
        0.03, 0.08, "m", "stage 2's contact height; measured: opencap_s4 but for the jump, worst 0.010"
    ),
    "balance": Bound(
        0.05,
        0.25,
        "m outside the support",
        "Hof 2008; measured: opencap_s4, walking worst 0.05, sit-to-stand 95th 0.08",
    ),
    "joint_torque": Bound(1.0, 2.0, "of the strongest known", "joint_limits.py"),
    "residual_force": Bound(
        0.10,
        0.50,
        "BW",
        "Hicks 2015: good under 5 % of the peak outer force; measured: opencap_s4, 95th 0.00-0.06 but for the jump",
    ),
    "residual_moment": Bound(
        0.05, 0.20, "BW height", "Hicks 2015: good under 1 % of height x force; measured: opencap_s4, 95th 0.00-0.10"
    ),
    "metabolic_effort": Bound(
        20.0, 40.0, "W/kg over a second", "Martin 1997: most power of a whole body over one second, 20 W/kg"
    ),
}

HIGH_BAND_HZ: Final = 10.0
"""Voluntary movement has no power above it (Winter 2009 §3.4: gait under 6 Hz; hand tapping under 8 Hz)."""

LOAD_GATE_BW: Final = 0.3
"""Floor faults count in full once a frame needs this much support; in free flight the feet may be anywhere."""

NEXT_STEP_S: Final = 0.8
"""A foothold this soon still catches the body (slow walking at 0.4 m/s swings for 0.6 s; rehazenter 0.7)."""

ROOT_SPEED: Final = 12.4  # m/s, Graubner 2011
ROOT_TURN: Final = 36.0  # rad/s, fastest figure-skating spin (342 rev/min)
FAULT_BELOW: Final = 0.5  # a frame score under this is a fault
MAX_IK_RESIDUAL: Final = 0.05  # m, mean of a frame; five times a good fit
"""Frames above it do not show the recorded person."""
