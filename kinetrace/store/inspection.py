"""One stage under the audit: is every file what the manifest says, is nothing missing or extra, linked and current?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kinetrace.store.digest import Digest, SourceTree, digest_bytes, digest_file, digest_file_fast
from kinetrace.store.documents import encode, parse, read_limited
from kinetrace.store.findings import finding, kind_of, open_to_all, remove
from kinetrace.store.manifest import describe_code, describe_environment, describe_params, own_digest
from kinetrace.store.plan import StagePlan
from kinetrace.store.workspace import MANIFEST, Workspace
from schemas.errors import ArtifactError, CaptureError
from schemas.manifest import FileRecord, Finding, Manifest
from schemas.params import Params

MAX_MANIFEST_BYTES = 16 << 20


@dataclass(frozen=True)
class Inspected:
    """A stage's folder and its manifest, where that could be believed.

    Attributes:
        plan: The stage.
        folder: Where its files lie.
        place: The same, relative to the project, for findings.
        manifest: Its manifest; None where it is missing or not what it should be.
        sha256: Digest of the manifest's bytes.
    """

    plan: StagePlan
    folder: Path
    place: str
    manifest: Manifest | None
    sha256: str | None


def open_stage(workspace: Workspace, capture: str, plan: StagePlan, findings: list[Finding]) -> Inspected:
    """Read a stage's manifest strictly; what is wrong with it is added to the findings."""
    folder = workspace.stage(capture, plan.name)
    place = f"artifacts/{capture}/{plan.name}"
    if (kind := kind_of(folder)) != "a folder":
        findings.append(finding("stage.missing", place, "the stage's output", kind, f"kinetrace run {capture}"))
        return Inspected(plan, folder, place, None, None)
    try:
        data = read_limited(folder / MANIFEST, MAX_MANIFEST_BYTES)
        manifest = parse(data, Manifest, where=f"{place}/{MANIFEST}")
    except ArtifactError as error:
        code = "manifest.missing" if kind_of(folder / MANIFEST) == "none" else "manifest.malformed"
        fix = f"kinetrace run {capture}"
        findings.append(finding(code, f"{place}/{MANIFEST}", error.expected, error.found, fix))
        return Inspected(plan, folder, place, None, None)
    wrong = _manifest(manifest, data, capture, plan, f"{place}/{MANIFEST}")
    findings += wrong
    return Inspected(plan, folder, place, *((None, None) if wrong else (manifest, digest_bytes(data).sha256)))


def _manifest(manifest: Manifest, data: bytes, capture: str, plan: StagePlan, where: str) -> list[Finding]:
    fix = f"kinetrace run {capture}"
    if (own := own_digest(manifest)) != manifest.digest:
        expected = f"digest {manifest.digest[:12]}…"
        return [finding("manifest.content.changed", where, expected, f"{own[:12]}…", fix)]
    if encode(manifest) != data:
        return [finding("manifest.not.canonical", where, "canonical bytes", "the same content, written otherwise", fix)]
    if (manifest.stage, manifest.capture) != (plan.name, capture):
        found = f"{manifest.capture}/{manifest.stage}"
        return [finding("manifest.of.another", where, f"{capture}/{plan.name}", found, fix)]
    return []


def files(stage: Inspected, manifest: Manifest, fast: bool) -> list[Finding]:
    """Hold every output against its record, and find what has no record (INTACT and COMPLETE)."""
    fix = f"kinetrace run {manifest.capture}"
    declared = {r.path: r for r in manifest.outputs}
    found = open_to_all(stage.folder, stage.place) + open_to_all(stage.folder / MANIFEST, f"{stage.place}/{MANIFEST}")
    for name in sorted(set(stage.plan.outputs) - set(declared)):
        found.append(finding("output.undeclared", f"{stage.place}/{name}", "a record", "none", fix))
    for name, record in declared.items():
        found += _file(stage.folder / name, f"{stage.place}/{name}", record, fix, fast)
    known = {stage.folder / MANIFEST, *(stage.folder / name for name in (*declared, *stage.plan.outputs))}
    folders = _folders(stage.folder, (*declared, *stage.plan.outputs))
    for folder in sorted(folders - {stage.folder}):
        if kind_of(folder) == "a folder":
            found += open_to_all(folder, f"{stage.place}/{folder.relative_to(stage.folder).as_posix()}")
    for path in _extra(stage.folder, known | folders):
        place = f"{stage.place}/{path.relative_to(stage.folder).as_posix()}"
        found.append(finding("output.extra", place, "nothing", kind_of(path), remove(place)))
    return found


def _folders(top: Path, names: Iterable[str]) -> set[Path]:
    """List the folders between `top`, which is one of them, and its files of these names."""
    return {top, *(top / parent for name in names if "/" in name for parent in PurePosixPath(name).parents)}


