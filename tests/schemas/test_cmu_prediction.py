from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.cmu_prediction import PredictionCard, PredictionParams


def test_parameters_and_card_survive_json() -> None:
    card = PredictionCard(
        weights_sha256="a" * 64, parameters=7, data="made", frames={"walking": 40}, final_loss=1.5,
        params=PredictionParams(rates=(1.0, 2.0)),
    )  # fmt: skip
    assert PredictionCard.model_validate_json(card.model_dump_json()) == card


@pytest.mark.parametrize(
    ("name", "value"), [("width", 0), ("graph_terms", 26), ("rates", ()), ("graph_dropout", 1.0), ("steps", 0)]
)
def test_a_value_without_meaning_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        PredictionParams.model_validate({name: value})


def test_a_digest_is_64_hexadecimal_digits() -> None:
    with pytest.raises(ValidationError, match="weights_sha256"):
        PredictionCard(
            weights_sha256="abc", parameters=7, data="made", frames={}, final_loss=1.0, params=PredictionParams()
        )
