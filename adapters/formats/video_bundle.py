"""Every recording with a film in it, whichever app made it, as a film with cameras and depth."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from adapters.formats.bundle import Bundle
from adapters.formats.camera_rows import read_camera_csv
from adapters.formats.posed_film import posed_film
from adapters.formats.record3d import SUFFIX, read_record3d
from adapters.formats.stray_scanner import read_stray_scanner
from adapters.videopose3d.recording import VideoFile, VideoRecording
from schemas.capture import LEVEL
from schemas.errors import CaptureError

FILM_SUFFIXES: Final = (".mp4", ".mov", ".m4v")


def read_recording(bundle: Bundle) -> VideoRecording:
    """Read what a bundle says of its film; neither film nor depth is decoded before it is asked for.

    Args:
        bundle: One with an `rgb` file: an open bundle, or the files of Stray Scanner or Record3D as they were recorded.

    Raises:
        CaptureError: No film, or tables that do not fit it.
    """
    film = bundle.paths.get("rgb")
    if film is None:
        raise _refusal(str(bundle.folder), "files", "a film (role rgb)", "none", "List it in capture.json.")
    if film.suffix.lower() == SUFFIX:
        return read_record3d(film)
    if film.suffix.lower() not in FILM_SUFFIXES:
        expected = " or ".join((*FILM_SUFFIXES, SUFFIX))
        raise _refusal(str(film), "rgb", expected, film.name, "Export the film as MP4 (H.264 or HEVC).")
    if "odometry" in bundle.paths:
        return read_stray_scanner(bundle.paths)
    return _open_bundle(film, bundle)


def _open_bundle(film: Path, bundle: Bundle) -> VideoRecording:
    folders = bundle.paths.get("depth"), bundle.paths.get("confidence")
    table = bundle.paths.get("camera")
    if table is None:
        left_out = tuple(f"{path.name}: useless without camera.csv" for path in folders if path is not None)
        return VideoRecording(VideoFile(film), left_out=left_out)
    gravity_known = bundle.capture.session.world_alignment in LEVEL
    return posed_film(film, read_camera_csv(table), table, folders, gravity_known)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
