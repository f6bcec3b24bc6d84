import os
import re
import shutil
import subprocess
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_artifacts import HOSTILE

from kinetrace.report.artifacts import STAGES
from kinetrace.report.report import build_report
from schemas.errors import ArtifactError
from schemas.manifest import AuditReport, AuditSummary, Finding

SECTIONS = ("skeleton", "motion", "feasibility", "model", "variants", "metrics", "provenance")
ROOT = "cd" * 32


class Page(HTMLParser):
    """Collects the tags, addresses and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.srcdoc = ""
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "poster"):
                self.addresses.append(value or "")
            elif name == "id":
                self.ids.append(value or "")
            elif name == "srcdoc":
                self.srcdoc = value or ""

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] not in ("script", "style"):
            self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


def verdict(*findings: Finding) -> AuditReport:
    summary = AuditSummary(
        capture="made_walk", root=ROOT, stages=(), promises={"INTACT": "broken" if findings else "holds", "FRESH": "not asked"},
        files=17, bytes=900_000, exit_code=1 if findings else 0,
    )  # fmt: skip
    return AuditReport(ok=not findings, findings=findings, summary=summary)


def test_the_same_artifacts_give_the_same_bytes_in_another_process_folder_and_locale(
    made_artifacts: Path, made_report: str, tmp_path: Path, project: Path
) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(made_artifacts, moved)
    code = (
        "import sys, hashlib; from pathlib import Path; from kinetrace.report.report import build_report\n"
        "print(hashlib.sha256(build_report(Path(sys.argv[1]), 'made_walk', None).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(project)}
    run = subprocess.run(
        [sys.executable, "-c", code, str(moved)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    import hashlib

    assert run.stdout.strip() == hashlib.sha256(made_report.encode()).hexdigest()


def test_every_section_is_there_in_the_order_a_reader_expects(made_report: str) -> None:
    ids = [name for name in Page(made_report).ids if name in SECTIONS]
    assert ids == list(SECTIONS)


def test_nothing_on_the_page_points_outside_it(made_report: str) -> None:
    page = Page(made_report)
    assert [a for a in page.addresses if not a.startswith(("#", "data:"))] == []
    assert [a for a in Page(page.srcdoc).addresses if not a.startswith(("#", "data:"))] == []
    assert "default-src 'none'" in made_report


def test_plotly_is_carried_exactly_once(made_report: str) -> None:
    import plotly.offline

    assert made_report.count(plotly.offline.get_plotlyjs()[:400]) == 1


def test_names_from_the_capture_are_text_and_never_markup(made_report: str) -> None:
    assert HOSTILE not in made_report
    assert escape(HOSTILE) in made_report
    assert "img" not in Page(made_report).tags


def test_a_simulated_capture_says_so_in_plain_words(made_report: str) -> None:
    assert "Simulated: made by a program, not a recording of a person" in Page(made_report).words


def test_the_header_carries_duration_rate_and_disclaimer(made_report: str) -> None:
    words = Page(made_report).words
    assert "Duration 6.0 s" in words
    assert "Frame rate 60 Hz" in words
    assert "Not a medical device" in words


def test_the_plain_words_about_the_model_follow_its_figures(made_report: str) -> None:
    words = Page(made_report).words
    assert "beats every simple forecast at 2 of 3 horizons (0.17 s, 0.33 s)" in words
    assert "34 % worse than constant velocity" in words


def test_screening_grade_metrics_are_marked_on_their_row(made_report: str) -> None:
    row = re.search(r"<tr><td><b>Knee frontal angle</b>.*?</tr>", made_report)
    assert row is not None
    assert ">screening<" in row.group()
    trusted = re.search(r"<tr><td><b>Stance time</b>.*?</tr>", made_report)
    assert trusted is not None
    assert ">screening<" not in trusted.group()


def test_an_unaudited_report_claims_no_verdict(made_report: str) -> None:
    words = Page(made_report).words
    assert "Not audited" in words
    assert "Audit passed" not in words


def test_a_passed_audit_shows_its_root(made_artifacts: Path) -> None:
    words = Page(build_report(made_artifacts, "made_walk", verdict())).words
    assert "✓ Audit passed" in words
    assert ROOT in words


def test_a_failed_audit_shows_each_finding_with_its_fix(made_artifacts: Path) -> None:
    finding = Finding(
        code="output.content.changed", where="s04_sim_replay/replay.h5", expected="ab12…", found="ff00…", promise="INTACT",
        fix="Run kinetrace stage sim_replay again.",
    )  # fmt: skip
    words = Page(build_report(made_artifacts, "made_walk", verdict(finding))).words
    assert "✕ Audit failed — 1 finding;" in words
    assert "s04_sim_replay/replay.h5" in words
    assert "Run kinetrace stage sim_replay again." in words


@pytest.mark.parametrize("stage", [name for name, _ in STAGES])
def test_a_stage_that_did_not_run_is_named_where_it_is_missed(made_artifacts: Path, tmp_path: Path, stage: str) -> None:
    part = tmp_path / "part"
    shutil.copytree(made_artifacts, part)
    shutil.rmtree(part / stage)
    page = build_report(part, "made_walk", None)
    assert f"Stage <code>{stage}</code> has not been run for this capture" in page
    assert "1 of 10 stages not available" in page


def test_a_capture_that_was_only_read_still_gives_a_report(made_artifacts: Path, tmp_path: Path) -> None:
    shutil.copytree(made_artifacts / "s00_adapter", tmp_path / "part" / "s00_adapter")
    page = Page(build_report(tmp_path / "part", "made_walk", None))
    assert "9 of 10 stages not available" in page.words
    assert [name for name in page.ids if name in SECTIONS] == list(SECTIONS)


def test_a_malformed_artifact_is_said_to_be_unreadable_without_naming_this_machine(
    made_artifacts: Path, tmp_path: Path
) -> None:
    part = tmp_path / "part"
    shutil.copytree(made_artifacts, part)
    (part / "s04_sim_replay" / "replay.json").write_text('{"fps": "sixty"}')
    page = build_report(part, "made_walk", None)
    assert "Stage <code>s04_sim_replay</code> could not be read" in page
    assert str(tmp_path) not in page


def test_a_capture_without_artifacts_is_refused_with_what_would_work(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"no such folder.*kinetrace run nobody"):
        build_report(tmp_path / "nobody", "nobody", None)