def _extra(folder: Path, known: set[Path]) -> list[Path]:
    """List what stands below `folder` and is not known; an unknown folder is one thing, whatever it holds."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path not in known:
            found.append(path)
        elif path.is_dir() and not path.is_symlink():
            found += _extra(path, known)
    return found


def _file(path: Path, place: str, record: FileRecord, fix: str, fast: bool) -> list[Finding]:
    if (kind := kind_of(path)) == "none":
        return [finding("output.missing", place, f"{record.bytes} bytes", kind, fix)]
    if kind != "a file":
        return [finding("output.kind.changed", place, "a file", kind, fix)]
    digest = digest_file_fast(path) if fast else digest_file(path)
    if digest.bytes != record.bytes:
        return [finding("output.size.changed", place, f"{record.bytes} bytes", f"{digest.bytes} bytes", fix)]
    pairs = [("xxh3", record.xxh3_128, digest.xxh3_128)]
    if isinstance(digest, Digest):
        pairs.insert(0, ("sha256", record.sha256, digest.sha256))
    for name, was, now in pairs:
        if was != now:
            return [finding("output.content.changed", place, f"{name} {was[:12]}…", f"{now[:12]}…", fix)]
    return open_to_all(path, place)


def links(workspace: Workspace, stage: Inspected, manifest: Manifest, sha_of: dict[str, str | None]) -> list[Finding]:
    """Hold a stage's inputs against its parents' manifests, or against the raw capture (LINKED)."""
    if not stage.plan.parents:
        return _raw(workspace, manifest)
    fix = f"kinetrace run {manifest.capture}"
    found: list[Finding] = []
    if set(manifest.inputs) != set(stage.plan.parents):
        names = ", ".join(sorted(manifest.inputs)) or "none"
        found.append(finding("link.parents.differ", stage.place, ", ".join(stage.plan.parents), names, fix))
    for parent, recorded in manifest.inputs.items():
        now = sha_of.get(parent)
        # A parent that could not be opened has its own finding; naming it once is enough.
        if now is None or now == recorded:
            continue
        expected = f"{parent} {recorded[:12]}…"
        found.append(finding("link.parent.changed", f"{stage.place}/{MANIFEST}", expected, f"{now[:12]}…", fix))
    return found


def _raw(workspace: Workspace, manifest: Manifest) -> list[Finding]:
    place = f"captures/{manifest.capture}"
    fix = f"Restore the recording, or accept the new one with: kinetrace run {manifest.capture}"
    try:
        folder = workspace.capture(manifest.capture)
    except CaptureError as error:
        return [finding("capture.missing", place, error.expected, error.found, fix)]
    found: list[Finding] = open_to_all(folder, place)
    for name, recorded in manifest.inputs.items():
        where, kind = f"{place}/{name}", kind_of(folder / name)
        if kind == "none":
            found.append(finding("capture.file.missing", where, f"sha256 {recorded[:12]}…", kind, fix))
        elif kind != "a file":
            found.append(finding("capture.file.changed", where, f"sha256 {recorded[:12]}…", kind, fix))
        elif (now := digest_file(folder / name).sha256) != recorded:
            found.append(finding("capture.file.changed", where, f"sha256 {recorded[:12]}…", f"{now[:12]}…", fix))
        else:
            found += open_to_all(folder / name, where)
    known = {folder / name for name in manifest.inputs}
    folders = _folders(folder, manifest.inputs)
    for path in _extra(folder, known | folders):
        where = f"{place}/{path.relative_to(folder).as_posix()}"
        found.append(finding("capture.file.extra", where, "nothing", kind_of(path), remove(where)))
    return found


def current(
    workspace: Workspace, stage: Inspected, manifest: Manifest, params: Params, source: SourceTree
) -> list[Finding]:
    """Hold a stage against today's parameters, code and environment (CURRENT); stale is not tampered."""
    fix = f"kinetrace run {manifest.capture}"
    found: list[Finding] = []
    if manifest.params != describe_params(params, stage.plan):
        expected = f"made with today's params.yaml:{stage.plan.section}"
        found.append(finding("stale.params", stage.place, expected, "other values", fix))
    code = describe_code(stage.plan, source)
    if manifest.code != code:
        found.append(finding("stale.code", stage.place, f"code {code[:12]}…", f"{manifest.code[:12]}…", fix))
    environment = describe_environment(workspace, manifest.environment.device)
    if manifest.environment != environment:
        was = f"python {manifest.environment.python}, lock {manifest.environment.lock[:12]}…"
        now = f"python {environment.python}, lock {environment.lock[:12]}…"
        found.append(finding("stale.environment", stage.place, now, was, fix))
    return found
