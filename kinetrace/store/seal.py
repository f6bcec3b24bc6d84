"""Sealing: sign a capture's Merkle root with somebody's own key, number the seal, and note it in the ledger."""

from __future__ import annotations

import contextlib
import shlex
import tempfile
from pathlib import Path

from kinetrace.store.audit import audit
from kinetrace.store.authenticity import default_signers
from kinetrace.store.documents import encode
from kinetrace.store.findings import kind_of
from kinetrace.store.ledger import record, remember
from kinetrace.store.lock import stage_lock
from kinetrace.store.plan import Plans
from kinetrace.store.publish import disk_errors, publish, sweep
from kinetrace.store.seals import SEAL, SIGNATURE, Sealed, check_seal, read_seals, seal_name, seals_folder
from kinetrace.store.signature import NAMESPACE, sign
from kinetrace.store.workspace import Workspace
from schemas.errors import ArtifactError, UncheckableError
from schemas.manifest import AuditReport, Finding, LedgerEntry, Seal
from schemas.params import Params

# What a new seal answers: artifacts that are older than today's code, that were made anew since the last seal, or whose
# last signer is not trusted any more.
_ANSWERED = {"seal.root.differs", "seal.signer.unknown", "stale.params", "stale.code", "stale.environment"}


def seal(
    workspace: Workspace, capture: str, plans: Plans, params: Params, source: Path, key: Path
) -> tuple[Sealed, LedgerEntry]:
    """Seal a capture that holds; earlier seals stay as they are.

    A sealing that was interrupted before its line stood in the ledger is completed instead.

    Args:
        workspace: The project.
        capture: Which capture.
        plans: Its stages.
        params: Today's parameters.
        source: The folder that holds the project's packages.
        key: Private key file, or the .pub file of a key in an agent or on a token.

    Returns:
        The seal, and its line in the ledger; the hash of that line is the head to keep outside.

    Raises:
        ArtifactError: The capture does not hold, or the key cannot sign.
        UncheckableError: There is no list of trusted keys, or the key is not in it.
        StorageError: The disk refuses.
    """
    signers = default_signers(workspace)
    if kind_of(signers) != "a file":
        raise _untrusted(signers, key, "none")
    with stage_lock(workspace, capture), disk_errors(workspace.artifacts(capture)):
        _sweep(seals_folder(workspace, capture))
        report = audit(workspace, capture, plans, params, source)
        codes = {f.code for f in report.findings}
        if "seal.unrecorded" in codes and codes <= _ANSWERED | {"seal.unrecorded"}:
            return _complete(workspace, capture, report, signers)
        for finding in report.findings:
            if finding.code not in _ANSWERED:
                raise _unsound(finding)
        before = remember(workspace, report)
        if before is None or report.summary.root is None:
            raise UncheckableError(
                where=f"artifacts/{capture}", field="root", expected="a Merkle root to sign", found="none",
                fix=f"kinetrace run {capture}",
            )  # fmt: skip
        number = _next(seals_folder(workspace, capture))
        made = Seal(capture=capture, number=number, root=report.summary.root, head=before.hash, seq=before.seq)
        sealed = _write(workspace, made, key, signers)
        return sealed, record(workspace, "seal", capture, made.root, True, sealed.sha256)


def _next(folder: Path) -> int:
    return 1 + max((int(p.name) for p in folder.iterdir()), default=0) if folder.is_dir() else 1


def _sweep(folder: Path) -> None:
    """Remove what a killed sealing left: its draft, and the folder that it made for it."""
    if kind_of(folder) == "a folder":
        sweep(folder)
        with contextlib.suppress(OSError):
            folder.rmdir()  # only an empty folder can be removed so


def _write(workspace: Workspace, made: Seal, key: Path, signers: Path) -> Sealed:
    data = encode(made)
    signature = sign(data, key)
    target = seals_folder(workspace, made.capture) / seal_name(made.number)
    place = target.relative_to(workspace.root).as_posix()
    with tempfile.TemporaryDirectory(prefix="kinetrace-seal-") as name:
        trial = Path(name)
        (trial / SEAL).write_bytes(data)
        (trial / SIGNATURE).write_bytes(signature)
        sealed = check_seal(trial, place, made.capture, made.number, signers)
    if isinstance(sealed, Finding):
        raise _untrusted(signers, key, sealed.found)
    with publish(target) as draft:
        (draft / SEAL).write_bytes(data)
        (draft / SIGNATURE).write_bytes(signature)
    return sealed


def _complete(workspace: Workspace, capture: str, report: AuditReport, signers: Path) -> tuple[Sealed, LedgerEntry]:
    newest = read_seals(workspace, capture, signers, [])[-1]
    unrecorded = [f.where for f in report.findings if f.code == "seal.unrecorded"]
    if unrecorded != [newest.place]:
        raise _unsound(next(f for f in report.findings if f.code == "seal.unrecorded"))
    return newest, record(workspace, "seal", capture, newest.seal.root, True, newest.sha256)


def _unsound(finding: Finding) -> ArtifactError:
    return ArtifactError(
        where=finding.where, field=finding.code, expected=finding.expected, found=finding.found, fix=finding.fix
    )


def _untrusted(signers: Path, key: Path, found: str) -> UncheckableError:
    public = key if key.suffix == ".pub" else Path(f"{key}.pub")
    line = f'echo "you@example.org namespaces=\\"{NAMESPACE}\\" $(cat {shlex.quote(str(public))})" >> {signers.name}'
    return UncheckableError(
        where=signers.name, field="trusted keys", expected="a list that holds the key you seal with", found=found,
        fix=f"Add it, with your own address: {line}",
    )  # fmt: skip
