"""What a person sees at the terminal: tables of a stage's output, of the audit and of the pipeline's state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.markup import escape
from rich.table import Table

from kinetrace.store.arrays import read_any
from kinetrace.store.documents import read_json
from kinetrace.store.plan import Plans
from kinetrace.store.workspace import MANIFEST, Workspace
from schemas.manifest import AuditReport, Manifest

Row = dict[str, object]


def describe_stage(workspace: Workspace, capture: str, stage: str) -> list[Row]:
    """List a stage's files with size and digest, and below each array file its arrays.

    Raises:
        ArtifactError: The stage has no readable manifest.
    """
    folder = workspace.stage(capture, stage)
    rows: list[Row] = []
    for record in read_json(folder / MANIFEST, Manifest).outputs:
        rows.append(
            {"stage": stage, "what": record.path, "is": f"{record.bytes:,} bytes", "detail": record.sha256[:16]}
        )
        rows.extend({"stage": stage, **row} for row in _arrays(folder / record.path))
    return rows


def _arrays(path: Path) -> list[Row]:
    found = read_any(path) if path.suffix in (".h5", ".npz") else {}
    return [
        {"what": f"  {name}", "is": f"{a.dtype} {'×'.join(map(str, a.shape))}", "detail": _range(a)}
        for name, a in sorted(found.items())
    ]


def _range(array: np.ndarray) -> str:
    return f"{array.min():.4g} … {array.max():.4g}" if array.size else "empty"


def stage_table(title: str, rows: list[Row]) -> Table:
    """Lay out what `describe_stage` found."""
    table = Table(title=title, title_justify="left")
    for name in ("stage", "what", "is", "detail"):
        table.add_column(name, no_wrap=name != "detail")
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in ("stage", "what", "is", "detail")))
    return table


def audit_table(report: AuditReport) -> Table:
    """Lay out the audit: a line a stage, a mark a promise."""
    summary = report.summary
    table = Table(title=f"Audit of {summary.capture}", title_justify="left")
    for name in ("stage", "intact", "complete", "linked", "current", "files", "bytes"):
        table.add_column(name, justify="right" if name in {"files", "bytes"} else "left")
    for v in summary.stages:
        marks = [_mark(v.intact), _mark(v.complete), _mark(v.linked), _mark(v.current, "stale")]
        table.add_row(v.stage, *marks, str(v.files), f"{v.bytes:,}")
    return table


def findings_table(report: AuditReport) -> Table:
    """Lay out the findings: cause, place, what was expected, what was found and what mends it."""
    table = Table(title="Findings", title_justify="left", show_lines=True)
    for name in ("cause", "where", "expected", "found", "what mends it"):
        table.add_column(name, overflow="fold")
    for f in report.findings:
        # What was found may be anything, rich's own markup included.
        table.add_row(f"[bold]{f.code}[/bold]", *(escape(text) for text in (f.where, f.expected, f.found, f.fix)))
    return table


def states(report: AuditReport | None, plans: Plans, failed: str | None) -> list[Row]:
    """Say of each stage whether it is done, stale, changed, missing or failed."""
    found: list[Row] = []
    verdicts = {v.stage: v for v in report.summary.stages} if report else {}
    for plan in plans:
        verdict = verdicts.get(plan.name)
        if verdict is None or verdict.files == 0:
            state = "failed" if plan.name == failed else "missing"
        elif not (verdict.intact and verdict.complete and verdict.linked):
            state = "changed"
        else:
            state = "done" if verdict.current else "stale"
        found.append({"stage": plan.name, "state": state})
    return found


def _mark(holds: bool, otherwise: str = "NO") -> str:
    return "[green]yes[/green]" if holds else f"[red]{otherwise}[/red]"
