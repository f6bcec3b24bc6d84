from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.benchmark import Benchmark, Figure


def test_a_table_survives_json() -> None:
    table = Benchmark(
        name="pipeline", machine="2 cores", command="kinetrace bench pipeline",
        figures={"seconds": Figure(value=12.5, units="s", goal="<= 60 s", holds=True)},
    )  # fmt: skip
    assert Benchmark.model_validate_json(table.model_dump_json(), strict=True) == table


def test_a_figure_that_could_not_be_measured_is_there_without_a_value() -> None:
    figure = Figure(value=None, units="s", note="no GPU here")
    assert (figure.value, figure.holds, figure.peer) == (None, None, None)


def test_a_figure_without_its_units_is_refused() -> None:
    with pytest.raises(ValidationError, match="units"):
        Figure(value=1.0)  # type: ignore[call-arg]
