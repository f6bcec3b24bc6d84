"""What a path stands for: a bundle's folder, or a single file that becomes a bundle in memory; and the bytes that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from adapters.assessment.reader import read_assessment
from adapters.declared import Declared, checked, usage
from adapters.formats.bundle import CAPTURE, Bundle, read_bundle, read_planes
from adapters.formats.json_export import is_assessment
from adapters.formats.motion_file import MOTION_SUFFIXES, kept_bytes, motion_suffix
from adapters.formats.raw_file import read_raw
from adapters.kept_files import Kept, refuse_large
from adapters.video_source import VideoSource, video_source
from kinetrace.store.documents import encode
from schemas.capture import CaptureFile, Device, FileRole
from schemas.errors import CaptureError

_ROLES: Final[dict[str, FileRole]] = {**dict.fromkeys(MOTION_SUFFIXES, "motion"), ".jsonl": "body"}  # fmt: skip
"""What a single file is, by its suffix; a bundle says it in capture.json."""


def open_source(source: Path, capture_id: str, declared: Declared) -> Bundle:
    """Read a bundle's folder, or put one together in memory from a single file and what was declared.

    Raises:
        CaptureError: It is neither, or cannot be read.
        UsageError: Options that do not go with it.
    """
    if (video := video_source(source)) is not None:
        return _open_video(video, source, capture_id, declared)
    if source.is_dir() and not source.is_symlink():
        if declared != Declared():
            fix = "A bundle says these in its capture.json (and mapping.json): write them there."
            given = ", ".join(f"--{name.removesuffix('_kg').removesuffix('_m')}" for name in declared.given())
            raise usage("options", "no option beside --id for a bundle", given, fix)
        return read_bundle(source)
    role = _role(source)
    paths: dict[str, Path] = {role: source}
    listed: dict[str, FileRole] = {f"{role}{motion_suffix(source)}": role}
    if declared.static is not None:
        if role != "motion":
            raise usage("--static", "a static trial beside a marker file", source.name, "Leave --static out.")
        paths["static"] = declared.static
        listed[f"static{motion_suffix(declared.static)}"] = "static"
    mapping = declared.described()
    if mapping is not None:
        listed["mapping.json"] = "mapping"
    fields = {
        "device": Device(model="not declared"),
        "units": "m",
        "subject": declared.subject(capture_id),
        "movement": declared.movement,
        "files": listed,
        "source": source.name,
    }
    assessment = read_assessment(source) if role == "assessment" else None
    return Bundle(source.parent, checked(CaptureFile, fields), paths, (), assessment, mapping, ())


def origins(bundle: Bundle) -> dict[str, str]:
    """Give, for each file of the capture to be, the name of the file it comes from."""
    by_role: dict[str, str] = {role: name for name, role in bundle.capture.files.items()}
    return {by_role[role]: path.name for role, path in bundle.paths.items()}


def contents(bundle: Bundle, source: Path) -> dict[str, Kept]:
    """Give every file of the capture to be: recordings byte for byte, `capture.json` as written or as declared.

    Raises:
        CaptureError: A file that cannot be read, or more than a capture may hold.
    """
    files: dict[str, Kept] = {}
    by_role: dict[str, str] = {role: name for name, role in bundle.capture.files.items()}
    for role, path in bundle.paths.items():
        if path.is_dir():
            files |= {f"{by_role[role]}/{inner.name}": inner for inner in sorted(path.iterdir())}
        else:
            files[by_role[role]] = kept_bytes(path) if role in ("motion", "static") else path
    written = source.is_dir() and (source / CAPTURE).exists()
    files[CAPTURE] = read_raw(source / CAPTURE) if written else encode(bundle.capture)
    if bundle.mapping is not None and "mapping" not in bundle.paths:
        files["mapping.json"] = encode(bundle.mapping)
    refuse_large(files, str(bundle.folder))
    return files


def _open_video(video: VideoSource, source: Path, capture_id: str, declared: Declared) -> Bundle:
    for option, given in (("static", declared.static), ("mapping", declared.mapping), ("fps", declared.fps)):
        if given is not None:
            raise usage(f"--{option}", "no such option for a video", str(given), f"Leave --{option} out.")
    fields = {
        "device": Device(model=video.recorder),
        "units": "m",
        "subject": declared.subject(capture_id),
        "movement": declared.movement,
        "files": video.listed,
        "source": source.name,
    }
    planes = read_planes(video.paths)
    return Bundle(
        video.folder, checked(CaptureFile, fields), video.paths, planes, None, None, video.left_out, source="video"
    )


def _role(source: Path) -> FileRole:
    """Say what a single file is; of JSON the content says it."""
    suffix = motion_suffix(source)
    role = _ROLES.get(suffix)
    if role is None:
        read_raw(source)  # a missing file or a link is the better news
        fix = "Export the recording as .trc or .c3d, or give a bundle's folder (docs/bring-your-own.md)."
        raise CaptureError(where=str(source), field="format", expected=", ".join(_ROLES), found=source.name, fix=fix)
    return "assessment" if suffix == ".json" and is_assessment(source) else role
