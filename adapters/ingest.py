"""Bringing a recording in: checked in memory first, then an open bundle in `captures/<id>/`, in one step or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from adapters.assessment.reader import read_assessment
from adapters.formats.bundle import CAPTURE, Bundle, read_bundle
from adapters.formats.mapping import read_mapping
from adapters.formats.motion_file import READERS, motion_suffix
from adapters.formats.raw_file import MAX_RECORDING_BYTES, read_raw
from adapters.formats.take_zip import single_take
from adapters.reports import IngestReport, ValidationReport, understanding
from adapters.robotics.adapter import adapt_bundle
from kinetrace.store.documents import encode
from kinetrace.store.publish import disk_errors, publish
from kinetrace.store.workspace import CAPTURE_ID
from schemas.adapter import AdapterParams, AdapterResult
from schemas.capture import CaptureFile, Device, FileRole, SubjectInfo
from schemas.errors import CaptureError, UsageError
from schemas.motion import AdapterArrays

Model = TypeVar("Model", CaptureFile, SubjectInfo)
_ROLES: dict[str, FileRole] = {
    **dict.fromkeys(READERS, "motion"), ".jsonl": "body", ".json": "assessment",
}  # fmt: skip
"""What a single file is, by its suffix; a bundle says it in capture.json."""
_MAX_BUNDLE_FILES = 100_000


@dataclass(frozen=True)
class Declared:
    """What the user says of a recording that the file itself does not."""

    static: Path | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    movement: str | None = None
    mapping: Path | None = None


def ingest(
    source: Path,
    captures: Path,
    capture_id: str,
    *,
    static: Path | None = None,
    mass_kg: float | None = None,
    height_m: float | None = None,
    sex: str | None = None,
    movement: str | None = None,
    mapping: Path | None = None,
) -> IngestReport:
    """Make `captures/<capture_id>/` of a motion file or an open bundle; the recording is checked before anything is written.

    Args:
        source: A motion file, `body.jsonl` or a bundle's folder; `data.zip::take` is a take inside a data set's archive.
        captures: Where captures lie.
        capture_id: The new capture's name.
        static: Static trial of the same marker set.
        mass_kg: Body mass [kg]; not declared: forces stay in body weights.
        height_m: Stature [m].
        sex: `f`, `m` or None.
        movement: `gait`, `squat`, `sit_to_stand`, `balance`, `other` or None.
        mapping: JSON or YAML file that says which markers make which joint.

    Returns:
        What was taken, assumed and left out. The same call a second time changes nothing and says so.

    Raises:
        UsageError: A name, option or value that has no meaning, or a different capture of that name is there.
        CaptureError: The recording cannot be used.
        StorageError: The disk refused.
    """
    if not CAPTURE_ID.fullmatch(capture_id):
        fix = "Use at most 63 of a-z, 0-9, _ and -, beginning with a letter or digit, e.g. clinic_walk_01."
        raise _usage("--id", "a capture's name", repr(capture_id[:80]), fix)
    bundle = _bundle(source, capture_id, Declared(static, mass_kg, height_m, sex, movement, mapping))
    result, _ = adapt_bundle(bundle, capture_id, AdapterParams())
    files = _contents(bundle, source)
    folder = captures / capture_id
    there = folder.is_symlink() or folder.exists()
    if there:
        _refuse_difference(folder, files)
    else:
        _write(folder, files)
    return IngestReport(
        capture=capture_id,
        folder=str(folder),
        already_there=there,
        taken=tuple(sorted({f"{origin} as {name}" for name, origin in _origins(bundle).items()})),
        motion=understanding(result),
        assessment=_assessment(result),
        assumed=result.source_info.assumptions,
        left_out=result.source_info.left_out,
    )


def validate(path: Path, *, static: Path | None = None, mapping: Path | None = None) -> ValidationReport:
    """Say how a recording is understood, without bringing it in; an assessment on its own is fine here.

    Raises:
        CaptureError: It cannot be used; says where, what was expected, what was found and what would work.
        UsageError: Options that do not go with a bundle.
    """
    bundle = _bundle(path, "validate", Declared(static=static, mapping=mapping))
    alone = bundle.assessment is not None and not {"motion", "body"} & set(bundle.paths)
    result = None if alone else adapt_bundle(bundle, "validate", AdapterParams())[0]
    summary = "an assessment without a motion: can be kept, not run" if result is None else "can be used"
    kind = bundle.assessment.assessment_type if bundle.assessment is not None else None
    return ValidationReport(
        path=str(path),
        files=tuple(sorted(p.name for p in bundle.paths.values())),
        motion=None if result is None else understanding(result),
        assessment=kind,
        assumed=() if result is None else result.source_info.assumptions,
        left_out=bundle.left_out if result is None else result.source_info.left_out,
        summary=summary,
    )


def read(path: Path, declared: Declared | None = None) -> tuple[AdapterResult, AdapterArrays]:
    """Read a recording as stage 0 does, without bringing it in.

    Raises:
        CaptureError: It cannot be used; says where, what was expected, what was found and what would work.
        UsageError: Options that do not go with a bundle.
    """
    name = re.sub(r"[^a-z0-9_-]", "_", path.stem.lower())[:63].strip("_-") or "recording"
    return adapt_bundle(_bundle(path, name, declared or Declared()), name, AdapterParams())


def _bundle(source: Path, capture_id: str, declared: Declared) -> Bundle:
    """Read a bundle's folder, or put one together in memory from a single file and what was declared."""
    if source.is_dir() and not source.is_symlink():
        if declared != Declared():
            fix = "A bundle says these in its capture.json: write them there."
            raise _usage("options", "no option beside --id for a bundle", "--static, --mass, … given", fix)
        return read_bundle(source)
    suffix = motion_suffix(source)
    role = _ROLES.get(suffix)
    if role is None:
        read_raw(source)  # a missing file or a link is the better news
        fix = "Export the recording as .trc or .c3d, or give a bundle's folder (docs/formats.md)."
        raise CaptureError(where=str(source), field="format", expected=", ".join(_ROLES), found=source.name, fix=fix)
    paths: dict[str, Path] = {role: source}
    listed: dict[str, FileRole] = {f"{role}{suffix}": role}
    if declared.static is not None:
        if role != "motion":
            raise _usage("--static", "a static trial beside a marker file", source.name, "Leave --static out.")
        paths["static"] = declared.static
        listed[f"static{motion_suffix(declared.static)}"] = "static"
    mapping = read_mapping(declared.mapping) if declared.mapping is not None else None
    if mapping is not None:
        listed["mapping.json"] = "mapping"
    fields = {
        "device": Device(model="not declared"),
        "units": "m",
        "subject": _subject(capture_id, declared),
        "movement": declared.movement,
        "files": listed,
        "source": source.name,
    }
    assessment = read_assessment(source) if role == "assessment" else None
    return Bundle(source.parent, _checked(CaptureFile, fields), paths, (), assessment, mapping, ())


