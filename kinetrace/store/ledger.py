"""The append-only, hash-chained ledger: who looked at which root, when, and what they found."""

from __future__ import annotations

import fcntl
import getpass
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from kinetrace.store.documents import encode, parse, read_limited
from kinetrace.store.findings import kind_of
from kinetrace.store.manifest import own_digest
from kinetrace.store.publish import disk_errors
from kinetrace.store.workspace import Workspace
from schemas.errors import ArtifactError
from schemas.manifest import AuditReport, LedgerEntry

GENESIS = "0" * 64
MAX_LEDGER_BYTES = 256 << 20


def read_ledger(path: Path) -> tuple[LedgerEntry, ...]:
    """Read the ledger and check its chain.

    Raises:
        ArtifactError: A line is malformed, not canonical, changed, out of order or not linked to the one before; the
            line is named.
    """
    if (kind := kind_of(path)) == "none":
        return ()
    if kind != "a file":
        raise _broken(path, 0, "a plain file", kind)
    try:
        data = read_limited(path, MAX_LEDGER_BYTES)
    except ArtifactError as error:
        raise _broken(path, 0, error.expected, error.found) from error
    if data and not data.endswith(b"\n"):
        raise _broken(path, data.count(b"\n") + 1, "a complete last line", "a torn line")
    entries: list[LedgerEntry] = []
    previous = GENESIS
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        try:
            entry = parse(line, LedgerEntry, where=str(path))
        except ArtifactError as error:
            raise _broken(path, number, f"{error.field}: {error.expected}", error.found) from error
        if encode(entry) != line:
            raise _broken(path, number, "canonical bytes", "the same content, written otherwise")
        if entry.hash != own_digest(entry, "hash"):
            raise _broken(path, number, f"hash {own_digest(entry, 'hash')[:12]}…", f"{entry.hash[:12]}…")
        if entry.prev != previous or entry.seq != number - 1:
            raise _broken(
                path, number, f"seq {number - 1} after {previous[:12]}…", f"seq {entry.seq} after {entry.prev[:12]}…"
            )
        previous = entry.hash
        entries.append(entry)
    return tuple(entries)


def append(
    path: Path,
    *,
    time: str,
    actor: str,
    action: str,
    capture: str,
    root: str,
    ok: bool,
    git: str | None,
    seal: str | None = None,
) -> LedgerEntry:
    """Add one line, under a lock, after checking the chain so far.

    Args:
        path: The ledger.
        time: UTC, ISO 8601; the ledger is the one place where a clock is right.
        actor: Who asked.
        action: ``audit`` or ``seal``.
        capture: Which capture.
        root: Its Merkle root.
        ok: Whether everything held.
        git: Commit of the project, if known.
        seal: SHA-256 of the `seal.json.sig` that was made, for ``seal``.

    Raises:
        ArtifactError: The chain is broken; nothing is appended then.
        StorageError: The disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind_of(path) not in {"none", "a file"}:
            raise _broken(path, 0, "a plain file", kind_of(path))
        with path.open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            entries = read_ledger(path)
            fields = {
                "seq": len(entries), "prev": entries[-1].hash if entries else GENESIS, "time": time, "actor": actor,
                "action": action, "capture": capture, "root": root, "ok": ok, "git": git, "seal": seal,
            }  # fmt: skip
            entry = LedgerEntry.model_validate({**fields, "hash": GENESIS})
            entry = entry.model_copy(update={"hash": own_digest(entry, "hash")})
            stream.write(encode(entry))
            stream.flush()
            os.fsync(stream.fileno())
    return entry


def _broken(path: Path, line: int, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=f"{path}:{line}", field="chain", expected=expected, found=found,
        fix="Restore the ledger from a copy; its history cannot be made again.",
    )  # fmt: skip


def remember(workspace: Workspace, report: AuditReport) -> LedgerEntry | None:
    """Add an audit to the ledger, unless the ledger itself is broken or there is no root to remember.

    Raises:
        StorageError: The disk refuses.
    """
    summary = report.summary
    if summary.root is None or summary.promises["LEDGER"] == "broken":
        return None
    return record(workspace, "audit", summary.capture, summary.root, report.ok)


def record(
    workspace: Workspace, action: str, capture: str, root: str, ok: bool, seal: str | None = None
) -> LedgerEntry:
    """Add one line to the ledger, now, in the name of whoever runs this.

    Raises:
        ArtifactError: The chain is broken.
        StorageError: The disk refuses.
    """
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return append(
        workspace.ledger, time=time, actor=_actor(), action=action, capture=capture, root=root, ok=ok,
        git=git_commit(workspace.root), seal=seal,
    )  # fmt: skip


def git_commit(root: Path) -> str | None:
    """Give the project's commit, with ``+`` when files differ from it; None outside git."""
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
        dirty = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return f"uid {os.getuid()}"
