from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.manifest import AuditReport, AuditSummary, Finding, StageVerdict
from stages.s10_audit.junit import PROMISES, junit

STAGES = ("s00_adapter", "s01_alignment")


def report(*findings: Finding) -> AuditReport:
    stages = tuple(
        StageVerdict(stage=s, intact=True, complete=True, linked=True, current=True, files=1, bytes=1) for s in STAGES
    )
    summary = AuditSummary(capture="walk", root=None, stages=stages, promises={}, files=2, bytes=2, exit_code=1)
    return AuditReport(ok=not findings, findings=findings, summary=summary)


def finding(promise: Any, where: str, text: str = "x") -> Finding:
    return Finding(code="a.b", where=where, expected=text, found="y", fix="z", promise=promise)


def test_a_clean_report_is_a_case_a_stage_and_promise() -> None:
    suite = ET.fromstring(junit(report()))
    cases = [(c.get("classname"), c.get("name")) for c in suite.findall("testcase")]
    assert cases == [(s, p) for s in STAGES for p in PROMISES]
    assert (suite.get("tests"), suite.get("failures")) == ("8", "0")


def test_a_finding_is_a_failure_of_its_stage_and_promise() -> None:
    suite = ET.fromstring(junit(report(finding("INTACT", "artifacts/walk/s01_alignment/motion.h5"))))
    (failure,) = suite.iter("failure")
    (case,) = [c for c in suite if len(c)]
    assert (case.get("classname"), case.get("name")) == ("s01_alignment", "INTACT")
    assert (failure.get("type"), failure.text) == ("a.b", "expected x, found y. z")
    assert suite.get("failures") == "1"


@pytest.mark.parametrize(
    ("promise", "where"),
    [
        ("LEDGER", "artifacts/ledger.jsonl:3"),
        ("LINKED", "captures/walk/body.jsonl"),
        ("COMPLETE", "artifacts/walk/s99_mine"),
        ("COMPLETE", "artifacts/walk/s00_adapter_copy"),
    ],
)
def test_a_finding_of_no_stage_is_a_failure_too(promise: str, where: str) -> None:
    suite = ET.fromstring(junit(report(finding(promise, where))))
    (case,) = [c for c in suite if len(c)]
    assert (case.get("classname"), case.get("name")) == ("capture", promise)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(suite)), "1")


@given(text=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn", "Co"]), max_size=20))
def test_whatever_a_finding_says_stays_text(text: str) -> None:
    suite = ET.fromstring(junit(report(finding("INTACT", "artifacts/walk/s00_adapter/a", text))))
    (failure,) = suite.iter("failure")
    assert failure.text == f"expected {text}, found y. z"


def test_the_same_report_gives_the_same_bytes() -> None:
    one = report(finding("INTACT", "artifacts/walk/s00_adapter/a"))
    assert junit(one) == junit(one)
    assert junit(one).startswith(b"<?xml version='1.0' encoding='utf-8'?>")


def test_what_was_asked_and_could_not_be_checked_is_skipped() -> None:
    asked = report()
    promises: dict[Any, Any] = {
        "AUTHENTIC": "unchecked",
        "FRESH": "holds",
        "REPRODUCIBLE": "not asked",
        "INTACT": "holds",
    }
    summary = asked.summary.model_copy(update={"promises": promises})
    suite = ET.fromstring(junit(asked.model_copy(update={"summary": summary})))
    capture = {c.get("name"): [e.tag for e in c] for c in suite if c.get("classname") == "capture"}
    assert capture == {"AUTHENTIC": ["skipped"], "FRESH": []}
