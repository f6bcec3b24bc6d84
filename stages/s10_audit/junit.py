"""The audit's verdict as JUnit XML, for continuous integration."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from schemas.manifest import AuditReport

PROMISES = ("INTACT", "COMPLETE", "LINKED", "CURRENT")


def junit(report: AuditReport) -> bytes:
    """Give one test case a stage and promise; a finding is a failure of its case."""
    suite = ET.Element("testsuite", name=f"kinetrace audit {report.summary.capture}")
    failures = 0
    for verdict in report.summary.stages:
        for promise in PROMISES:
            case = ET.SubElement(suite, "testcase", classname=verdict.stage, name=promise)
            for finding in report.findings:
                if finding.promise == promise and f"/{verdict.stage}" in finding.where:
                    failure = ET.SubElement(case, "failure", type=finding.code, message=finding.where)
                    failure.text = f"expected {finding.expected}, found {finding.found}. {finding.fix}"
                    failures += 1
    suite.set("tests", str(len(report.summary.stages) * len(PROMISES)))
    suite.set("failures", str(failures))
    text: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
