from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.weights import CARD, SHIPPED, WEIGHTS, read_corrector, to_safetensors, with_weights
from kinetrace.store.documents import encode
from schemas.corrector import CorrectorCard, CorrectorParams
from schemas.errors import ArtifactError

TINY = CorrectorParams(width=4, layers=1, inner=4)


def written(folder: Path, data: bytes | None = None) -> bytes:
    weights = to_safetensors(Corrector(TINY)) if data is None else data
    card = CorrectorCard(
        weights_sha256=hashlib.sha256(weights).hexdigest(), parameters=1, steps=1, final_loss=1.0, loss_curve=(1.0,),
        recordings=1, minutes=1.0, subjects=("nobody",), held_out=(), licences=("made",), params=TINY,
    )  # fmt: skip
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CARD).write_bytes(encode(card))
    return weights


def test_weights_come_back_bit_for_bit_and_ready_to_use(tmp_path: Path) -> None:
    data = written(tmp_path)
    network, card = read_corrector(tmp_path)
    assert to_safetensors(network) == data and not network.training and card.params == TINY
    assert all(w.dtype == torch.float32 for w in network.parameters())


def test_the_shipped_weights_are_those_of_their_card_small_and_trained_on_free_data_alone() -> None:
    network, card = read_corrector()
    assert sum(w.numel() for w in network.parameters()) == card.parameters
    assert (SHIPPED / WEIGHTS).stat().st_size <= 1_200_000
    assert card.licences and all("PDDL" in text or "free use" in text for text in card.licences)
    assert not {"ui_prmd_s05", "ui_prmd_s06", "opencap_s4"} & set(card.subjects)
    assert "cmu_expmap/*/*/test_*" in card.held_out


def test_any_changed_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray(written(tmp_path))
    data[-1] ^= 1
    (tmp_path / WEIGHTS).write_bytes(bytes(data))
    with pytest.raises(ArtifactError, match=r"content: expected sha256 .* as its card says"):
        read_corrector(tmp_path)


def test_what_is_no_safetensors_file_or_not_in_half_precision_is_refused(tmp_path: Path) -> None:
    written(tmp_path, b"not weights at all")
    with pytest.raises(ArtifactError, match="expected a safetensors file"):
        read_corrector(tmp_path)
    whole = {name: weight.float() for name, weight in load(to_safetensors(Corrector(TINY))).items()}
    written(tmp_path, save(whole))
    with pytest.raises(ArtifactError, match="expected half precision"):
        read_corrector(tmp_path)


def test_missing_weights_or_card_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"corrector\.json: .* or train anew"):
        read_corrector(tmp_path)
    written(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ArtifactError, match=r"corrector\.safetensors"):
        read_corrector(tmp_path)


def test_weights_of_another_shape_name_or_without_a_value_are_refused() -> None:
    weights = Corrector(TINY).state_dict()
    with pytest.raises(ArtifactError, match=r"expected \(5, .* found \(4, "):
        with_weights(weights, TINY.model_copy(update={"inner": 5}))
    with pytest.raises(ArtifactError, match="odd is on one side only"):
        with_weights(weights | {"odd": torch.zeros(1)}, TINY)
    with pytest.raises(ArtifactError, match="expected finite weights"):
        with_weights(weights | {"looseness": torch.full_like(weights["looseness"], float("nan"))}, TINY)
