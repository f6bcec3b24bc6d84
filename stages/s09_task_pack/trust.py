"""Which sagittal metrics rest on joints that were inferred, and are therefore for screening only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kinetrace.motion.skeletons import BODY21
from schemas.task_pack import Metric

LEG: Final = ("pelvis", "hip", "knee", "ankle")
TRUNK: Final = ("pelvis", "hip", "l_shoulder", "r_shoulder")
RESTS_ON: Final[dict[str, tuple[str, ...]]] = {
    "walking_speed": ("pelvis", "ankle"),
    "stride_length": ("ankle",),
    "step_length": ("ankle",),
    "peak_knee_flexion_swing": ("hip", "knee", "ankle"),
    "peak_knee_flexion": ("hip", "knee", "ankle"),
    "margin_of_stability_ap": ("toe",),
    "pelvis_drop": ("pelvis", "hip"),
    "peak_trunk_lean": TRUNK,
    "trunk_flexion_at_seat_off": TRUNK,
    "peak_trunk_flexion": TRUNK,
    "com_rms_ap": (*LEG, "l_shoulder", "r_shoulder"),
}
"""The joints that carry each trusted metric; without a side, those of the metric's side, or of both sides.

Lengths from heel to heel rest on the ankle: what the model of the foot adds is the same at both strikes and cancels."""


def graded(metric: Metric, inferred: Sequence[str]) -> Metric:
    """Mark a trusted metric as screening where a joint that carries it was inferred, and say which in its method.

    Args:
        metric: As measured; screening and timing metrics stay as they are.
        inferred: Joints that were inferred, not measured, in most frames.
    """
    if metric.plane_trust != "trusted":
        return metric
    sides = ("l", "r") if metric.side in ("none", "both") else (metric.side[0],)
    carried = RESTS_ON[metric.name.removesuffix("_symmetry_index")]
    joints = {name if name in BODY21 else f"{side}_{name}" for name in carried for side in sides}
    doubtful = [joint for joint in inferred if joint in joints]
    if not doubtful:
        return metric
    method = f"{metric.method}; rests on inferred {', '.join(doubtful)}"
    return metric.model_copy(update={"plane_trust": "screening", "method": method})