def _subject(capture_id: str, declared: Declared) -> SubjectInfo:
    fields = {
        "id": capture_id,
        "height_m": declared.height_m,
        "mass_kg": declared.mass_kg,
        "sex": declared.sex or "unknown",
    }
    return _checked(SubjectInfo, fields)


def _checked(model: type[Model], fields: Mapping[str, object]) -> Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removesuffix("_kg").removesuffix("_m")
        fix = "Mass is in kg, height in m; sex is f or m; movement is gait, squat, sit_to_stand, balance or other."
        raise _usage(f"--{option}", first["msg"], repr(first["input"])[:80], fix) from None


def _origins(bundle: Bundle) -> dict[str, str]:
    """Give, for each file of the capture to be, the name of the file it comes from."""
    by_role: dict[str, str] = {role: name for name, role in bundle.capture.files.items()}
    return {by_role[role]: path.name for role, path in bundle.paths.items()}


def _contents(bundle: Bundle, source: Path) -> dict[str, bytes]:
    """Give every file of the capture to be: recordings byte for byte, `capture.json` as written or as declared."""
    files: dict[str, bytes] = {}
    by_role: dict[str, str] = {role: name for name, role in bundle.capture.files.items()}
    for role, path in bundle.paths.items():
        if path.is_dir():
            for inner in sorted(path.iterdir()):
                files[f"{by_role[role]}/{inner.name}"] = read_raw(inner)
        else:
            files[by_role[role]] = _recording(path)
    files[CAPTURE] = read_raw(source / CAPTURE) if source.is_dir() else encode(bundle.capture)
    if bundle.mapping is not None and "mapping" not in bundle.paths:
        files["mapping.json"] = encode(bundle.mapping)
    total = sum(len(data) for data in files.values())
    if total > MAX_RECORDING_BYTES or len(files) > _MAX_BUNDLE_FILES:
        raise CaptureError(
            where=str(bundle.folder), field="size",
            expected=f"at most {MAX_RECORDING_BYTES} bytes in {_MAX_BUNDLE_FILES} files",
            found=f"{total} bytes in {len(files)} files", fix="Cut the recording into trials.",
        )  # fmt: skip
    return files


def _recording(path: Path) -> bytes:
    """Give a recording byte for byte; of a data set's archive the one take alone."""
    return single_take(path) if motion_suffix(path) == ".zip" else read_raw(path)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    with publish(folder) as draft, disk_errors(folder):
        for name, data in sorted(files.items()):
            path = draft / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


def _refuse_difference(folder: Path, files: dict[str, bytes]) -> None:
    fix = f"Give another --id, or remove {folder} first."
    if folder.is_symlink() or not folder.is_dir():
        raise _usage("--id", "a free name, or the same capture", f"{folder} is no folder", fix)
    there = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_symlink() or not p.is_dir()}
    for name in sorted(set(files) | set(there)):
        if name not in files or name not in there or read_raw(there[name]) != files[name]:
            raise _usage("--id", "a free name, or the same capture", f"{folder} exists and differs in {name}", fix)


def _assessment(result: AdapterResult) -> str | None:
    return result.assessment.assessment_type if result.assessment is not None else None


def _usage(field: str, expected: str, found: str, fix: str) -> UsageError:
    return UsageError(where="ingest", field=field, expected=expected, found=found, fix=re.sub(r"\s+", " ", fix))
