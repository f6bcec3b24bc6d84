"""The open capture bundle, a folder with `capture.json` as its table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import RootModel

from adapters.assessment.reader import read_assessment
from adapters.formats.json_text import read_model
from adapters.formats.mapping import read_mapping
from adapters.formats.poses import pose_matrix
from adapters.formats.room import read_room
from schemas.capture import Assessment, CaptureFile, FileRole, MarkerMapping, Plane
from schemas.errors import CaptureError

CAPTURE = "capture.json"
MAX_METRES = 1000.0
_FOLDERS = ("depth", "confidence")
_TRUTH: Final = "the truth of a simulated capture is for benchmarks only"
_BESIDE: Final = {
    "body": {"rgb": "video; the body is read from body or motion files"},
    "video": {
        "body": "the device's own skeleton; the body is read from the video",
        "motion": "a motion; the body is read from the video",
        "static": "a static trial; the body is read from the video",
    },
}
"""What is not used where the body is read from one source or the other."""
Source = Literal["body", "video"]


class Planes(RootModel[tuple[Plane, ...]]):
    """`planes.json`: ARKit's plane anchors."""


@dataclass(frozen=True)
class Bundle:
    """A bundle whose small documents are read and whose large files are known to be there."""

    folder: Path
    capture: CaptureFile
    paths: dict[str, Path]
    planes: tuple[Plane, ...]
    assessment: Assessment | None
    mapping: MarkerMapping | None
    left_out: tuple[str, ...]
    source: Source = "body"

    def names(self) -> tuple[str, ...]:
        """Give the names of the files that were read, sorted."""
        used = [path.name for role, path in self.paths.items() if role != "truth" and role not in _BESIDE[self.source]]
        return tuple(sorted([CAPTURE, *used]))

    def using(self, source: Source) -> Bundle:
        """Give the bundle as it is used if the body is read from its body or motion file, or from its video.

        What is left out follows from the choice. Where there is only one of them, `read_bundle` has chosen already.
        """
        old, new = (_beside(self.paths, kind) for kind in (self.source, source))
        left_out = tuple(sorted({*self.left_out} - set(old) | set(new)))
        return replace(self, source=source, left_out=left_out)

    def without_film(self) -> Bundle:
        """Give the bundle as if its film were not there, for a look at its body or motion alone."""
        paths = {role: path for role, path in self.paths.items() if role != "rgb"}
        beside = set(_beside(self.paths, self.source)) - set(_beside(paths, self.source))
        left_out = tuple(text for text in self.left_out if text not in beside)
        return replace(self, paths=paths, left_out=left_out)


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle's documents and find its recordings.

    Raises:
        CaptureError: No folder or `capture.json`, a listed file that is missing, two files in one role, or a document
            that does not fit.
    """
    if folder.is_symlink() or not folder.is_dir():
        found = "a link" if folder.is_symlink() else "no folder"
        raise _refusal(
            str(folder), "bundle", "a folder with capture.json", found, "Bring a recording in with: kinetrace ingest"
        )
    capture = read_model(folder / CAPTURE, CaptureFile)
    paths = _paths(folder, capture)
    if not {"body", "motion", "rgb", "assessment"} & set(paths):
        roles = ", ".join(sorted(paths)) or "none"
        raise _refusal(
            str(folder / CAPTURE), "files", "a body, motion, rgb or assessment file", f"roles: {roles}",
            f"List the recording, e.g. files: {{\"motion.trc\": \"motion\"}}; roles are {', '.join(get_args(FileRole))}.",
        )  # fmt: skip
    planes = read_planes(paths)
    source: Source = "body" if {"body", "motion"} & set(paths) else "video"
    return Bundle(
        folder=folder,
        capture=capture,
        paths=paths,
        planes=planes,
        assessment=read_assessment(paths["assessment"]) if "assessment" in paths else None,
        mapping=read_mapping(paths["mapping"]) if "mapping" in paths else None,
        left_out=_left_out(folder, capture, paths, source),
        source=source,
    )


def read_planes(paths: Mapping[str, Path]) -> tuple[Plane, ...]:
    """Read the planes that the device found, from `planes.json` and from `room.json`, where these are.

    Args:
        paths: By role.

    Raises:
        CaptureError: A document that does not fit.
    """
    planes: tuple[Plane, ...] = ()
    if "planes" in paths:
        planes += _rigid(read_model(paths["planes"], Planes).root, str(paths["planes"]))
    if "room" in paths:
        planes += read_room(paths["room"])
    return planes


def _rigid(planes: tuple[Plane, ...], where: str) -> tuple[Plane, ...]:
    for plane in planes:
        pose_matrix(plane.transform, where, f"{plane.identifier}.transform")
        if max(abs(v) for v in (*plane.center, plane.extent.width, plane.extent.height)) > MAX_METRES:
            found = f"center {plane.center}, extent {plane.extent.width} by {plane.extent.height}"
            raise _refusal(where, plane.identifier, f"at most {MAX_METRES:g} m", found, "Planes are in metres.")
    return planes


def _paths(folder: Path, capture: CaptureFile) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for name, role in capture.files.items():
        path = folder / name
        if role in paths:
            found = f"{paths[role].name} and {name}"
            raise _refusal(str(folder / CAPTURE), "files", f"one {role} file", found, "Make two captures of them.")
        wanted = path.is_dir() if role in _FOLDERS else path.is_file()
        if path.is_symlink() or not wanted:
            kind = "folder" if role in _FOLDERS else "file"
            found = "a symbolic link" if path.is_symlink() else "nothing"
            fix = "Copy it into the bundle, or take it off the list in capture.json."
            raise _refusal(str(path), role, f"a {kind}, as capture.json says", found, fix)
        paths[role] = path
    return paths


def _left_out(folder: Path, capture: CaptureFile, paths: dict[str, Path], source: Source) -> tuple[str, ...]:
    truth = [f"{paths['truth'].name}: {_TRUTH}"] if "truth" in paths else []
    listed = {CAPTURE, *capture.files}
    extra = [f"{p.name}: not listed in capture.json" for p in folder.iterdir() if p.name not in listed]
    return tuple(sorted([*_beside(paths, source), *truth, *extra]))


def _beside(paths: dict[str, Path], source: Source) -> list[str]:
    return [f"{paths[role].name}: {reason}" for role, reason in _BESIDE[source].items() if role in paths]


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
