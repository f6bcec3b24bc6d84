"""The picture of a recording as it is understood: set upright on its floor, facing ahead."""

from __future__ import annotations

from adapters.reports import understanding
from kinetrace.report.picture import picture
from schemas.adapter import AdapterResult
from schemas.alignment import AlignmentParams
from schemas.motion import AdapterArrays
from stages.s01_alignment.align import align


def motion_picture(result: AdapterResult, motion: AdapterArrays) -> str:
    """Draw what stage 0 made of a recording.

    Args:
        result: What stage 0 says of it.
        motion: Its arrays.

    Returns:
        An SVG document.

    Raises:
        AlignmentError: It has no floor, or stands on its head.
    """
    aligned, _ = align(motion, result, AlignmentParams())
    found = understanding(result)
    inferred = f", {found.joints_inferred} inferred" if found.joints_inferred else ""
    absent = f", {len(found.joints_absent)} absent" if found.joints_absent else ""
    joints = f"{found.joints_measured} joints measured{inferred}{absent}"
    note = f"{found.frames} frames at {found.fps:g} Hz · {joints} · thin: inferred"
    return picture(aligned.positions, aligned.validity, f"{found.layout} ({found.format})", note)
