"""The person as used: what was declared, and what the recording itself says."""

from __future__ import annotations

import numpy as np

from kinetrace.motion.kinematics import segment_lengths
from kinetrace.motion.skeletons import NEEDED, joint_index
from schemas.capture import SubjectInfo
from schemas.errors import CaptureError
from schemas.motion import MotionArrays
from schemas.physical_state import Subject

MIN_WHOLE_FRAMES = 4  # fewer frames with both legs have no acceleration


def subject_as_used(motion: MotionArrays, declared: SubjectInfo, stature_estimate_m: float) -> Subject:
    """Join the declared person and the measured segment lengths; nothing declared is overridden.

    Args:
        motion: The aligned motion.
        declared: What was declared.
        stature_estimate_m: Stage 1's estimate, used where no stature was declared [m].

    Raises:
        CaptureError: No frame has the pelvis and both whole legs.
    """
    needed = (motion.validity[:, joint_index(*NEEDED)] > 0).all(axis=1)
    if int(needed.sum()) < MIN_WHOLE_FRAMES:
        missing = [n for n in NEEDED if not np.any(motion.validity[:, joint_index(n)[0]] > 0)]
        raise CaptureError(
            where="s01_alignment/motion.h5",
            field="validity",
            expected=f"at least {MIN_WHOLE_FRAMES} frames with all of {', '.join(NEEDED)}",
            found=f"{int(needed.sum())} such frames; never seen: {', '.join(missing) or 'none'}",
            fix="Record both legs, or give a static trial that places the joints that carry no marker.",
        )
    return Subject(
        id=declared.id,
        stature_m=stature_estimate_m if declared.height_m is None else declared.height_m,
        stature_source="estimated" if declared.height_m is None else "declared",
        mass_kg=declared.mass_kg,
        sex=declared.sex,
        segment_lengths_m=segment_lengths(motion.positions, motion.validity),
    )
