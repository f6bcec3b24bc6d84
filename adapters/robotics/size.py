"""Lengths that are no measurement: a reference person's are refused without a stature, a guess is held against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from adapters.formats.marker_file import MarkerFile
from adapters.robotics.body import Body
from adapters.robotics.units import fitting_unit
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX
from schemas.capture import SubjectInfo
from schemas.errors import UnitsError

MAX_OFF: Final = 0.10
"""Legs that make a stature further from the declared one are not this person's: a leg's part of stature varies by some 3 %
(standard deviation) between people."""
STANDING_PERCENTILE: Final = 5.0


def in_metres(file: MarkerFile, subject: SubjectInfo, where: str) -> MarkerFile:
    """Scale a recording whose size is a reference person's to the person's stature.

    Args:
        file: As read.
        subject: Declared, completed by what the file says.
        where: The file, for the refusal.

    Raises:
        UnitsError: The size is a reference, and no stature is known.
    """
    if file.size != "reference" or file.stature_m is None:
        return file
    if subject.height_m is None:
        raise UnitsError(
            where=where, field="size", expected="metres, or a declared stature",
            found=f"lengths of a reference person {file.stature_m:.2f} tall",
            fix="Give --height with the person's stature in m, e.g. --height 1.68.",
        )  # fmt: skip
    factor = subject.height_m / file.stature_m
    said = f"lengths were multiplied by {factor:.3f}: a stature of {file.stature_m:.2f} became {subject.height_m:.2f} m"
    return replace(file, positions=file.positions * factor, remarks=(*file.remarks, said))


def fitted(body: Body, height_m: float | None) -> tuple[Body, tuple[str, ...]]:
    """Hold a body of guessed size against the declared stature; scale it where its legs are not this person's.

    All places are scaled about one point on the floor under the first pelvis: seen from a camera that stands still, a body
    that is taken for too large is put too far away by the same factor, its path included.

    Args:
        body: In metres as the source guesses.
        height_m: Declared stature [m], or None: nothing is changed, as where the legs are no person's at all.

    Returns:
        The body, and what was found and done.
    """
    stature = leg_stature(body)
    if height_m is None or stature is None or fitting_unit(stature) != "m":
        return body, ()
    off = stature / height_m - 1.0
    found = f"the legs make a stature of {stature:.2f} m, {height_m:.2f} m is declared ({off:+.1%})"
    if abs(off) <= MAX_OFF:
        return body, (f"{found}: sizes were taken as they are",)
    low = np.nanmin(np.where(np.isfinite(body.positions[..., 1]), body.positions[..., 1], np.inf), axis=1)
    pelvis = body.get("pelvis")
    first = pelvis[np.isfinite(pelvis).all(axis=1)][0]
    fixed = np.array([first[0], np.percentile(low[np.isfinite(low)], STANDING_PERCENTILE), first[2]])
    positions = fixed + (body.positions - fixed) / (1.0 + off)
    return Body(positions, body.validity, body.methods), (f"{found}: everything was scaled by {1.0 / (1.0 + off):.3f}",)


def leg_stature(body: Body) -> float | None:
    """Give the stature that thigh plus shank make, median over frames, mean of the sides [m]; None without a leg."""
    sums = []
    for side in "rl":
        hip, knee, ankle = (body.positions[:, INDEX[f"{side}_{joint}"]] for joint in ("hip", "knee", "ankle"))
        length = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
        length = length[np.isfinite(length)]
        if length.size:
            sums.append(float(np.median(length)))
    return float(np.mean(sums)) / LEG_OF_STATURE if sums else None
