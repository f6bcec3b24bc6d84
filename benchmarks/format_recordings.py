"""Every real recording through `ingest`, `validate` and the first stages, or the reason why not: a row a file of MANIFEST.md."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from adapters.corpus import Take, takes
from adapters.formats.addresses import split_address
from adapters.formats.licence_table import MANIFEST
from adapters.ingest import Declared, ingest, read, validate
from adapters.robotics.body import Body
from adapters.robotics.grounding import grounded
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterResult
from schemas.errors import KinetraceError
from schemas.motion import AdapterArrays
from stages.in_memory import measured, replayed

Outcome = Literal["used", "refused", "crashed"]
_NO_RECORDINGS: Final = ("LICENSE", ".toml")
"""Texts and calibrations that lie beside recordings."""
MIN_WAY_M: Final = 1.0
"""A shorter way is no walk (or one on a treadmill) [m]."""


@dataclass(frozen=True)
class Row:
    """What became of one file.

    Attributes:
        name: As MANIFEST.md has it; of an archive with the take.
        outcome: Used, refused for a reason, or crashed.
        frames: That stage 0 gave.
        told: How it was understood, or the reason.
        path_off: Of a walk, how far the path that `grounding` gives without its place is off the real one, as a part of it.
        same_bytes: Ingested twice it gave the same bytes, and a third time changed nothing; None: not ingested.
    """

    name: str
    outcome: Outcome
    frames: int
    told: str
    same_bytes: bool | None = None
    path_off: float | None = None


def rows(data: Path) -> Iterator[Row]:
    """Take every recording of the folder through what a user would do with it.

    Args:
        data: The folder of recordings with its MANIFEST.md.
    """
    known = _takes(data)
    for name in listed(data):
        address, options = known.get(name, (data / name, {}))
        yield _row(name, address, options)


def listed(data: Path) -> tuple[str, ...]:
    """List the recordings of MANIFEST.md, in its order: every file but licences and calibrations."""
    lines = (data / MANIFEST).read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ")[0].strip() for line in lines if line.startswith("| ")]
    return tuple(name for name in cells if (data / name).is_file() and not any(part in name for part in _NO_RECORDINGS))


def _takes(data: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Give, for each file that holds motion, its first take and what a user would declare: static trial and movement."""
    first: dict[str, Take] = {}
    for take in takes([data]):
        first.setdefault(str(split_address(take.path)[0].relative_to(data)), take)
    return {name: (take.path, {"static": take.static, "movement": take.kind}) for name, take in first.items()}


def _row(name: str, address: Path, options: Mapping[str, Any]) -> Row:
    part = split_address(address)[1]
    shown = name if part is None else f"{name}::{part}"
    try:
        static = options.get("static")
        validate(address, static=static)
        result, motion = read(address, Declared(**options))
        same = _same_bytes(address, options)
        info = result.source_info
        joints = [(joint.measured_fraction, joint.inferred_fraction) for joint in info.joints]
        seen = sum(a > b for a, b in joints)
        guessed = sum(a + b > 0 for a, b in joints) - seen
        lies = f"{info.native_fps:g} Hz, {info.units_found}, {info.up_found.upper()} up"
        told = f"{info.layout}; {lies}; {seen} joints measured, {guessed} inferred"
        told += "" if static is None or static == address else f"; static trial {static.name}"
        return Row(shown, "used", info.frames, f"{told}; {_stages(result, motion)}", same, _path_off(result, motion))
    except KinetraceError as error:
        return Row(shown, "refused", 0, _plain(f"{error.field}: expected {error.expected}, found {error.found}"))
    except Exception:  # what the benchmark is there to find
        return Row(shown, "crashed", 0, _plain(traceback.format_exc(limit=-1)))


def _stages(result: AdapterResult, motion: AdapterArrays) -> str:
    """Say how far the recording goes: stages 1, 2 and 4 in memory, or what refuses it there."""
    try:
        state = measured(result, motion)
    except KinetraceError as error:
        return _plain(f"stage 1 or 2 refuses: {error.field}: expected {error.expected}, found {error.found}")
    try:
        replayed(state)
    except KinetraceError as error:
        return _plain(f"stages 1, 2; stage 4 refuses: {error.field}: expected {error.expected}, found {error.found}")
    return f"{state.state.movement}: stages 1, 2, 4"


def _path_off(result: AdapterResult, motion: AdapterArrays) -> float | None:
    """Take a walk's place away, let the standing foot give it back, and compare the lengths of the way."""
    if result.movement != "gait":
        return None
    positions = motion.positions.astype(float)
    positions[motion.validity == 0] = np.nan
    pelvis = positions[:, INDEX["pelvis"]]
    body = Body(positions - pelvis[:, None], motion.validity)
    back = grounded(body, result.source_info.fps).get("pelvis")
    seen = np.flatnonzero(np.isfinite(pelvis).all(axis=1) & np.isfinite(back).all(axis=1))
    true, found = (float(np.linalg.norm((track[seen[-1]] - track[seen[0]])[[0, 2]])) for track in (pelvis, back))
    return found / true - 1.0 if true > MIN_WAY_M else None


def _same_bytes(address: Path, options: Mapping[str, Any]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        trees = []
        for number in ("one", "two"):
            (place / number).mkdir()
            ingest(address, place / number, "take", **options)
            trees.append({str(p.relative_to(place / number)): p.read_bytes() for p in _files(place / number)})
        again = ingest(address, place / "one", "take", **options).already_there
        return trees[0] == trees[1] and again


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _plain(text: str) -> str:
    """Make a text fit for a table's cell."""
    return " ".join(text.replace("|", "/").split())[:220]
