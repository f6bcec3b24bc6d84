from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.pinn import PinnParams


def test_the_default_is_the_size_of_the_specification() -> None:
    params = PinnParams()
    assert (params.width, params.layers, params.d_state) == (256, 6, 64)
    assert params.channel_weights == (1.0, 0.5, 0.25, 0.1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", 4), ("rates_hz", ()), ("rates_hz", (0.0,)), ("noise_mm", 0.0), ("noise_mm", float("inf")), ("hide_joint", 1.0),
     ("learning_rate", 0.0), ("steps", 0), ("channel_weights", (1.0, 1.0, 1.0)), ("seed", -1), ("surprise", 1)],
)  # fmt: skip
def test_a_value_without_meaning_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        PinnParams.model_validate({field: value})


def test_parameters_survive_json() -> None:
    params = PinnParams(width=64, layers=2, rates_hz=(30.0,))
    assert PinnParams.model_validate_json(params.model_dump_json()) == params
