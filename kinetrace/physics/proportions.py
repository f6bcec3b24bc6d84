"""What a humanoid is built from: the subject's lengths, as given and as measured from the motion itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.segment_parameters import (
    ANKLE_HEIGHT,
    FOOT_LENGTH,
    HEEL_OF_FOOT,
    HIP_HALF_WIDTH,
    SHOULDER_HALF_WIDTH,
)
from kinetrace.motion.skeletons import INDEX
from kinetrace.physics.anthropometry import c7_height, segments
from kinetrace.physics.symmetry import PAIRED, paired
from schemas.base import Sex
from schemas.errors import CaptureError
from schemas.physical_state import FootCalibration

SideName = Literal["r", "l"]
SIDES: Final[tuple[SideName, SideName]] = ("r", "l")
MAX_ANKLE_HEIGHT: Final = 0.06
"""Highest ankle centre of a foot standing flat, over stature (Winter 2009: 0.039; measured in shoes: 0.047-0.051)."""

_SANE_M: Final = (0.01, 1.5)  # a length outside is a unit mistake, not a person


@dataclass(frozen=True)
class FootShape:
    """One foot standing flat, seen from the side; x forward from the ankle, heights above the floor [m]."""

    heel_x: float
    heel_height: float
    toe_x: float
    toe_height: float
    ankle_height: float

    def sole(self, stature: float) -> tuple[float, float]:
        """Give where the sole begins and ends, x from the ankle [m]; at least from heel to toe point."""
        return self.heel_x, max(self.toe_x, self.heel_x + FOOT_LENGTH * stature)


@dataclass(frozen=True)
class Proportions:
    """Lengths [m] of one subject.

    Attributes:
        c7: Its place over the shoulder midpoint (forward, up) in the trunk's frame.
        asymmetric: Paired segments whose two sides truly differ (``symmetry.paired``).
        assumed: Segments that were not seen: as the other side, or de Leva's and Winter's means of the stature.
    """

    stature: float
    pelvis_width: float
    trunk: float
    shoulder_width: float
    head: float
    c7: tuple[float, float]
    thigh: dict[SideName, float]
    shank: dict[SideName, float]
    upper_arm: dict[SideName, float]
    forearm: dict[SideName, float]
    foot: dict[SideName, FootShape]
    asymmetric: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, float]:
        """Give the lengths flat, by the names of ``segment_lengths_m``."""
        flat = {"pelvis_width": self.pelvis_width, "trunk": self.trunk, "shoulder_width": self.shoulder_width}
        flat["head"] = self.head
        for side in SIDES:
            flat |= {
                f"thigh_{side}": self.thigh[side],
                f"shank_{side}": self.shank[side],
                f"upper_arm_{side}": self.upper_arm[side],
                f"forearm_{side}": self.forearm[side],
                f"foot_{side}": self.foot[side].toe_x - self.foot[side].heel_x,
            }
        return flat


def median_distance(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], a: str, b: str
) -> float | None:
    """Give the median distance of two joints over the frames that have both.

    Args:
        positions: BODY21 positions [m].
        validity: 0 missing, 1 inferred, 2 measured.
        a: One joint.
        b: The other.

    Returns:
        The distance [m], or None where no frame has both.
    """
    both = (validity[:, INDEX[a]] > 0) & (validity[:, INDEX[b]] > 0)
    if not both.any():
        return None
    return float(np.median(np.linalg.norm(positions[both, INDEX[a]] - positions[both, INDEX[b]], axis=-1)))


def _flat_foot(
    ankle_heel: float, ankle_toe: float, heel_toe: float, heel_height: float, toe_height: float
) -> FootShape:
    """Stand the triangle ankle-heel-toe on the floor with its heel and toe points at their standing heights."""
    rise = float(np.clip(toe_height - heel_height, -0.9 * heel_toe, 0.9 * heel_toe))
    along = np.array([np.sqrt(heel_toe**2 - rise**2), rise]) / heel_toe
    reach = (ankle_heel**2 - ankle_toe**2 + heel_toe**2) / (2.0 * heel_toe)
    lift = np.sqrt(max(ankle_heel**2 - reach**2, 0.0))
    ankle = reach * along + lift * np.array([-along[1], along[0]]) + np.array([0.0, heel_height])
    return FootShape(
        heel_x=float(-ankle[0]),
        heel_height=heel_height,
        toe_x=float(heel_toe * along[0] - ankle[0]),
        toe_height=heel_height + rise,
        ankle_height=float(ankle[1]),
    )


def _lowered(shape: FootShape, stature: float) -> FootShape:
    """Lower a foot whose ankle would stand higher than ankles do: then it was the whole foot that hovered."""
    excess = shape.ankle_height - MAX_ANKLE_HEIGHT * stature
    if excess <= 0.0:
        return shape
    return replace(
        shape,
        ankle_height=shape.ankle_height - excess,
        heel_height=max(shape.heel_height - excess, 0.0),
        toe_height=max(shape.toe_height - excess, 0.0),
    )


def _standing_height(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], joint: str
) -> float:
    """Give the 5th percentile of a joint's height [m], never below the floor: where nobody calibrated it."""
    seen = validity[:, INDEX[joint]] > 0
    return max(float(np.percentile(positions[seen, INDEX[joint], 1], 5.0)), 0.0) if seen.any() else 0.0


def foot_seen(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], side: SideName
) -> bool:
    """Say whether ankle, heel and toe were seen, each pair of them together in some frame."""
    names = [f"{side}_{name}" for name in ("ankle", "heel", "toe")]
    pairs = ((names[0], names[1]), (names[0], names[2]), (names[1], names[2]))
    return all(median_distance(positions, validity, a, b) is not None for a, b in pairs)


