"""A film brought together with a table of camera poses and folders of depth images."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Int

from adapters.formats.camera_rows import CameraRows
from adapters.formats.depth_images import PngDepth, image_numbers
from adapters.formats.frame_matching import match_rows
from adapters.formats.optics import scaled
from adapters.videopose3d.recording import Cameras, VideoFile, VideoRecording
from schemas.errors import CaptureError

CENTRED: Final = (0.8, 1.25)
"""Twice the principal point over the film's size: real cameras lie within 5 % of 1, a turned 4:3 image at 0.75 and 1.33."""
OFF_CENTRE: Final = 0.05
"""How far the principal point of a copy of another size may lie from the middle."""
SAME_VIEW: Final = 0.03
"""Depth and colour are one view if their sides have the same proportion up to this."""
_SIZES: Final = np.array([1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2, 8 / 3, 3, 4])


def posed_film(
    film: Path,
    rows: CameraRows,
    table: Path,
    folders: tuple[Path | None, Path | None],
    gravity_known: bool,
    numbered: bool = False,
) -> VideoRecording:
    """Bring a film, its poses and its depth together.

    Args:
        film: The video.
        rows: The table of poses.
        table: Where it was read, for refusals.
        folders: Of depth and of confidence images.
        gravity_known: World Y is up.
        numbered: As for `match_rows`.

    Raises:
        CaptureError: Rows that belong to another film, or intrinsics of another view.
    """
    from adapters.videopose3d.pose_network import film_facts

    facts = film_facts(VideoFile(film))
    matched = match_rows(rows, facts.time, str(table), numbered)
    intrinsics, remarks = fitted(rows.intrinsics, facts.size, str(table))
    there = matched.rows >= 0
    cameras = Cameras(
        np.where(there[:, None], intrinsics[matched.rows], np.nan),
        np.where(there[:, None, None], rows.world_from_camera[matched.rows], np.nan),
        gravity_known,
    )
    numbers = np.where(there, rows.frame[matched.rows], -1)
    depth, told, left_out = _depth(folders, numbers, rows, facts.size)
    return VideoRecording(
        film=VideoFile(film),
        cameras=cameras,
        depth=depth,
        time=matched.time,
        assumptions=(*matched.remarks, *remarks, *told),
        left_out=left_out,
    )


def fitted(
    intrinsics: Float[np.ndarray, "rows 4"], size: tuple[int, int], where: str
) -> tuple[Float[np.ndarray, "rows 4"], tuple[str, ...]]:
    """Hold intrinsics against the film's size and scale those of a larger or smaller copy of the same view.

    Args:
        intrinsics: fx, fy, cx, cy [px].
        size: Width and height of the stored film [px].
        where: The table, for a refusal.

    Returns:
        Intrinsics of the stored film, and what was done to them.

    Raises:
        CaptureError: There are none, or they belong to another view, such as the same film before it was turned.
    """
    known = intrinsics[np.isfinite(intrinsics).all(axis=1)]
    if not len(known):
        fix = "Export the recording with its camera matrix."
        raise _refusal(where, "intrinsics", "fx, fy, cx, cy of the film", "none", fix)
    wide, high = 2.0 * np.median(known[:, 2:], axis=0)
    width, height = size
    across, down = wide / width, high / height
    if CENTRED[0] < across < CENTRED[1] and CENTRED[0] < down < CENTRED[1]:
        return intrinsics, ()
    found = f"those of an image of about {wide:.0f} by {high:.0f} px for a film of {width} by {height}"
    if abs(across / down - 1.0) < 0.1:
        ratio = float(_SIZES[np.argmin(np.abs(np.log(_SIZES * across)))])
        if abs(ratio * across - 1.0) < OFF_CENTRE:
            return scaled(intrinsics, ratio), (f"intrinsics: {found}, so scaled by {ratio:.4g}",)
    turned = CENTRED[0] < wide / height < CENTRED[1] and CENTRED[0] < high / width < CENTRED[1]
    fix = (
        "The film's pixels were turned after it was recorded: give the recorder's own file, which only says how to turn."
        if turned
        else "Give the film as it was recorded, neither cropped nor joined with another table."
    )
    raise _refusal(where, "intrinsics", "those of the film", found, fix)


def _depth(
    folders: tuple[Path | None, Path | None],
    numbers: Int[np.ndarray, "frames"],
    rows: CameraRows,
    size: tuple[int, int],
) -> tuple[PngDepth | None, tuple[str, ...], tuple[str, ...]]:
    """Give the depth of the film's frames, what was assumed and what was left out."""
    depth, confidence = folders
    if depth is None:
        return None, (), () if confidence is None else ("confidence: there is no depth",)
    there = image_numbers(depth)
    remarks = [] if confidence is not None else ["depth without confidence images: every depth taken as sure"]
    sure = there if confidence is None else np.intersect1d(there, image_numbers(confidence))
    left_out = []
    if unknown := int((~np.isin(there, rows.frame)).sum()):
        left_out.append(f"depth: {unknown} images that no row of the camera's table names")
    if unsure := len(there) - len(sure):
        left_out.append(f"depth: {unsure} images without a confidence image")
    images = PngDepth(depth, confidence, np.where(np.isin(numbers, sure), numbers, -1))
    seen = np.flatnonzero(images.numbers >= 0)
    if not len(seen):
        return None, (), (*left_out, "depth: no image belongs to a frame of the film")
    if missing := int((numbers >= 0).sum()) - len(seen):
        remarks.append(f"depth: none in {missing} of the frames")
    first = images.at(int(seen[0]))
    shape = (0, 0) if first is None else first[0].shape
    if abs(shape[1] * size[1] / (max(shape[0], 1) * size[0]) - 1.0) > SAME_VIEW:
        found = f"depth: {shape[1]} by {shape[0]} px is another view than the film's {size[0]} by {size[1]}"
        return None, (), (*left_out, found)
    return images, tuple(remarks), tuple(left_out)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
