"""What of a path is a video recording that no `capture.json` describes: a film, an `.r3d`, a folder of Stray Scanner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapters.formats.bundle import CAPTURE
from adapters.formats.record3d import SUFFIX
from adapters.formats.stray_scanner import FILES, is_stray_scanner
from adapters.formats.video_bundle import FILM_SUFFIXES
from schemas.capture import FileRole
from schemas.errors import CaptureError

_FOLDERS = ("depth", "confidence")


@dataclass(frozen=True)
class VideoSource:
    """The files of a video recording.

    Attributes:
        recorder: The app, as far as the files show it.
        folder: Where they lie.
        paths: By role.
        listed: Their names in the capture, with their roles.
        left_out: What is there and not taken.
    """

    recorder: str
    folder: Path
    paths: dict[str, Path]
    listed: dict[str, FileRole]
    left_out: tuple[str, ...] = ()


def video_source(source: Path) -> VideoSource | None:
    """Give the files of a video recording; None: the path is something else.

    Raises:
        CaptureError: Stray Scanner's folder without its odometry, several of them, or with a link or a folder where a
            file should be.
    """
    if source.is_symlink():
        return None
    if source.is_dir():
        return None if (source / CAPTURE).exists() else _folder(source)
    suffix = source.suffix.lower()
    if suffix == SUFFIX:
        return VideoSource("Record3D", source.parent, {"rgb": source}, {f"recording{SUFFIX}": "rgb"})
    if suffix in FILM_SUFFIXES:
        return VideoSource("not declared", source.parent, {"rgb": source}, {f"rgb{suffix}": "rgb"})
    return None


def _folder(folder: Path) -> VideoSource | None:
    if is_stray_scanner(folder):
        return _stray_scanner(folder)
    _refuse_half(folder)
    return None


def _refuse_half(folder: Path) -> None:
    """Refuse what was nearly a folder of Stray Scanner, and say what it is."""
    scans = sorted(inner.name for inner in folder.iterdir() if inner.is_dir() and is_stray_scanner(inner))
    if scans:
        raise CaptureError(
            where=str(folder), field="folder", expected="one recording",
            found=f"{len(scans)} of Stray Scanner: {', '.join(scans[:5])}", fix=f"Give one of them: {folder / scans[0]}",
        )  # fmt: skip
    if (folder / "rgb.mp4").is_file():
        raise CaptureError(
            where=str(folder), field="odometry.csv", expected="the camera poses beside rgb.mp4", found="none",
            fix=f"Copy the app's whole folder, or give the film alone: {folder / 'rgb.mp4'}",
        )  # fmt: skip


def _stray_scanner(folder: Path) -> VideoSource:
    listed: dict[str, FileRole] = {}
    left_out = []
    for path in sorted(folder.iterdir()):
        role = FILES.get(path.name)
        if role is None:
            left_out.append(f"{path.name}: not a file of Stray Scanner")
            continue
        if path.is_symlink() or path.is_dir() != (role in _FOLDERS):
            kind = "folder" if role in _FOLDERS else "file"
            raise CaptureError(
                where=str(path), field=role, expected=f"a {kind}, as the app writes it",
                found="a symbolic link" if path.is_symlink() else "something else", fix="Copy the app's folder again.",
            )  # fmt: skip
        if path.is_dir() and not any(path.iterdir()):
            left_out.append(f"{path.name}: an empty folder")
            continue
        listed[path.name] = role
    return VideoSource(
        "Stray Scanner", folder, {role: folder / name for name, role in listed.items()}, listed, tuple(left_out)
    )
