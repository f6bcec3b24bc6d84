"""Bringing a recording in: checked in memory first, then an open bundle in `captures/<id>/`, in one step or not at all."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.declared import Declared, usage
from adapters.film_report import FilmUnderstanding, film_understanding
from adapters.formats.bundle import Bundle
from adapters.kept_files import Kept, first_difference, write_kept
from adapters.reports import IngestReport, ValidationReport, understanding
from adapters.robotics.adapter import adapt_bundle, with_source
from adapters.sources import contents, open_source, origins
from kinetrace.store.workspace import CAPTURE_ID
from schemas.adapter import AdapterParams, AdapterResult
from schemas.motion import AdapterArrays

__all__ = ["Declared", "ingest", "read", "validate"]


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
    fps: float | None = None,
) -> IngestReport:
    """Make `captures/<capture_id>/` of a motion file or an open bundle; the recording is checked before anything is written.

    Args:
        source: A motion file, `body.jsonl` or a bundle's folder; `data.zip::take` is a take inside a larger file.
        captures: Where captures lie.
        capture_id: The new capture's name.
        static: Static trial of the same marker set.
        mass_kg: Body mass [kg]; not declared: forces stay in body weights.
        height_m: Stature [m].
        sex: `f`, `m` or None.
        movement: `gait`, `squat`, `sit_to_stand`, `balance`, `other` or None.
        mapping: JSON or YAML file that says which markers make which joint.
        fps: Frames a second of a recording without times [Hz].

    Returns:
        What was taken, assumed and left out. The same call a second time changes nothing and says so.

    Raises:
        UsageError: A name, option or value that has no meaning, or a different capture of that name is there.
        CaptureError: The recording cannot be used.
        StorageError: The disk refused.
    """
    if not CAPTURE_ID.fullmatch(capture_id):
        fix = "Use at most 63 of a-z, 0-9, _ and -, beginning with a letter or digit, e.g. clinic_walk_01."
        raise usage("--id", "a capture's name", repr(capture_id[:80]), fix)
    bundle = with_source(
        open_source(source, capture_id, Declared(static, mass_kg, height_m, sex, movement, mapping, fps))
    )
    result, film = _understood(bundle, capture_id)
    files = contents(bundle, source)
    folder = captures / capture_id
    there = folder.is_symlink() or folder.exists()
    if there:
        _refuse_difference(folder, files)
    else:
        write_kept(folder, files)
    return IngestReport(
        capture=capture_id,
        folder=str(folder),
        already_there=there,
        taken=tuple(sorted({f"{origin} as {name}" for name, origin in origins(bundle).items()})),
        motion=None if result is None else understanding(result),
        film=film,
        assessment=bundle.assessment.assessment_type if bundle.assessment is not None else None,
        assumed=() if result is None else result.source_info.assumptions,
        left_out=bundle.left_out if result is None else result.source_info.left_out,
    )


def validate(
    path: Path,
    *,
    static: Path | None = None,
    mapping: Path | None = None,
    height_m: float | None = None,
    fps: float | None = None,
) -> ValidationReport:
    """Say how a recording is understood, without bringing it in; an assessment on its own is fine here.

    Args:
        path: As `ingest` takes it.
        static: Static trial of the same marker set.
        mapping: Mapping file.
        height_m: Stature, for recordings whose size is only a reference person's [m].
        fps: Frames a second of a recording without times [Hz].

    Raises:
        CaptureError: It cannot be used; says where, what was expected, what was found and what would work.
        UsageError: Options that do not go with a bundle.
    """
    declared = Declared(static=static, mapping=mapping, height_m=height_m, fps=fps)
    bundle = with_source(open_source(path, "validate", declared))
    alone = bundle.assessment is not None and not {"motion", "body", "rgb"} & set(bundle.paths)
    result, film = (None, None) if alone else _understood(bundle, "validate")
    summary = "an assessment without a motion: can be kept, not run" if alone else "can be used"
    if film is not None and result is None:
        summary = "a film that can be read: whether a person is in it is found when it runs"
    kind = bundle.assessment.assessment_type if bundle.assessment is not None else None
    return ValidationReport(
        path=str(path),
        files=tuple(sorted(p.name for p in bundle.paths.values())),
        motion=None if result is None else understanding(result),
        film=film,
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
    return adapt_bundle(open_source(path, name, declared or Declared()), name, AdapterParams())


def _understood(bundle: Bundle, capture_id: str) -> tuple[AdapterResult | None, FilmUnderstanding | None]:
    """Read what a run would read by default; a film without looking for anybody in it, as that takes minutes."""
    film = film_understanding(bundle) if "rgb" in bundle.paths else None
    if bundle.source == "video":
        return None, film
    return adapt_bundle(bundle, capture_id, AdapterParams())[0], film


def _refuse_difference(folder: Path, files: dict[str, Kept]) -> None:
    fix = f"Give another --id, or remove {folder} first."
    if folder.is_symlink() or not folder.is_dir():
        raise usage("--id", "a free name, or the same capture", f"{folder} is no folder", fix)
    if (name := first_difference(folder, files)) is not None:
        raise usage("--id", "a free name, or the same capture", f"{folder} exists and differs in {name}", fix)
