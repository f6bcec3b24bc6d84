"""The audit: is every file what its manifest says, is nothing missing or extra, is all of it linked and current?"""

from __future__ import annotations

import getpass
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kinetrace.store.digest import SourceTree, digest_file
from kinetrace.store.documents import encode, parse, read_limited
from kinetrace.store.findings import finding, remove
from kinetrace.store.ledger import append, read_ledger
from kinetrace.store.manifest import describe_code, describe_environment, describe_params, own_digest
from kinetrace.store.merkle import leaf, root
from kinetrace.store.plan import Plans, StagePlan
from kinetrace.store.publish import is_draft
from kinetrace.store.workspace import MANIFEST, Workspace
from schemas.errors import ArtifactError, CaptureError, UncheckableError
from schemas.manifest import AuditReport, AuditSummary, FileRecord, Finding, Manifest, StageVerdict
from schemas.params import Params

MAX_MANIFEST_BYTES = 16 << 20
PROMISES = ("INTACT", "COMPLETE", "LINKED", "CURRENT", "LEDGER")


@dataclass(frozen=True)
class _Stage:
    plan: StagePlan
    folder: Path
    place: str
    manifest: Manifest | None
    sha256: str | None


def audit(
    workspace: Workspace, capture: str, plans: Plans, params: Params, source: Path, *, ledger: bool = True
) -> AuditReport:
    """Check every file of every stage of one capture.

    Args:
        workspace: The project.
        capture: Which capture.
        plans: The stages to check, in order.
        params: Today's parameters, for CURRENT.
        source: The folder that holds the project's packages, for CURRENT.
        ledger: Also check the ledger's chain (the stage does not: its output must not depend on who looked before).

    Returns:
        Findings (one root cause each), a verdict a stage, the Merkle root over the stages that lead to the audit.

    Raises:
        UncheckableError: There is nothing to check, or something cannot be read.
    """
    try:
        return _audit(workspace, capture, plans, params, source, ledger)
    except OSError as error:
        raise UncheckableError(
            where=str(error.filename or capture), field="file", expected="a file that can be read",
            found=error.strerror or str(error), fix="Check the disk and the permissions, then audit again.",
        ) from error  # fmt: skip


def _audit(workspace: Workspace, capture: str, plans: Plans, params: Params, source: Path, ledger: bool) -> AuditReport:
    folder = workspace.artifacts(capture)
    if not folder.is_dir():
        raise UncheckableError(
            where=f"artifacts/{capture}", field="folder", expected="the outputs of a run", found="none",
            fix=f"Run it first: kinetrace run {capture}",
        )  # fmt: skip
    tree = SourceTree(source)
    findings: list[Finding] = []
    stages = [_open(workspace, capture, plan, findings) for plan in plans]
    sha_of = {s.plan.name: s.sha256 for s in stages}
    for stage in stages:
        if stage.manifest is not None:
            findings += _files(stage, stage.manifest)
            findings += _links(workspace, stage, stage.manifest, sha_of)
            findings += _current(workspace, stage, stage.manifest, params, tree)
    findings += _strangers(folder, f"artifacts/{capture}", {p.name for p in plans})
    if ledger:
        findings += _ledger(workspace)
    return _report(capture, stages, tuple(findings), ledger)


def remember(workspace: Workspace, report: AuditReport) -> None:
    """Add an audit to the ledger, unless the ledger itself is broken or there is no root to remember.

    Raises:
        StorageError: The disk refuses.
    """
    summary = report.summary
    if summary.root is None or summary.promises["LEDGER"] == "broken":
        return
    append(
        workspace.ledger,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=_actor(),
        action="audit",
        capture=summary.capture,
        root=summary.root,
        ok=report.ok,
        git=git_commit(workspace.root),
    )


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return f"uid {os.getuid()}"


