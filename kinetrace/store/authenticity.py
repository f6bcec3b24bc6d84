"""AUTHENTIC and FRESH: was this root sealed by a trusted key, and is the history the one that we know of?"""

from __future__ import annotations

import re
from pathlib import Path

from kinetrace.store.findings import finding, kind_of
from kinetrace.store.seals import SEALS, Sealed, read_seals, seals_folder
from kinetrace.store.signature import SIGNERS
from kinetrace.store.workspace import Workspace
from schemas.errors import UsageError
from schemas.manifest import Finding, LedgerEntry

Ledger = tuple[LedgerEntry, ...]
_LEDGER = "artifacts/ledger.jsonl"
_RESTORE = "Restore artifacts/ledger.jsonl from a copy; its history cannot be made again."


def check_seals(
    workspace: Workspace, capture: str, root: str | None, ledger: Ledger | None, required: bool, signers: Path
) -> tuple[Sealed | None, list[Finding]]:
    """Hold every seal of a capture against the trusted keys, the root on disk and the ledger.

    Args:
        workspace: The project.
        capture: Which capture.
        root: Merkle root on disk; None where a manifest could not be believed, which has its own finding.
        ledger: The ledger's lines; None where its chain is broken, which has its own finding.
        required: Whether a capture without a seal is a finding.
        signers: The list of trusted keys.

    Returns:
        The newest seal if it and all before it are genuine, whatever root it is over, and the findings.
    """
    found: list[Finding] = []
    place = f"artifacts/{capture}/{SEALS}"
    recorded = [e.seal for e in ledger or () if e.capture == capture and e.action == "seal"]
    if kind_of(seals_folder(workspace, capture)) == "none":
        if recorded:
            fix = "Restore the seals from a copy; they cannot be made again"
            found.append(finding("seal.missing", place, f"{len(recorded)} seals, by the ledger", "none", fix))
        elif required:
            found.append(finding("seal.absent", place, "a seal", "none", f"kinetrace seal {capture} --key PATH"))
        return None, found
    if kind_of(signers) != "a file":
        fix = "List the keys that you trust; docs/audit.md says how."
        found.append(finding("seal.signers.missing", signers.name, "a list of trusted keys", kind_of(signers), fix))
        return None, found
    sealed = read_seals(workspace, capture, signers, found)
    if not found and ledger is not None:
        found += _against_ledger(capture, sealed, recorded, ledger)
    newest = sealed[-1] if sealed and not any(f.promise == "AUTHENTIC" for f in found) else None
    if newest and root and newest.seal.root != root:
        expected, fix = (
            f"root {newest.seal.root[:12]}…",
            f"If this was meant, seal it: kinetrace seal {capture} --key PATH",
        )
        found.append(finding("seal.root.differs", newest.place, expected, f"{root[:12]}…", fix))
    return newest, found


def _against_ledger(
    capture: str, sealed: tuple[Sealed, ...], recorded: list[str | None], ledger: Ledger
) -> list[Finding]:
    for one in sealed:
        if one.seal.seq >= len(ledger) or ledger[one.seal.seq].hash != one.seal.head:
            expected = f"line {one.seal.seq + 1} with hash {one.seal.head[:12]}…, by seal {one.seal.number}"
            there = ledger[one.seal.seq].hash[:12] + "…" if one.seal.seq < len(ledger) else f"{len(ledger)} lines"
            return [finding("ledger.rolled.back", _LEDGER, expected, there, _RESTORE)]
    digests = [one.sha256 for one in sealed]
    found = [
        finding("seal.unrecorded", one.place, f"a line in {_LEDGER}", "none",
                f"If the sealing was interrupted, this completes it: kinetrace seal {capture} --key PATH. "
                "Otherwise restore the ledger from a copy.")
        for one in sealed if one.sha256 not in recorded
    ]  # fmt: skip
    if gone := [sha for sha in recorded if sha not in digests]:
        fix = "Restore the seals from a copy; they cannot be made again"
        expected = f"{len(recorded)} seals, by the ledger"
        found.append(finding("seal.missing", f"artifacts/{capture}/{SEALS}", expected, f"{len(gone)} missing", fix))
    return found


def check_head(capture: str, root: str | None, ledger: Ledger | None, known: str) -> list[Finding]:
    """Hold the ledger and the root on disk against a head that was kept outside (FRESH).

    A root that was audited as sound before that head and not since is an old state put back.

    Raises:
        UsageError: The head is not 64 hexadecimal digits.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", known):
        raise UsageError(
            where="audit", field="--known-head", expected="64 hexadecimal digits", found=repr(known)[:80],
            fix="Keep what this prints: kinetrace audit --head",
        )  # fmt: skip
    if ledger is None:
        return []
    at = next((e.seq for e in ledger if e.hash == known), None)
    if at is None:
        found = f"{len(ledger)} lines without it"
        return [finding("head.unknown", _LEDGER, f"a line with hash {known[:12]}…", found, _RESTORE)]
    seen = [e for e in ledger if e.capture == capture and e.ok]
    since = max((e.seq for e in seen if e.seq <= at), default=0)
    if root in {e.root for e in seen} and root not in {e.root for e in seen if e.seq >= since}:
        newest = seen[-1]
        return [
            finding("root.rolled.back", f"artifacts/{capture}", f"root {newest.root[:12]}…, of line {newest.seq + 1}",
                    f"{(root or '')[:12]}…, older than the known head",
                    f"Restore the newer artifacts; if going back was meant: kinetrace run {capture}")
        ]  # fmt: skip
    return []


def default_signers(workspace: Workspace) -> Path:
    """Give the project's own list of trusted keys."""
    return workspace.root / SIGNERS
