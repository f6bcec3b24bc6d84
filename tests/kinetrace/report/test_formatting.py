import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.report.formatting import grade, joint, number, percent, quantity, sentence, size, units


@given(st.floats(-1e9, 1e9).filter(lambda v: abs(v) > 1e-9))
def test_a_written_figure_is_within_its_last_digit(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, rel=0.006)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (0.0, "0"), (70.0, "70"), (1234.5, "1234"), (100.0, "100"), (0.0312, "0.0312"), (62.44, "62.4"),
     (2e-7, "2.00e-07")],
)  # fmt: skip
def test_figures_by_hand(value: float | None, text: str) -> None:
    assert number(value) == text


def test_names_units_and_sizes_are_written_for_people() -> None:
    assert (joint("l_wrist"), joint("pelvis"), sentence("foot_slip")) == ("left wrist", "pelvis", "Foot slip")
    assert quantity("passthrough_deg", 5.0) == "passthrough 5°"
    assert quantity("plain_gain", 0.25) == "plain gain 0.25"
    assert (units("deg"), units("1"), units(None), units("m/s")) == ("°", "", "", "m/s")
    assert (size(12), size(1500), size(2_000_000), percent(0.256)) == ("12 B", "1.5 kB", "2.0 MB", "26 %")
    assert [grade(v) for v in (None, 0.5, 0.7, 0.9)] == ["none", "bad", "doubtful", "good"]
