from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.manifest import AuditReport, AuditSummary, Environment, FileRecord, Finding, LedgerEntry, Manifest

ZERO = "0" * 64
NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


def record(path: str) -> FileRecord:
    return FileRecord(path=path, bytes=0, xxh3_128="0" * 32, sha256=ZERO)


@given(parts=st.lists(NAME, min_size=1, max_size=4))
def test_a_path_never_leaves_its_folder(parts: list[str]) -> None:
    path = record("/".join(parts)).path
    assert ".." not in path.split("/")
    assert not path.startswith("/")


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../b", "a/..", "./a", "a//b", "a/", ".a", "a b", "a\\b", "a\0", "é"]
)
def test_a_path_that_could_leave_its_folder_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="path"):
        record(path)


def manifest(**changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "capture": "walk", "stage": "s01_alignment", "inputs": {"s00_adapter": ZERO}, "outputs": (record("a.json"),),
        "params": {"x": [1, 2.5, None, {"y": "z"}]}, "code": ZERO, "environment": Environment(python="3.11.7", lock=ZERO),
        "digest": ZERO,
    }  # fmt: skip
    return Manifest(**{**fields, **changes})


def test_a_manifest_survives_json_under_its_public_names() -> None:
    text = manifest().model_dump_json(by_alias=True)
    assert json.loads(text)["schema"] == "kinetrace.manifest/1"
    assert Manifest.model_validate_json(text, strict=True) == manifest()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capture": "Walk"}, "capture"),
        ({"inputs": {"s00_adapter": "abc"}}, "inputs"),
        ({"digest": ZERO.upper() + "g"}, "digest"),
        ({"params": {"x": object()}}, "params"),
        ({"schema": "kinetrace.manifest/2"}, "schema"),
        ({"time": "now"}, "time"),
    ],
)
def test_a_manifest_that_is_not_one_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        manifest(**changes)


def test_a_ledger_entry_knows_two_actions() -> None:
    fields: dict[str, Any] = {
        "seq": 0, "prev": ZERO, "time": "t", "actor": "me", "capture": "walk", "root": ZERO, "ok": True, "hash": ZERO,
    }  # fmt: skip
    assert LedgerEntry(action="audit", **fields).git is None
    assert LedgerEntry(action="seal", **fields).action == "seal"
    with pytest.raises(ValidationError, match="action"):
        LedgerEntry(action="erase", **fields)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="seq"):
        LedgerEntry(action="audit", **{**fields, "seq": -1})


def test_a_report_survives_json() -> None:
    summary = AuditSummary(
        capture="walk", root=None, stages=(), promises={"INTACT": "holds"}, files=0, bytes=0, exit_code=0
    )
    finding = Finding(code="a.b", where="x", expected="y", found="z", fix="f", promise="INTACT")
    report = AuditReport(ok=False, findings=(finding,), summary=summary)
    assert AuditReport.model_validate_json(report.model_dump_json(by_alias=True), strict=True) == report
    assert set(json.loads(report.model_dump_json(by_alias=True))) == {"schema", "ok", "findings", "summary"}
