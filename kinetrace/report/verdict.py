"""The audit's verdict as a person reads it at the terminal: the stages, the findings, the promises, root, seal and head."""

from __future__ import annotations

import json

from rich.console import Console

from kinetrace.report.terminal import audit_table, findings_table
from kinetrace.store.authenticity import default_signers
from kinetrace.store.ledger import remember
from kinetrace.store.seals import Sealed
from kinetrace.store.workspace import Workspace
from schemas.errors import StorageError
from schemas.manifest import AuditReport, LedgerEntry


def note(workspace: Workspace, report: AuditReport) -> tuple[AuditReport, str]:
    """Add an audit to the ledger where that can be written, and give the verdict with the new head.

    Returns:
        The verdict, and why nothing was added; empty where something was. A read-only project can be audited too.
    """
    try:
        line = remember(workspace, report)
    except StorageError as error:
        return report, f"not noted in the ledger: {error.found}"
    if line is None:
        return report, "not noted in the ledger: there is no root, or the ledger is broken"
    return report.model_copy(update={"summary": report.summary.model_copy(update={"head": line.hash})}), ""


def show_verdict(console: Console, workspace: Workspace, report: AuditReport) -> None:
    """Print everything that an audit found."""
    summary = report.summary
    console.print(audit_table(report))
    if report.findings:
        console.print(findings_table(report))
    console.print(" · ".join(f"{name} {state}" for name, state in summary.promises.items()))
    console.print(f"root {summary.root}")
    if summary.seal:
        seal = summary.seal
        console.print(f"seal {seal.number} by {seal.signer}, {seal.key}, after line {seal.seq + 1}", markup=False)
    elif summary.promises["AUTHENTIC"] == "not asked":
        signers = "" if default_signers(workspace).is_file() else " (first list the keys you trust: docs/audit.md)"
        console.print(f"not sealed; seal it with: kinetrace seal {summary.capture} --key PATH{signers}", markup=False)
    if summary.head:
        console.print(f"head {summary.head}  (keep it outside; later: kinetrace audit --known-head …)")


def sealed_text(sealed: Sealed, line: LedgerEntry, as_json: bool) -> str:
    """Say what was sealed, by whom, and which head to keep outside."""
    seal = sealed.seal
    if as_json:
        return json.dumps(
            {**seal.model_dump(by_alias=True), "signer": sealed.signer, "key": sealed.key, "ledger_head": line.hash}
        )
    return (
        f"seal {seal.number} of {seal.capture} by {sealed.signer}, {sealed.key}: {sealed.place}\n"
        f"root {seal.root}\nhead {line.hash}  (keep it outside; later: kinetrace audit --known-head …)"
    )
