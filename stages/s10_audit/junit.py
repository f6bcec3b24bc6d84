"""The audit's verdict as JUnit XML, for continuous integration."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from schemas.manifest import AuditReport, Finding, Promise

PROMISES = ("INTACT", "COMPLETE", "LINKED", "CURRENT")


def junit(report: AuditReport) -> bytes:
    """Give one test case a stage and promise, and one for what belongs to no stage; a finding is a failure of its case."""
    capture = report.summary.capture
    suite = ET.Element("testsuite", name=f"kinetrace audit {capture}")
    stages = [verdict.stage for verdict in report.summary.stages]
    cases = {(stage, promise): _case(suite, stage, promise) for stage in stages for promise in PROMISES}
    asked: list[Promise] = [
        p for p, state in report.summary.promises.items() if p not in PROMISES and state != "not asked"
    ]
    for promise in asked:
        cases["capture", promise] = _case(suite, "capture", promise)
        if report.summary.promises[promise] == "unchecked":
            ET.SubElement(cases["capture", promise], "skipped", message="could not be checked")
    for finding in report.findings:
        key = (_place(finding, capture, stages), finding.promise)
        case = cases[key] if key in cases else cases.setdefault(key, _case(suite, *key))
        failure = ET.SubElement(case, "failure", type=finding.code, message=finding.where)
        failure.text = f"expected {finding.expected}, found {finding.found}. {finding.fix}"
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(len(report.findings)))
    text: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _case(suite: ET.Element, stage: str, promise: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=stage, name=promise)


def _place(finding: Finding, capture: str, stages: list[str]) -> str:
    room = finding.where.removeprefix(f"artifacts/{capture}/").partition("/")[0]
    return room if room in stages else "capture"
