"""The audit: eight promises about one capture, each kept apart, each broken promise with its one root cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from kinetrace.store.authenticity import Ledger, check_head, check_seals, default_signers
from kinetrace.store.causes import CAUSES
from kinetrace.store.digest import SourceTree
from kinetrace.store.findings import finding, kind_of, open_to_all, remove
from kinetrace.store.inspection import Inspected, current, files, links, open_stage
from kinetrace.store.ledger import read_ledger
from kinetrace.store.lock import at_work
from kinetrace.store.merkle import leaf, root
from kinetrace.store.plan import Plans, StagePlan
from kinetrace.store.publish import is_draft
from kinetrace.store.rerun import rerun
from kinetrace.store.seals import SEALS, Sealed
from kinetrace.store.workspace import Workspace
from schemas.errors import ArtifactError, UncheckableError
from schemas.manifest import AuditReport, AuditSummary, Finding, Promise, SealVerdict, StageVerdict, State
from schemas.params import Params

AUDIT_STAGE = "s10_audit"
PROMISES: tuple[Promise, ...] = get_args(Promise)


@dataclass(frozen=True)
class Ask:
    """What an audit is asked beyond the first four promises.

    Attributes:
        ledger: Check the ledger and the seals. The stage does not: its output must not depend on who looked before.
        fast: Digest outputs by xxh3_128 alone; manifests are digested by SHA-256 all the same.
        require_seal: A capture without a seal could not be checked, rather than was not asked.
        known_head: Hash of a line that the ledger must still hold.
        signers: The list of trusted keys; None: the project's own.
        rerun: How to find a stage's function; given, every stage is executed again.
    """

    ledger: bool = True
    fast: bool = False
    require_seal: bool = False
    known_head: str | None = None
    signers: Path | None = None
    rerun: Callable[[StagePlan], Callable[..., Any]] | None = None


@dataclass(frozen=True)
class _Witness:
    """What ledger and seals say, and which of the promises about them were asked and could be answered."""

    ledger: Ledger | None
    seal: Sealed | None
    states: dict[Promise, State]


def audit(
    workspace: Workspace, capture: str, plans: Plans, params: Params, source: Path, *, ask: Ask | None = None
) -> AuditReport:
    """Check every file of every stage of one capture.

    Args:
        workspace: The project.
        capture: Which capture.
        plans: The stages to check, in order.
        params: Today's parameters, for CURRENT.
        source: The folder that holds the project's packages, for CURRENT.
        ask: What else is asked.

    Returns:
        Findings (one root cause each), a verdict a stage, the Merkle root over the stages that lead to the audit.

    Raises:
        UncheckableError: There is nothing to check, or something cannot be read.
        UsageError: The known head is not a hash.
    """
    try:
        return _audit(workspace, capture, plans, params, source, ask or Ask())
    except OSError as error:
        raise UncheckableError(
            where=str(error.filename or capture), field="file", expected="a file that can be read",
            found=error.strerror or str(error), fix="Check the disk and the permissions, then audit again.",
        ) from error  # fmt: skip


def _audit(workspace: Workspace, capture: str, plans: Plans, params: Params, source: Path, ask: Ask) -> AuditReport:
    folder = workspace.artifacts(capture)
    if not folder.is_dir():
        raise UncheckableError(
            where=f"artifacts/{capture}", field="folder", expected="the outputs of a run", found="none",
            fix=f"Run it first: kinetrace run {capture}",
        )  # fmt: skip
    tree = SourceTree(source)
    found = _around(workspace, capture, {p.name for p in plans})
    stages = [open_stage(workspace, capture, plan, found) for plan in plans]
    sha_of = {s.plan.name: s.sha256 for s in stages}
    for stage in stages:
        if stage.manifest is not None:
            found += files(stage, stage.manifest, ask.fast)
            found += links(workspace, stage, stage.manifest, sha_of)
            found += current(workspace, stage, stage.manifest, params, tree)
    repeated: dict[str, bool | None] = {}
    states: dict[Promise, State] = {"REPRODUCIBLE": "not asked" if ask.rerun is None else "unchecked"}
    # Of what is damaged or stale, another run says nothing that these findings do not.
    if ask.rerun is not None and not found:
        again = rerun(workspace, capture, stages, ask.rerun)
        found += again
        places = {f.where.split("/")[2] for f in again}
        repeated = {s.plan.name: s.plan.name not in places for s in stages}
        states["REPRODUCIBLE"] = "holds"
    merkle = _root(stages)
    witness = _witness(workspace, capture, merkle, ask, found)
    return _report(capture, stages, tuple(found), merkle, ask, witness, states | witness.states, repeated)


def _around(workspace: Workspace, capture: str, known: set[str]) -> list[Finding]:
    folder, place = workspace.artifacts(capture), f"artifacts/{capture}"
    if (kind := kind_of(folder)) != "a folder":
        return [finding("output.kind.changed", place, "a folder", kind, "Put the folder itself there.")]
    found = open_to_all(folder, place)
    for path in sorted(folder.iterdir()):
        # A draft belongs to a stage that is running; what is only named like one belongs to nobody.
        drafted = is_draft(path) and at_work(workspace, capture)
        if path.name not in known | {AUDIT_STAGE, SEALS} and not drafted:
            there = f"{place}/{path.name}"
            found.append(finding("stage.extra", there, "only the known stages", kind_of(path), remove(there)))
    return found


def _root(stages: list[Inspected]) -> str | None:
    chain = [s for s in stages if s.plan.name != AUDIT_STAGE]
    if not chain or not all(s.sha256 for s in chain):
        return None
    return root([leaf(s.plan.name, s.sha256 or "") for s in chain])


def _witness(workspace: Workspace, capture: str, merkle: str | None, ask: Ask, found: list[Finding]) -> _Witness:
    """Check ledger and seals; findings are added to `found`."""
    if not ask.ledger:
        return _Witness(None, None, {"LEDGER": "not asked", "AUTHENTIC": "not asked", "FRESH": "not asked"})
    ledger: Ledger | None = None
    try:
        ledger = read_ledger(workspace.ledger)
        found += open_to_all(workspace.ledger, "artifacts/ledger.jsonl") if ledger else []
    except ArtifactError as error:
        where = error.where.replace(str(workspace.ledger), "artifacts/ledger.jsonl")
        found.append(finding("ledger.chain.broken", where, error.expected, error.found, error.fix))
    signers = ask.signers or default_signers(workspace)
    seal, wrong = check_seals(workspace, capture, merkle, ledger, ask.require_seal, signers)
    found += wrong
    if ask.known_head is not None:
        found += check_head(capture, merkle, ledger, ask.known_head)
    sealed = kind_of(workspace.artifacts(capture) / SEALS) != "none"
    asked, told = sealed or ask.known_head is not None, seal is not None or ask.known_head is not None
    states: dict[Promise, State] = {"LEDGER": "holds"}
    states["AUTHENTIC"] = "not asked" if not sealed else "holds" if seal and merkle else "unchecked"
    states["FRESH"] = "not asked" if not asked else "holds" if told and ledger is not None else "unchecked"
    return _Witness(ledger, seal, states)


def _report(
    capture: str, stages: list[Inspected], findings: tuple[Finding, ...], merkle: str | None, ask: Ask,
    witness: _Witness, states: dict[Promise, State], repeated: dict[str, bool | None],
) -> AuditReport:  # fmt: skip
    weights = {(f.promise, CAUSES[f.code].weight) for f in findings}
    order: tuple[State, ...] = ("broken", "unchecked", "stale")
    promises = {p: next((w for w in order if (p, w) in weights), states.get(p, "holds")) for p in PROMISES}
    heaviest = next((w for w in order if any(w == weight for _, weight in weights)), None)
    one = witness.seal if promises["AUTHENTIC"] == "holds" else None
    summary = AuditSummary(
        capture=capture,
        root=merkle,
        stages=tuple(_verdict(s, findings, repeated.get(s.plan.name)) for s in stages),
        promises=promises,
        files=sum(len(s.manifest.outputs) + 1 for s in stages if s.manifest),
        bytes=sum(r.bytes for s in stages if s.manifest for r in s.manifest.outputs),
        exit_code={"broken": 1, "unchecked": 4, "stale": 3, None: 0}[heaviest],
        digests="fast" if ask.fast else "strong",
        head=witness.ledger[-1].hash if witness.ledger else None,
        seal=SealVerdict(number=one.seal.number, signer=one.signer, key=one.key, seq=one.seal.seq) if one else None,
    )
    return AuditReport(ok=not findings, findings=findings, summary=summary)


def _verdict(stage: Inspected, findings: tuple[Finding, ...], repeated: bool | None) -> StageVerdict:
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
        reproducible=repeated,
        files=len(outputs) + (stage.manifest is not None),
        bytes=sum(r.bytes for r in outputs),
    )
