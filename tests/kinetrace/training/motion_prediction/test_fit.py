from __future__ import annotations

from pathlib import Path

import pytest
from made_prediction import TINY, made_places

from kinetrace.models.motion_prediction.network import count_parameters
from kinetrace.models.motion_prediction.weights import read_predictor, to_safetensors
from kinetrace.training.motion_prediction.fit import CHECKPOINT, fit
from schemas.errors import UsageError

FILES = {"walking": (made_places(60),), "running": (made_places(40, 1), made_places(30, 2))}


def test_the_folder_holds_what_was_trained_and_a_card_that_says_on_what(tmp_path: Path) -> None:
    network, card = fit(FILES, TINY, tmp_path, "made")
    read, told = read_predictor(tmp_path)
    assert told == card and to_safetensors(read) == to_safetensors(network)
    assert card.frames == {"running": 70, "walking": 60} and card.parameters == count_parameters(network)


def test_a_finished_training_resumes_to_itself(tmp_path: Path) -> None:
    _, card = fit(FILES, TINY, tmp_path, "made")
    assert fit(FILES, TINY, tmp_path, "made", True)[1] == card


def test_a_checkpoint_is_neither_overwritten_nor_imagined(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found none"):
        fit(FILES, TINY, tmp_path, "made", True)
    (tmp_path / CHECKPOINT).write_bytes(b"x")
    with pytest.raises(UsageError, match=r"found checkpoint\.pt.*Add --resume"):
        fit(FILES, TINY, tmp_path, "made")