def git_commit(root: Path) -> str | None:
    """Give the project's commit, with ``+`` when files differ from it; None outside git."""
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
        dirty = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def _open(workspace: Workspace, capture: str, plan: StagePlan, findings: list[Finding]) -> _Stage:
    folder = workspace.stage(capture, plan.name)
    place = f"artifacts/{capture}/{plan.name}"
    fix = f"kinetrace run {capture}"
    path = folder / MANIFEST
    if folder.is_symlink() or not folder.is_dir():
        findings.append(finding("stage.missing", place, "COMPLETE", "the stage's output", "none", fix))
        return _Stage(plan, folder, place, None, None)
    try:
        data = read_limited(path, MAX_MANIFEST_BYTES)
        manifest = parse(data, Manifest, where=f"{place}/{MANIFEST}")
    except ArtifactError as error:
        code, promise = ("manifest.malformed", "INTACT") if path.is_file() else ("manifest.missing", "COMPLETE")
        findings.append(finding(code, f"{place}/{MANIFEST}", promise, error.expected, error.found, fix))
        return _Stage(plan, folder, place, None, None)
    if encode(manifest) != data or own_digest(manifest) != manifest.digest:
        findings.append(
            finding("manifest.content.changed", f"{place}/{MANIFEST}", "INTACT", f"digest {manifest.digest[:12]}…",
                     f"{own_digest(manifest)[:12]}…", fix)
        )  # fmt: skip
        return _Stage(plan, folder, place, None, None)
    if (manifest.stage, manifest.capture) != (plan.name, capture):
        found = f"{manifest.capture}/{manifest.stage}"
        findings.append(
            finding("manifest.of.another", f"{place}/{MANIFEST}", "LINKED", f"{capture}/{plan.name}", found, fix)
        )
        return _Stage(plan, folder, place, None, None)
    return _Stage(plan, folder, place, manifest, digest_file(path).sha256)


def _files(stage: _Stage, manifest: Manifest) -> list[Finding]:
    found: list[Finding] = []
    declared = {r.path: r for r in manifest.outputs}
    fix = f"kinetrace run {manifest.capture}"
    for name in sorted(set(stage.plan.outputs) - set(declared)):
        found.append(finding("output.undeclared", f"{stage.place}/{name}", "COMPLETE", "a record", "none", fix))
    for name, record in declared.items():
        found += _file(stage.folder / name, f"{stage.place}/{name}", record, fix)
    known = {stage.folder / MANIFEST, *(stage.folder / name for name in declared)}
    for path in _extra(stage.folder, known | {parent for file in known for parent in file.parents}):
        place = f"{stage.place}/{path.relative_to(stage.folder).as_posix()}"
        what = "a folder" if path.is_dir() else f"{path.lstat().st_size} bytes"
        found.append(finding("output.extra", place, "COMPLETE", "nothing", what, remove(place)))
    return found