def foot_shape(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    side: SideName,
    stature: float,
    calibration: FootCalibration | None,
) -> FootShape:
    """Measure one foot from the motion; a foot without heel or toe takes Winter's proportions of stature.

    Args:
        positions: BODY21 positions in the aligned world [m].
        validity: 0 missing, 1 inferred, 2 measured.
        side: Which foot.
        stature: [m].
        calibration: Standing heights of heel and toe above the floor, from stage 2.

    Returns:
        The foot as it stands flat.
    """
    heel, toe, ankle = f"{side}_heel", f"{side}_toe", f"{side}_ankle"
    triangle = [median_distance(positions, validity, a, b) for a, b in ((ankle, heel), (ankle, toe), (heel, toe))]
    ankle_heel, ankle_toe, heel_toe = triangle
    if ankle_heel is None or ankle_toe is None or heel_toe is None:
        length, height = FOOT_LENGTH * stature, ANKLE_HEIGHT * stature
        return FootShape(-HEEL_OF_FOOT * length, 0.0, (1.0 - HEEL_OF_FOOT) * length, 0.0, height)
    if calibration is not None:
        heel_height, toe_height = calibration.heel_height_m, calibration.toe_height_m
    else:
        heel_height, toe_height = (_standing_height(positions, validity, joint) for joint in (heel, toe))
    shape = _flat_foot(ankle_heel, ankle_toe, heel_toe, max(heel_height, 0.0), max(toe_height, 0.0))
    return _lowered(shape, stature)


def _c7_offset(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], default: float
) -> tuple[float, float]:
    """Give C7 over the shoulder midpoint (forward, up) in the trunk's frame [m]; the default height where not seen.

    The neck point stands a third of the way from C7 to the vertex, so C7 = neck - (head - neck) / 2.
    """
    names = ("pelvis", "thorax", "neck", "head", "l_shoulder", "r_shoulder")
    pelvis, thorax, neck, head, left, right = (INDEX[n] for n in names)
    seen = (validity[:, [pelvis, thorax, neck, head, left, right]] > 0).all(axis=1)
    if not seen.any():
        return 0.0, default
    p = positions[seen]
    up = p[:, thorax] - p[:, pelvis]
    up /= np.linalg.norm(up, axis=-1, keepdims=True)
    forward = np.cross(up, p[:, right] - p[:, left])  # Y up x Z right = X forward
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    offset = 1.5 * p[:, neck] - 0.5 * p[:, head] - p[:, thorax]
    return float(np.median((offset * forward).sum(-1))), float(np.median((offset * up).sum(-1)))


def measure(
    positions: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    lengths: Mapping[str, float],
    stature: float,
    sex: Sex,
    calibration: Sequence[FootCalibration] = (),
) -> Proportions:
    """Gather a subject's proportions: the lengths given, the motion's medians, de Leva's means for what neither has.

    Left and right are tied unless the recording says that they differ (``symmetry.paired``); each foot is its own.

    Args:
        positions: BODY21 positions in the aligned world, floor at Y = 0 [m].
        validity: 0 missing, 1 inferred, 2 measured.
        lengths: ``segment_lengths_m`` of stage 2 [m]; segments may be absent.
        stature: [m].
        sex: Chooses de Leva's means.
        calibration: Standing heights of heels and toes from stage 2.

    Returns:
        Everything the humanoid needs.

    Raises:
        CaptureError: A length is not that of a person (zero, negative, not finite, over 1.5 m), or one side of a pair
            is less than half as long as the other.
    """
    table = segments(sex)
    means = {name: part.length * stature for name, part in table.items()}
    means |= {"shoulder_width": 2.0 * SHOULDER_HALF_WIDTH * stature, "pelvis_width": 2.0 * HIP_HALF_WIDTH * stature}
    for name, value in (("stature", stature / 2.0), *lengths.items()):
        if not (np.isfinite(value) and _SANE_M[0] <= value <= _SANE_M[1]):
            raise CaptureError(
                where="physical_state.json",
                field="subject.stature_m" if name == "stature" else f"subject.segment_lengths_m.{name}",
                expected=f"a length between {_SANE_M[0]} and {_SANE_M[1]} m",
                found=f"{value} m",
                fix="Check the recording's unit (mm, cm or m) and the declared stature.",
            )

    pairs = paired(positions, validity, lengths)

    def length(name: str, side: str = "") -> float:
        return float(pairs.lengths.get(f"{name}{side}", lengths.get(name, means[name])))

    neck_to_head = median_distance(positions, validity, "neck", "head")
    c7_default = c7_height(sex) * stature
    by_side = {cal.side[0]: cal for cal in calibration}
    return Proportions(
        stature=stature,
        pelvis_width=length("pelvis_width"),
        trunk=length("trunk"),
        shoulder_width=length("shoulder_width"),
        head=means["head"] if neck_to_head is None else 1.5 * neck_to_head,
        c7=_c7_offset(positions, validity, c7_default),
        thigh={s: length("thigh", f"_{s}") for s in SIDES},
        shank={s: length("shank", f"_{s}") for s in SIDES},
        upper_arm={s: length("upper_arm", f"_{s}") for s in SIDES},
        forearm={s: length("forearm", f"_{s}") for s in SIDES},
        foot={s: foot_shape(positions, validity, s, stature, by_side.get(s)) for s in SIDES},
        asymmetric=pairs.asymmetric,
        assumed=(
            *(name for name in ("trunk", "shoulder_width", "pelvis_width") if name not in lengths),
            *(f"{name}_{s}" for name in PAIRED for s in SIDES if f"{name}_{s}" not in lengths),
            *(f"foot_{s}" for s in SIDES if not foot_seen(positions, validity, s)),
        ),
    )
