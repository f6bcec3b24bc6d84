from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from commands.score import app
from commands.score_report import sparkline
from kinetrace.simulation.bundle import simulate_capture
from schemas.errors import CaptureError, UsageError
from schemas.sim_replay import AXES, SUB_SCORES


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate_capture("squat", 5.0, 3, tmp_path_factory.mktemp("captures"), "squat")


def scored(*arguments: object) -> dict[str, object]:
    found = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert found.exit_code == 0, found.output
    told: dict[str, object] = json.loads(found.stdout)
    return told


def test_machines_get_total_axes_ten_sub_scores_and_reasons(bundle: Path) -> None:
    told = scored(bundle)
    assert set(told["axes"]) == set(AXES)
    assert [s["name"] for s in told["sub_scores"]] == list(SUB_SCORES)
    assert told["total"] == pytest.approx(np.mean(list(told["axes"].values())))
    assert told["seconds"] == pytest.approx(told["frames"] / told["fps"])
    assert not list(bundle.parent.glob("../artifacts"))


def test_people_get_sentences_and_a_picture(bundle: Path) -> None:
    found = CliRunner().invoke(app, [str(bundle)])
    assert found.exit_code == 0, found.output
    assert "feasibility" in found.stdout and "joint torque" in found.stdout
    assert "█" in found.stdout


def test_a_defect_lowers_the_score_and_is_named(bundle: Path) -> None:
    clean, floating = scored(bundle), scored(bundle, "--corrupt", "float")
    assert floating["corruption"] == "float" and clean["corruption"] is None
    assert floating["total"] < clean["total"] - 0.2
    assert {w["fault"] for w in floating["worst"]} & {"foot_float", "ground_reaction_force"}


def test_the_public_formula_can_be_asked_for(bundle: Path) -> None:
    told = scored(bundle, "--scorer", "phymotion")
    assert told["scorer"] == "phymotion"
    assert {s["name"]: s["score"] for s in told["sub_scores"]}["self_penetration"] is None


def test_an_unknown_defect_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, [str(tmp_path / "none.trc"), "--corrupt", "melt"])
    assert isinstance(found.exception, UsageError)
    assert "float | sink" in found.exception.expected


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, [str(tmp_path / "none.trc")])
    assert isinstance(found.exception, CaptureError)


def test_a_sparkline_shows_the_worst_of_each_stretch() -> None:
    scores = np.ones(12)
    scores[4], scores[10] = 0.0, 0.5
    assert sparkline(scores, 4) == "█▁█▅"
    assert sparkline(np.zeros(2), 60) == "▁▁"