def _extra(folder: Path, known: set[Path]) -> list[Path]:
    """List what stands below `folder` and is not known; an unknown folder is one thing, whatever it holds."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path not in known:
            found.append(path)
        elif path.is_dir() and not path.is_symlink():
            found += _extra(path, known)
    return found


def _file(path: Path, place: str, record: FileRecord, fix: str) -> list[Finding]:
    if path.is_symlink() or not path.is_file():
        what = "a link" if path.is_symlink() else "none"
        return [finding("output.missing", place, "COMPLETE", f"{record.bytes} bytes", what, fix)]
    digest = digest_file(path)
    if digest.bytes != record.bytes:
        return [finding("output.size.changed", place, "INTACT", f"{record.bytes} bytes", f"{digest.bytes} bytes", fix)]
    if (digest.sha256, digest.xxh3_128) != (record.sha256, record.xxh3_128):
        return [
            finding(
                "output.content.changed",
                place,
                "INTACT",
                f"sha256 {record.sha256[:12]}…",
                f"{digest.sha256[:12]}…",
                fix,
            )
        ]
    return []


def _links(workspace: Workspace, stage: _Stage, manifest: Manifest, sha_of: dict[str, str | None]) -> list[Finding]:
    fix = f"kinetrace run {manifest.capture}"
    if not stage.plan.parents:
        return _raw(workspace, stage, manifest)
    found: list[Finding] = []
    if set(manifest.inputs) != set(stage.plan.parents):
        names = ", ".join(sorted(manifest.inputs))
        found.append(finding("link.parents.differ", stage.place, "LINKED", ", ".join(stage.plan.parents), names, fix))
    for parent, recorded in manifest.inputs.items():
        now = sha_of.get(parent)
        # A parent that could not be opened has its own finding; naming it once is enough.
        if now is None or now == recorded:
            continue
        found.append(
            finding(
                "link.parent.changed",
                f"{stage.place}/{MANIFEST}",
                "LINKED",
                f"{parent} {recorded[:12]}…",
                f"{now[:12]}…",
                fix,
            )
        )
    return found


def _raw(workspace: Workspace, stage: _Stage, manifest: Manifest) -> list[Finding]:
    place = f"captures/{manifest.capture}"
    fix = "Restore the recording, or accept the new one with: kinetrace run " + manifest.capture
    try:
        folder = workspace.capture(manifest.capture)
    except CaptureError as error:
        return [finding("capture.missing", place, "LINKED", error.expected, error.found, fix)]
    present = {
        p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_symlink() or not p.is_dir()
    }
    found: list[Finding] = []
    for name, recorded in manifest.inputs.items():
        if name not in present:
            found.append(finding("capture.file.missing", f"{place}/{name}", "LINKED", recorded[:12] + "…", "none", fix))
        elif present[name].is_symlink() or not present[name].is_file():
            found.append(
                finding("capture.file.changed", f"{place}/{name}", "LINKED", recorded[:12] + "…", "a link", fix)
            )
        elif (now := digest_file(present[name]).sha256) != recorded:
            found.append(
                finding("capture.file.changed", f"{place}/{name}", "LINKED", recorded[:12] + "…", now[:12] + "…", fix)
            )
    for name in sorted(set(present) - set(manifest.inputs)):
        found.append(finding("capture.file.extra", f"{place}/{name}", "LINKED", "nothing", "a file", fix))
    return found


def _current(
    workspace: Workspace, stage: _Stage, manifest: Manifest, params: Params, source: SourceTree
) -> list[Finding]:
    fix = f"kinetrace run {manifest.capture}"
    found: list[Finding] = []
    if manifest.params != describe_params(params, stage.plan):
        where = f"params.yaml:{stage.plan.section}"
        found.append(finding("stale.params", stage.place, "CURRENT", f"made with today's {where}", "other values", fix))
    code = describe_code(stage.plan, source)
    if manifest.code != code:
        found.append(finding("stale.code", stage.place, "CURRENT", f"code {code[:12]}…", f"{manifest.code[:12]}…", fix))
    environment = describe_environment(workspace, manifest.environment.device)
    if manifest.environment != environment:
        was = f"python {manifest.environment.python}, lock {manifest.environment.lock[:12]}…"
        now = f"python {environment.python}, lock {environment.lock[:12]}…"
        found.append(finding("stale.environment", stage.place, "CURRENT", now, was, fix))
    return found


def _strangers(folder: Path, place: str, known: set[str]) -> list[Finding]:
    return [
        finding(
            "stage.extra",
            f"{place}/{p.name}",
            "COMPLETE",
            "only the known stages",
            "something else",
            remove(f"{place}/{p.name}"),
        )
        for p in sorted(folder.iterdir())
        if p.name not in known and p.name != "s10_audit" and not is_draft(p)
    ]


def _ledger(workspace: Workspace) -> list[Finding]:
    try:
        read_ledger(workspace.ledger)
    except ArtifactError as error:
        where = error.where.replace(str(workspace.ledger), "artifacts/ledger.jsonl")
        return [finding("ledger.chain.broken", where, "LEDGER", error.expected, error.found, error.fix)]
    return []


def _report(capture: str, stages: list[_Stage], findings: tuple[Finding, ...], ledger: bool) -> AuditReport:
    tampered = any(f.promise != "CURRENT" for f in findings)
    hit = {f.promise for f in findings}
    states = {p: "holds" if p not in hit else "stale" if p == "CURRENT" else "broken" for p in PROMISES}
    states |= {"AUTHENTIC": "not asked", "FRESH": "not asked", "REPRODUCIBLE": "not asked"}
    if not ledger:
        states["LEDGER"] = "not asked"
    chain = [s for s in stages if s.plan.name != "s10_audit"]
    whole = chain and all(s.sha256 for s in chain)
    summary = AuditSummary.model_validate(
        {
            "capture": capture,
            "root": root([leaf(s.plan.name, s.sha256 or "") for s in chain]) if whole else None,
            "stages": tuple(_verdict(s, findings) for s in stages),
            "promises": states,
            "files": sum(len(s.manifest.outputs) + 1 for s in stages if s.manifest),
            "bytes": sum(r.bytes for s in stages if s.manifest for r in s.manifest.outputs),
            "exit_code": 1 if tampered else 3 if findings else 0,
        }
    )
    return AuditReport(ok=not findings, findings=findings, summary=summary)


def _verdict(stage: _Stage, findings: tuple[Finding, ...]) -> StageVerdict:
    prefix = stage.place + "/"
    mine = {f.promise for f in findings if (f.where + "/").startswith(prefix)}
    if not stage.plan.parents and any(f.where.startswith("captures/") for f in findings):
        mine.add("LINKED")
    outputs = stage.manifest.outputs if stage.manifest else ()
    return StageVerdict(
        stage=stage.plan.name,
        intact="INTACT" not in mine and stage.manifest is not None,
        complete="COMPLETE" not in mine,
        linked="LINKED" not in mine and stage.manifest is not None,
        current="CURRENT" not in mine and stage.manifest is not None,
        files=len(outputs) + (stage.manifest is not None),
        bytes=sum(r.bytes for r in outputs),
    )
