"""Uncertainty on the page."""

from __future__ import annotations

from made_artifacts import made_uncertainty

from kinetrace.report.uncertainty_figure import uncertainty_figure
from kinetrace.report.wording import asymmetry_sentence, uncertainty_sentence


def test_every_ball_lies_around_the_smaller_ones() -> None:
    figure = uncertainty_figure(made_uncertainty())
    assert [line["name"] for line in figure["data"]] == ["95 %", "90 %", "80 %", "expected error"]
    for wide, narrow in zip(figure["data"], figure["data"][1:], strict=False):
        assert all(a > b for a, b in zip(wide["y"], narrow["y"], strict=True))
    assert figure["data"][3]["y"] == [2.0, 20.0, 60.0]


def test_the_sentence_says_radius_calibration_and_what_was_held() -> None:
    words = uncertainty_sentence(made_uncertainty())
    assert "333 ms ahead a joint is expected to be off by 20 mm, and lies within 60 mm" in words
    assert "recalibrated on 31 held-out anchors" in words
    assert "as shipped held 88 %" in words


def test_what_was_not_judged_is_not_told() -> None:
    known = made_uncertainty()
    rows = tuple(row.model_copy(update={"held_out_coverage_90": None}) for row in known.horizons)
    assert "as shipped held" not in uncertainty_sentence(known.model_copy(update={"horizons": rows}))


def test_asymmetry_is_told_as_a_hint() -> None:
    asymmetry = made_uncertainty().asymmetry
    assert asymmetry is not None
    words = asymmetry_sentence(asymmetry)
    assert "rank correlation 0.41; against MC-dropout's spread not defined" in words
    assert words.endswith("read it as a hint.")
