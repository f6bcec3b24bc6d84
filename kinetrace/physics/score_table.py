"""Every constant of the feasibility score, each with its source or what it was measured on.

"opencap_s4" are its walking, squat, sit-to-stand and standing recordings (11, markers, 100 Hz) through stages 0 to 4: the
worst recording's 95th percentile of frames, then the worst frame of all. Its drop jump starts on a box that no floor shows.
"prmd" are 36 repetitions of UI-PRMD's subjects 1 and 2 and "runs" three of CMU's, the same two figures: they are looked at,
not fitted, and are not among the clips of `kinetrace bench physics-auc`. Bounds stand where people, laboratories and a rigid
humanoid end and not where a corruption begins; none was moved to pass a benchmark.
"""

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
        1.0, 2.0, "of the fastest known", "joint_limits.py; root 12.4 m/s (Bolt 2009), 36 rad/s (figure skating)"
    ),
    "joint_acceleration": Bound(
        8.0,
        30.0,
        "m/s2 above 10 Hz",
        "measured: opencap_s4, medians 0.1-0.6, 95th 9.5, worst 13 (marker dropouts); prmd 0.5, 1.4; runs 7.3, 15",
    ),
    "self_penetration": Bound(
        0.03,
        0.08,
        "m",
        "measured: opencap_s4, 95th 0.009, worst 0.020 (thighs passing); prmd 0.037, 0.043; runs 0.046, 0.055",
    ),
    "foot_slip": Bound(
        0.15,
        0.45,
        "m/s",
        "measured: opencap_s4, 95th 0.17, worst 0.22 (the sole rolls); prmd 95th 0.15; runs 95th 0.35; a contact ends at 0.5 "
        "(Bonci 2022)",
    ),
    "ground_penetration": Bound(
        0.03, 0.08, "m", "measured: opencap_s4, 95th 0.034, worst 0.035 (asymmetric squats); prmd 0.048, 0.049"
    ),
    "foot_float": Bound(
        0.03, 0.08, "m", "stage 2's contact height; measured: opencap_s4, worst 0.011; prmd 0.041, 0.042"
    ),
    "balance": Bound(
        0.05,
        0.25,
        "m outside the support",
        "Hof 2008; measured: opencap_s4, 95th 0.065, worst 0.24 (at seat-off); prmd 0.013, 0.093; runs 0.021, 0.14",
    ),
    "joint_torque": Bound(
        1.0, 2.0, "of the strongest known", "joint_limits.py; measured: worst opencap_s4 0.57, prmd 0.81, runs 1.01"
    ),
    "residual_force": Bound(
        0.10,
        0.50,
        "BW",
        "Hicks 2015: good under 5 % of the peak outer force; measured: opencap_s4, 95th 0.002, worst 0.018; prmd "
        "0.012, 0.037; runs 0.38, 0.60 (a 6 Hz low-pass on a quarter of a second of stance)",
    ),
    "residual_moment": Bound(
        0.05,
        0.20,
        "BW height",
        "Hicks 2015: good under 1 % of height x force; measured: opencap_s4, 95th 0.028, worst 0.084; prmd "
        "0.019, 0.069; runs 0.069, 0.077",
    ),
    "metabolic_effort": Bound(
        20.0,
        40.0,
        "W/kg over a second",
        "chosen above Martin 1997 (MSSE 29:1505): 13 active men, 1317 W over one turn of the cranks, about 18 W/kg at "
        "75 kg; measured: worst opencap_s4 5.2, prmd 15, runs 18",
    ),
}

HIGH_BAND_HZ: Final = 10.0
"""Voluntary movement has next to no power above it (Winter 2009, §3.4: 99.7 % of a walker's marker paths' is under 6 Hz)."""

LOAD_GATE_BW: Final = 0.3
"""Floor faults count in full once a frame needs this much support; in free flight the feet may be anywhere."""

SMEAR_S: Final = 1.0 / (2.0 * 6.0)
"""Half a period of the 6 Hz low-pass: a force's edge is spread over so long, past the instant at which a foot lands or leaves.
Slip, float and unexplained force count where they last longer."""

NEXT_STEP_S: Final = 0.8
"""A foothold this soon still catches the body (opencap_s4 swings last 0.39-0.43 s at 1.2 m/s; twice that for the slow)."""

ROOT_SPEED: Final = 12.4  # m/s, Bolt between 60 and 80 m in Berlin 2009: 44.72 km/h
ROOT_TURN: Final = 36.0  # rad/s, fastest figure-skating spin: 342 rev/min (Oliver 2015)
FAULT_BELOW: Final = 0.5  # a frame score under this is a fault
MAX_IK_RESIDUAL: Final = 0.05  # m, mean of a frame; five times a good fit
"""Frames above it do not show the recorded person."""
