"""Audit the ten stages and publish the verdict of this moment."""

from __future__ import annotations

from kinetrace.store.audit import Ask, audit
from kinetrace.store.causes import CAUSES
from kinetrace.store.execute import SOURCE
from kinetrace.store.params_file import read_params
from kinetrace.store.stage_run import StageRun
from schemas.errors import ArtifactError
from schemas.params import AuditParams
from stages.registry import STAGES
from stages.s10_audit.junit import junit


def run(run: StageRun, params: AuditParams) -> None:
    """Check stages 0 to 9; refuse to publish a verdict on artifacts that do not hold.

    Raises:
        ArtifactError: A file was changed, is missing or does not belong; the first cause is named.
    """
    plans = tuple(p for p in STAGES if p.name in run.plan.parents)
    report = audit(run.workspace, run.capture, plans, read_params(run.workspace.params), SOURCE, ask=Ask(ledger=False))
    if report.summary.exit_code == 1:
        first = next(f for f in report.findings if CAUSES[f.code].weight == "broken")
        raise ArtifactError(
            where=first.where, field=first.code, expected=first.expected, found=first.found, fix=first.fix
        )
    run.write_json("audit.json", report)
    run.write_bytes("junit.xml", junit(report))
    run.note(f"audit: {report.summary.files} files, root {report.summary.root}")
