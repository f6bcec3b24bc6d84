"""The doctor: finds what a kill, a full disk or a wrong permission left behind, mends it and says what it did.

Nothing is deleted that is not debris; what might be somebody's data is moved to `runs/_doctor/`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from kinetrace.store.documents import read_json
from kinetrace.store.dvc_state import aside, cache, lock_file, rwlock, shelf, workers
from kinetrace.store.findings import printable
from kinetrace.store.ledger import read_ledger
from kinetrace.store.lock import busy, run_lock
from kinetrace.store.params_file import read_params
from kinetrace.store.publish import disk_errors, is_draft, sweep, write_atomic
from kinetrace.store.workspace import CAPTURE_ID, LOCK_FILE, MANIFEST, Workspace
from schemas.doctor import Ailment, DoctorReport
from schemas.errors import ArtifactError, ParamsError
from schemas.manifest import Manifest


def examine(workspace: Workspace) -> DoctorReport:
    """Look through a project and mend what can be mended.

    Args:
        workspace: The project.

    Returns:
        What was found, what was done, and what needs a person.

    Raises:
        StorageError: A run is at work in the project, or the disk refuses.
    """
    with disk_errors(workspace.root):
        # First, because the lock itself lies in a folder that may be locked up.
        found = permissions(workspace)
        with run_lock(workspace):
            if at_work := workers(workspace):
                raise busy(workspace.root / ".dvc" / "tmp" / "rwlock", at_work)
            for look in EXAMINATIONS:
                found += look(workspace)
    counts = {state: sum(a.state == state for a in found) for state in ("mended", "noted", "needs a person")}
    summary = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "all is well"
    return DoctorReport(ok=not counts["needs a person"], findings=tuple(found), summary=summary)


def permissions(workspace: Workspace) -> list[Ailment]:
    """Open what the project must be able to write, and close what everybody could."""
    found: list[Ailment] = []
    for path in _ours(workspace):
        mode = stat.S_IMODE(path.lstat().st_mode)
        wanted = (mode | _needed(workspace, path)) & ~0o002
        if wanted == mode:
            continue
        place = path.relative_to(workspace.root).as_posix()
        try:
            path.chmod(wanted)
            state, done, fix = "mended", f"mode set to {wanted:03o}", ""
        except PermissionError:
            state, done, fix = "needs a person", "", f"sudo chown -R {os.getuid()}:{os.getgid()} {place}"
        found.append(
            Ailment.model_validate(
                {
                    "code": "permission.wrong", "where": printable(place), "expected": f"mode {wanted:03o}",
                    "found": f"{mode:03o}", "state": state, "done": done, "fix": fix,
                }
            )
        )  # fmt: skip
    return found


def drafts(workspace: Workspace) -> list[Ailment]:
    """Remove the drafts of processes that have ended, half files beside `params.yaml` among them."""
    artifacts = workspace.root / "artifacts"
    folders = (workspace.root, workspace.captures, artifacts, *_folders(artifacts), *_folders(workspace.root / "runs"))
    return [
        Ailment(
            code="draft.dead", where=printable(path.relative_to(workspace.root).as_posix()), expected="nothing",
            found="what a killed run had begun to write", state="mended", done="removed",
        )
        for folder in folders
        for path in sweep(folder)
    ]  # fmt: skip


def halves(workspace: Workspace) -> list[Ailment]:
    """Move aside stage outputs of which only a part is there: DVC checks a folder out file by file."""
    found: list[Ailment] = []
    for capture in _folders(workspace.root / "artifacts"):
        if not CAPTURE_ID.fullmatch(capture.name):
            continue
        for folder in _folders(capture):
            lack = None if is_draft(folder) else _lack(folder)
            if lack is not None:
                place = printable(folder.relative_to(workspace.root).as_posix())
                done = f"moved aside to {aside(workspace, folder)}"
                found.append(
                    Ailment(
                        code="artifact.half", where=place, expected="all files of the stage's manifest", found=lack,
                        state="mended", done=done, fix=f"It comes back with: kinetrace run {capture.name}",
                    )
                )  # fmt: skip
    return found


def torn_ledger(workspace: Workspace) -> list[Ailment]:
    """Cut a last line that was never finished from the ledger, when everything before it holds."""
    path = workspace.ledger
    data = path.read_bytes() if path.is_file() else b""
    whole, end, torn = data.rpartition(b"\n")
    if not torn:
        return []
    copy = shelf(workspace, path)
    write_atomic(copy, data)
    write_atomic(path, whole + end)
    done = f"the whole file copied to {copy.relative_to(workspace.root)}, the torn line cut"
    try:
        read_ledger(path)
    except ArtifactError as error:
        return [_person("ledger.broken", "artifacts/ledger.jsonl", error.expected, error.found, error.fix)]
    return [
        Ailment(
            code="ledger.torn", where="artifacts/ledger.jsonl", expected="a complete last line",
            found=f"{len(torn)} bytes of one", state="mended", done=done,
        )
    ]  # fmt: skip


def settings(workspace: Workspace) -> list[Ailment]:
    """Name the files that only a person can put right: they hold what somebody decided."""
    found: list[Ailment] = []
    try:
        read_params(workspace.params)
    except ParamsError as error:
        where = "params.yaml" if error.field in {"file", "document"} else f"params.yaml:{error.field}"
        found.append(_person("params.wrong", where, error.expected, error.found, error.fix))
    for name in ("dvc.yaml", LOCK_FILE, ".dvc/config"):
        path = workspace.root / name
        if not path.is_file() or not path.stat().st_size or (name == "dvc.yaml" and not _is_yaml(path)):
            what = "a torn file" if path.is_file() else "none"
            found.append(_person("project.file", name, "the project's own file", what, f"git checkout {name}"))
    return found


EXAMINATIONS: tuple[Callable[[Workspace], list[Ailment]], ...] = (
    settings, drafts, rwlock, lock_file, cache, halves, torn_ledger,
)  # fmt: skip
"""In this order: a lock file is mended before the cache is held against it."""


def _ours(workspace: Workspace) -> Iterator[Path]:
    root = workspace.root
    if workspace.params.is_file():
        yield workspace.params
    for name in ("runs", "artifacts", "captures", ".dvc/tmp"):
        if (root / name).is_dir():
            yield root / name
            # Walked from the top: a folder is opened before what lies below it is looked for.
            for folder, folders, files in os.walk(root / name):
                yield from (
                    Path(folder) / n for n in sorted(folders) + sorted(files) if not (Path(folder) / n).is_symlink()
                )
    yield from (p for p in (root / ".dvc", root / ".dvc" / "cache") if p.is_dir())


def _needed(workspace: Workspace, path: Path) -> int:
    if not path.is_dir():
        return 0o600 if path == workspace.params else 0o400
    # Raw recordings are only read; somebody may have locked them on purpose.
    return 0o500 if workspace.captures in (path, *path.parents) else 0o700


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.is_dir() and not p.is_symlink())


def _lack(folder: Path) -> str | None:
    if not (folder / MANIFEST).is_file():
        return f"no {MANIFEST}"
    try:
        manifest = read_json(folder / MANIFEST, Manifest)
    except ArtifactError as error:
        return f"{MANIFEST}: {error.found}"
    gone = [record.path for record in manifest.outputs if not (folder / record.path).is_file()]
    return f"not {', '.join(gone)}" if gone else None


def _is_yaml(path: Path) -> bool:
    try:
        return isinstance(yaml.safe_load(path.read_bytes()), dict)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False


def _person(code: str, where: str, expected: str, found: str, fix: str) -> Ailment:
    return Ailment(code=code, where=where, expected=expected, found=found, state="needs a person", fix=fix)
