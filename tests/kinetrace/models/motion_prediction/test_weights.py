from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from made_prediction import TINY

from kinetrace.models.motion_prediction.network import MotionPredictor, count_parameters
from kinetrace.models.motion_prediction.weights import (
    CARD,
    SHIPPED,
    WEIGHTS,
    read_predictor,
    to_safetensors,
    with_weights,
)
from kinetrace.store.documents import encode
from schemas.cmu_prediction import PredictionCard
from schemas.errors import ArtifactError


def written(folder: Path, data: bytes | None = None) -> bytes:
    weights = to_safetensors(MotionPredictor(TINY)) if data is None else data
    card = PredictionCard(
        weights_sha256=hashlib.sha256(weights).hexdigest(), parameters=1, data="made", frames={"walking": 40},
        final_loss=1.0, params=TINY,
    )  # fmt: skip
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CARD).write_bytes(encode(card))
    return weights


def test_weights_come_back_bit_for_bit_and_ready_to_use(tmp_path: Path) -> None:
    data = written(tmp_path)
    network, card = read_predictor(tmp_path)
    assert to_safetensors(network) == data and not network.training and card.params == TINY


def test_the_shipped_weights_are_those_of_their_card_and_small() -> None:
    network, card = read_predictor()
    assert count_parameters(network) == card.parameters < 200_000
    assert (SHIPPED / WEIGHTS).stat().st_size <= 800_000
    assert "washwindow" not in card.frames


def test_any_changed_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray(written(tmp_path))
    data[-1] ^= 1
    (tmp_path / WEIGHTS).write_bytes(bytes(data))
    with pytest.raises(ArtifactError, match=r"content: expected sha256 .* as its card says"):
        read_predictor(tmp_path)


def test_what_is_no_safetensors_file_is_refused(tmp_path: Path) -> None:
    written(tmp_path, b"not weights at all")
    with pytest.raises(ArtifactError, match="expected a safetensors file"):
        read_predictor(tmp_path)


def test_missing_weights_or_card_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"cmu_prediction\.json: .* or train anew"):
        read_predictor(tmp_path)
    written(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ArtifactError, match=r"cmu_prediction\.safetensors"):
        read_predictor(tmp_path)


def test_weights_of_another_shape_name_or_without_a_value_are_refused() -> None:
    weights = MotionPredictor(TINY).state_dict()
    with pytest.raises(ArtifactError, match=r"expected \(25, 1, 9\) .* found \(25, 1, 8\)"):
        with_weights(weights, TINY.model_copy(update={"width": 9}))
    with pytest.raises(ArtifactError, match="odd is on one side only"):
        with_weights(weights | {"odd": torch.zeros(1)}, TINY)
    with pytest.raises(ArtifactError, match="expected finite weights"):
        with_weights(weights | {"members.0.continuation": torch.full((25, 9), float("nan"))}, TINY)
