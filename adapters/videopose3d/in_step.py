"""Whether depth images belong to the frames that they were given to: a person who moves must be where the depth says."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, Int

from adapters.videopose3d.depth_samples import sample
from adapters.videopose3d.recording import DepthImages
from schemas.errors import CaptureError

TRIED: Final = 6
"""Frames early or late that are looked for: 0.2 s at 30 Hz."""
GLANCE: Final = 3
"""First only this many early and late are compared with in step."""
LOOKED_AT: Final = 8
ENOUGH: Final = 4
"""One frame alone says too little."""
APART: Final = 4
MIN_SPEED: Final = 0.008
"""Slower than this, image widths a frame, a person is where depth says whatever the delay: nothing can be told."""
ON_BODY_M: Final = 0.35
"""Places on one body differ in range from their median by less."""
CLEARLY: Final = 0.07
"""So much more of the places must lie on the body for another delay to be believed."""

BY_FAR: Final = 0.25
"""So much more, still growing at the last delay that was tried: out of step by more than can be put right."""
MOSTLY: Final = 0.8
"""In step, so many of the places lie on the body (measured 0.88 to 0.99); with less something else stands before it."""


def frames_late(
    depth: DepthImages,
    pixels: Float[np.ndarray, "frames places 2"],
    cosine: Float[np.ndarray, "frames places"],
    size: tuple[int, int],
    where: str,
) -> int:
    """Find by how many frames depth comes late.

    Where the person moves fastest across the image, the places on its body are looked up in the depth images of that frame
    and of its neighbours; out of step, some of them fall beside the body.

    Args:
        depth: Images.
        pixels: Places on the body in the film.
        cosine: Depth over range there.
        size: Of the film [px].
        where: The recording, for refusals.

    Returns:
        The image that belongs to a frame was given to the frame so many later; 0 where that cannot be told.

    Raises:
        CaptureError: Out of step by more than can be put right.
    """
    frames = _fast_frames(pixels, size[0])
    if len(frames) < ENOUGH:
        return 0

    def ranges_at(late: int) -> Float[np.ndarray, "chosen places"]:
        return _ranges(depth, pixels, cosine, size, frames, late)

    glance = _shares_on_body({late: ranges_at(late) for late in (-GLANCE, 0, GLANCE)})
    if max(glance.values()) <= glance[0] + CLEARLY / 2.0:
        return 0
    shares = _shares_on_body({late: ranges_at(late) for late in range(-TRIED, TRIED + 1)})
    best = max(shares, key=lambda late: (shares[late], -abs(late)))
    if shares[best] < max(shares[0] + CLEARLY, MOSTLY):
        return 0
    if abs(best) == TRIED:  # no peak: somebody who comes nearer fills more of the image, late as if out of step
        if shares[best] < shares[0] + BY_FAR:
            return 0
        raise CaptureError(
            where=where, field="depth", expected="depth images of the film's own frames",
            found=f"out of step by {TRIED} frames or more", fix="Export the recording again, film and depth together.",
        )  # fmt: skip
    return best


def _fast_frames(pixels: Float[np.ndarray, "frames places 2"], width: int) -> Int[np.ndarray, "chosen"]:
    """Give some frames, apart from each other, in which the places move fastest."""
    step = np.linalg.norm(np.diff(pixels, axis=0), axis=2) / width
    seen = np.isfinite(step).any(axis=1)
    speed = np.zeros(len(step))
    speed[seen] = np.nanmedian(step[seen], axis=1)
    speed[: TRIED + 1] = speed[len(speed) - TRIED - 1 :] = 0.0
    chosen: list[int] = []
    for frame in np.argsort(-speed, kind="stable").tolist():
        if speed[frame] < MIN_SPEED or len(chosen) == LOOKED_AT:
            break
        if all(abs(frame - other) >= APART for other in chosen):
            chosen.append(frame)
    return np.array(sorted(chosen), dtype=int)


def _ranges(
    depth: DepthImages,
    pixels: Float[np.ndarray, "frames places 2"],
    cosine: Float[np.ndarray, "frames places"],
    size: tuple[int, int],
    frames: Int[np.ndarray, "chosen"],
    late: int,
) -> Float[np.ndarray, "chosen places"]:
    out = np.full((len(frames), pixels.shape[1]), np.nan)
    for row, frame in enumerate(frames.tolist()):
        images = depth.at(frame + late)
        if images is not None:
            out[row] = sample(*images, pixels[frame], size)[0] / cosine[frame]
    return out


def _shares_on_body(ranges: dict[int, Float[np.ndarray, "chosen places"]]) -> dict[int, float]:
    """Give, for each delay, the part of the places that lie on the body: as far away as where most of them are nearest."""
    every = np.stack(list(ranges.values()))
    known = np.isfinite(every).any(axis=2)
    middle = np.full(every.shape[:2], np.inf)
    middle[known] = np.nanmedian(every[known], axis=1)
    on = np.abs(every - middle.min(axis=0)[None, :, None]) < ON_BODY_M
    looked = np.maximum(np.isfinite(every).sum(axis=(1, 2)), 1)
    return dict(zip(ranges, (on.sum(axis=(1, 2)) / looked).tolist(), strict=True))
