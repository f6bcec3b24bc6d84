from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from toy_project import ADAPTER, PLANS, Project, make_project

import stages.s10_audit.stage as module
from kinetrace.store.documents import read_json
from kinetrace.store.execute import execute
from kinetrace.store.plan import StagePlan
from schemas.errors import ArtifactError
from schemas.manifest import AuditReport

AUDIT = StagePlan(
    "s10_audit", "audit", tuple(p.name for p in PLANS), ("audit.json", "junit.xml"), ADAPTER.code
)  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A toy project that has run, whose three stages are what the audit knows."""
    monkeypatch.setattr(module, "STAGES", PLANS)
    project = make_project(tmp_path)
    project.run()
    return project


def test_the_verdict_is_that_of_the_audit(toy: Project) -> None:
    target = execute(toy.workspace, AUDIT, module.run)
    assert read_json(target / "audit.json", AuditReport) == toy.audit(ledger=False)
    suite = ET.fromstring((target / "junit.xml").read_bytes())
    assert (suite.get("tests"), suite.get("failures")) == ("12", "0")


def test_the_verdict_does_not_depend_on_who_looked_before(toy: Project) -> None:
    from kinetrace.store.ledger import remember

    first = (execute(toy.workspace, AUDIT, module.run) / "audit.json").read_bytes()
    remember(toy.workspace, toy.audit())
    assert (execute(toy.workspace, AUDIT, module.run) / "audit.json").read_bytes() == first


def test_a_stale_stage_is_in_the_verdict_and_does_not_stop_it(toy: Project) -> None:
    (toy.root / "params.yaml").write_text("capture: toy\nlabels: {sway_max_m: 0.2}\n")
    report = read_json(execute(toy.workspace, AUDIT, module.run) / "audit.json", AuditReport)
    assert [f.code for f in report.findings] == ["stale.params"]
    assert report.summary.exit_code == 3


def test_a_tampered_artifact_gets_no_verdict_but_a_refusal(toy: Project) -> None:
    path = toy.artifacts / "s00_adapter" / "words.json"
    path.write_bytes(path.read_bytes().replace(b"two", b"tvo"))
    with pytest.raises(ArtifactError, match=r"artifacts/toy/s00_adapter/words.json: content"):
        execute(toy.workspace, AUDIT, module.run)
    assert not (toy.artifacts / "s10_audit").exists()


def test_something_that_does_not_belong_gets_no_verdict_either(toy: Project) -> None:
    (toy.artifacts / "s01_alignment" / "extra").write_text("x")
    with pytest.raises(ArtifactError, match=r"s01_alignment/extra: output.extra: expected nothing"):
        execute(toy.workspace, AUDIT, module.run)


def test_the_refusal_names_the_tampering_not_the_staleness_beside_it(toy: Project) -> None:
    (toy.root / "params.yaml").write_text("capture: toy\nadapter: {max_fps: 60.0}\n")
    (toy.artifacts / "s01_alignment" / "extra").write_text("x")
    with pytest.raises(ArtifactError, match=r"output\.extra"):
        execute(toy.workspace, AUDIT, module.run)
