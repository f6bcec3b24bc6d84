import json
from pathlib import Path

import numpy as np
import plotly.graph_objects
import pytest

from kinetrace.report import model_figures
from kinetrace.report.artifacts import ReportArtifacts, load_artifacts
from kinetrace.report.joint_figure import joint_figure
from kinetrace.report.motion_figure import motion_figure


@pytest.fixture(scope="module")
def found(made_artifacts: Path) -> ReportArtifacts:
    return load_artifacts(made_artifacts, "made_walk")


def test_every_figure_is_one_that_plotly_knows_and_json_can_hold(found: ReportArtifacts) -> None:
    figures = [
        motion_figure(found.state, found.state_arrays, found.replay_arrays),
        joint_figure(found.replay, found.replay_arrays),
        model_figures.score_figure(found.replay_arrays),
        model_figures.horizon_figure(found.training),
        model_figures.loss_figure(found.training),
        model_figures.latent_figure(found.embeddings, found.dataset.phase_names),
        model_figures.assistance_figure(found.outcomes, found.outcome_arrays),
    ]
    for figure in figures:
        plotly.graph_objects.Figure(figure)
        json.dumps(figure, allow_nan=False)


def test_stance_bars_last_as_long_as_the_contacts(found: ReportArtifacts) -> None:
    figure = motion_figure(found.state, found.state_arrays, None)
    for column, side in enumerate(("left", "right")):
        bars = next(t for t in figure["data"] if t["type"] == "bar" and t["name"] == f"{side} stance")
        on = (found.state_arrays.contacts[:, column] == 1).sum() / 60.0
        assert sum(bars["x"]) == pytest.approx(on, abs=0.01)


def test_angles_are_drawn_in_degrees_with_gaps_where_they_are_not_valid(found: ReportArtifacts) -> None:
    figure = motion_figure(found.state, found.state_arrays, found.replay_arrays)
    hips = [t for t in figure["data"] if t["type"] == "scatter" and "hip" in t["hovertemplate"]]
    right = next(t for t in hips if t["name"] == "right")
    assert right["y"][0] == pytest.approx(np.degrees(found.state_arrays.angles[0, 0]), abs=0.06)
    assert [i for i, v in enumerate(right["y"]) if v is None] == list(range(100, 112))


def test_without_a_replay_there_is_no_force_row(found: ReportArtifacts) -> None:
    without = motion_figure(found.state, found.state_arrays, None)
    assert not any("% BW" in trace.get("hovertemplate", "") for trace in without["data"])
    assert len([k for k in without["layout"] if k.startswith("yaxis")]) == 4


def test_phases_shade_the_angles_only_where_both_sides_agree(found: ReportArtifacts) -> None:
    assert motion_figure(found.state, found.state_arrays, None)["layout"]["shapes"] == []
    same = found.state_arrays.phases.copy()
    same[:, 1] = same[:, 0]
    agreed = found.state_arrays.model_copy(update={"phases": same})
    assert len(motion_figure(found.state, agreed, None)["layout"]["shapes"]) > 3


def test_the_horizon_figure_draws_the_artifact_s_own_millimetres(found: ReportArtifacts) -> None:
    data = {trace["name"]: trace["y"] for trace in model_figures.horizon_figure(found.training)["data"]}
    assert data["model"] == [5.1, 17.5, 33.0]
    assert set(data) == {"model", "zero velocity", "constant velocity", "damped velocity", "ridge"}


def test_a_loss_that_reaches_zero_is_drawn_on_a_plain_axis(found: ReportArtifacts) -> None:
    flat = found.training.model_copy(update={"loss_curve": (1.0, 0.0)})
    assert "type" not in model_figures.loss_figure(flat)["layout"]["yaxis"]
    assert model_figures.loss_figure(found.training)["layout"]["yaxis"]["type"] == "log"


def test_a_phase_beyond_the_names_is_numbered_and_not_a_crash(found: ReportArtifacts) -> None:
    names = {trace.get("name") for trace in model_figures.latent_figure(found.embeddings, ())["data"]}
    assert "phase 0" in names


def test_a_seat_that_carries_weight_is_drawn_beside_the_feet(found: ReportArtifacts) -> None:
    seat = np.zeros_like(found.replay_arrays.seat_force)
    seat[:, 1] = 0.6
    seated = found.replay_arrays.model_copy(update={"seat_force": seat})
    curves = [t for t in motion_figure(found.state, found.state_arrays, seated)["data"] if t.get("name") == "seat"]
    assert [curve["y"][0] for curve in curves] == [60.0]
    plain = motion_figure(found.state, found.state_arrays, found.replay_arrays)["data"]
    assert not any(t.get("name") == "seat" for t in plain)


def test_moments_are_drawn_against_flexion_and_screening_angles_say_so(found: ReportArtifacts) -> None:
    figure = joint_figure(found.replay, found.replay_arrays)
    column = found.replay.humanoid.joint_names.index("l_knee_flexion")
    knee = next(t for t in figure["data"] if t["name"] == "left" and t["yaxis"] == "y2")
    assert knee["y"][0] == pytest.approx(-found.replay_arrays.torque[0, column], abs=6e-4)
    titles = [axis["title"]["text"] for key, axis in figure["layout"].items() if key.startswith("yaxis")]
    assert [title for title in titles if "[°]" in title and "screening" not in title] == []
