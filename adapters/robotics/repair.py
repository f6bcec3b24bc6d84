"""Gaps filled by the joint corrector, after the cleaning: what was measured stays unless the parameters say otherwise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, UInt8

from adapters.robotics.body import Body
from schemas.adapter import AdapterParams
from schemas.errors import ArtifactError
from schemas.motion import Validity


def repair(
    body: Body, known: Bool[np.ndarray, "frames 21"], fps: float, params: AdapterParams
) -> Bool[np.ndarray, "frames 21"]:
    """Fill gaps in place, and where `repair: all` is set take noise out of the measured samples, too.

    A gap is filled where its joint is known on both sides of it, up to `repair_gap_max_s` and the corrector's own limit of
    40 frames at its working rate (`kinetrace.models.corrector.repair`). A joint that is missing in every frame has no gaps. The
    corrector, and torch with it, is loaded only where there is something to do.

    Args:
        body: Cleaned joints on a uniform grid, gaps already bridged where they are short; changed in place.
        known: Samples that were recorded and kept; bridged ones are given anew.
        fps: Rate of the grid [Hz].
        params: What to repair.

    Returns:
        The samples that were given; they are marked inferred.

    Raises:
        ArtifactError: The corrector's weights are missing or not those of their card.
    """
    none = np.zeros(known.shape, dtype=bool)
    if params.repair == "off":
        return none
    wanted = short_gaps(known, int(np.floor(params.repair_gap_max_s * fps + 1e-6)))
    if not wanted.any() and params.repair == "gaps":
        return none
    from kinetrace.models.corrector.repair import denoise, fill_gaps
    from kinetrace.models.corrector.weights import read_corrector

    try:
        corrector, _ = read_corrector()
    except ArtifactError as error:
        raise ArtifactError(
            where=error.where, field=error.field, expected=error.expected, found=error.found,
            fix="Fetch the project's files again, or set adapter.repair: off.",
        ) from None  # fmt: skip
    found = fill_gaps(corrector, np.nan_to_num(body.positions), known, wanted, fps)
    body.positions[found.given] = found.positions[found.given]
    body.validity[found.given] = Validity.INFERRED
    if params.repair == "gaps":
        return np.asarray(found.given)
    there = np.asarray(body.validity != Validity.MISSING)
    cleaned = denoise(corrector, np.nan_to_num(body.positions), there, fps)
    body.positions[cleaned.given] = cleaned.positions[cleaned.given]
    body.validity[cleaned.given] = Validity.INFERRED
    return np.asarray(found.given | cleaned.given)


def short_gaps(known: Bool[np.ndarray, "frames 21"], longest: int) -> Bool[np.ndarray, "frames 21"]:
    """Give the unknown samples in runs of at most `longest` frames that have known ones on both sides."""
    frames = len(known)
    at = np.arange(frames)[:, None]
    before = np.maximum.accumulate(np.where(known, at, -frames - longest), axis=0)
    after = np.minimum.accumulate(np.where(known, at, 2 * frames + longest)[::-1], axis=0)[::-1]
    return np.asarray(~known & (before >= 0) & (after < frames) & (after - before <= longest + 1))


def repair_remarks(
    before: UInt8[np.ndarray, "frames 21"], after: UInt8[np.ndarray, "frames 21"], params: AdapterParams
) -> tuple[str, ...]:
    """Say what was filled or changed, from the marks before the cleaning and after it."""
    filled = int(((before == Validity.MISSING) & (after != Validity.MISSING)).sum())
    told = [f"{filled} samples in gaps were filled and marked inferred (repair: {params.repair})"] if filled else []
    if params.repair == "all":
        told.append("measured samples were given anew by the joint corrector and marked inferred (repair: all)")
    return tuple(told)
