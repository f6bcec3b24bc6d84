"""Manifests: what a stage read, wrote and was, chained to its parents by their manifests' digests."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from pydantic import BaseModel

from kinetrace.store.digest import SourceTree, digest_bytes, digest_file
from kinetrace.store.documents import canonical, encode, read_json
from kinetrace.store.plan import StagePlan
from kinetrace.store.workspace import LOCK_FILE, MANIFEST, Workspace
from schemas.errors import ArtifactError, CaptureError
from schemas.manifest import Environment, FileRecord, Manifest
from schemas.params import Params


def describe_inputs(workspace: Workspace, capture: str, plan: StagePlan) -> dict[str, str]:
    """Digest what a stage reads: its parents' manifests, or for stage 0 every file of the raw capture.

    Raises:
        ArtifactError: A parent has not run, or its files are not what its manifest says.
        CaptureError: The raw capture is not there, or holds a link.
    """
    if not plan.parents:
        folder = workspace.capture(capture)
        return {name: digest_file(folder / name).sha256 for name in _recording(folder, capture)}
    found: dict[str, str] = {}
    for parent in plan.parents:
        path = workspace.stage(capture, parent) / MANIFEST
        if not path.is_file():
            raise ArtifactError(
                where=f"artifacts/{capture}/{parent}", field=MANIFEST, expected=f"the output of {parent}", found="none",
                fix=f"Run it first: kinetrace run {capture}",
            )  # fmt: skip
        found[parent] = digest_file(path).sha256
        _check_intact(path.parent, f"artifacts/{capture}/{parent}", capture)
    return found


def _recording(folder: Path, capture: str) -> list[str]:
    """List the files of a raw capture in order.

    Names are ASCII, so that no two of them can look alike; an empty folder could come and go without a trace.
    """
    names: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        empty = path.is_dir() and not path.is_symlink() and not any(path.iterdir())
        plain = path.is_dir() or path.is_file()
        if empty or path.is_symlink() or not plain or not (name.isascii() and name.isprintable()):
            raise CaptureError(
                where=f"captures/{capture}/{ascii(name)[1:-1]}", field="file",
                expected="a plain file with a plain name in ASCII",
                found="an empty folder" if empty else "a link, a device or a name with other characters",
                fix="Remove it." if empty else "Put the file itself there, under a name of plain letters.",
            )  # fmt: skip
        if path.is_file():
            names.append(name)
    return names


def _check_intact(folder: Path, place: str, capture: str) -> None:
    # A child of a changed file would look sound as soon as somebody put the file back.
    manifest = read_json(folder / MANIFEST, Manifest)
    if manifest.digest != own_digest(manifest):
        raise ArtifactError(
            where=f"{place}/{MANIFEST}", field="digest", expected=f"{manifest.digest[:12]}…",
            found=f"{own_digest(manifest)[:12]}…", fix=f"It was changed after it was written: kinetrace run {capture}",
        )  # fmt: skip
    for record in manifest.outputs:
        path = folder / record.path
        if path.is_symlink() or not path.is_file() or _record(folder, record.path) != record:
            raise ArtifactError(
                where=f"{place}/{record.path}", field="content", expected=f"sha256 {record.sha256[:12]}…",
                found="something else", fix=f"It was changed after it was written; make it again: kinetrace run {capture}",
            )  # fmt: skip


def describe_params(params: Params, plan: StagePlan) -> dict[str, object]:
    """Give the stage's whole section as plain JSON values."""
    section: dict[str, object] = json.loads(getattr(params, plan.section).model_dump_json())
    return section


def describe_environment(workspace: Workspace, device: str = "cpu") -> Environment:
    """Say what a re-run would have to match: Python, the lock file and the device.

    Raises:
        ArtifactError: There is no lock file.
    """
    path = workspace.root / LOCK_FILE
    if not path.is_file():
        raise ArtifactError(
            where=LOCK_FILE, field="file", expected="the lock file of this project", found="none",
            fix=f"Restore it: git checkout {LOCK_FILE}",
        )  # fmt: skip
    return Environment(python=platform.python_version(), lock=digest_file(path.resolve()).sha256, device=device)


def describe_code(plan: StagePlan, source: Path | SourceTree) -> str:
    """Digest the source that a stage's imports reach; a `SourceTree` is read once for many stages."""
    tree = source if isinstance(source, SourceTree) else SourceTree(source)
    return tree.digest(plan.code)


def records(folder: Path, names: tuple[str, ...]) -> tuple[FileRecord, ...]:
    """Digest the outputs that a stage declared, in name order.

    Raises:
        ArtifactError: The folder holds other files than declared.
    """
    present = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    if present != sorted(names):
        raise ArtifactError(
            where=folder.name, field="outputs", expected=", ".join(sorted(names)), found=", ".join(present) or "nothing",
            fix="The stage and stages/registry.py disagree on what it writes.",
        )  # fmt: skip
    return tuple(_record(folder, name) for name in present)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json` in canonical bytes with its own digest, after everything it speaks of."""
    (folder / MANIFEST).write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))


def own_digest(model: BaseModel, field: str = "digest") -> str:
    """Digest a document's canonical bytes with the field that holds this digest left empty."""
    return digest_bytes(canonical({**model.model_dump(mode="json", by_alias=True), field: ""})).sha256


def _record(folder: Path, name: str) -> FileRecord:
    digest = digest_file(folder / name)
    return FileRecord(path=name, bytes=digest.bytes, xxh3_128=digest.xxh3_128, sha256=digest.sha256)
