from __future__ import annotations

from pathlib import Path

import pytest
import torch
from made_lifter import tiny_lifter, write_lifter

from kinetrace.models.lifter.network import LifterNetwork, count_parameters
from kinetrace.models.lifter.weights import (
    CARD,
    SHIPPED,
    WEIGHTS,
    from_safetensors,
    read_lifter,
    to_safetensors,
    with_weights,
)
from schemas.errors import ArtifactError
from schemas.lifter import LifterParams


def test_weights_come_back_bit_for_bit_and_ready_to_use(tmp_path: Path) -> None:
    data = write_lifter(tmp_path, tiny_lifter())
    found = read_lifter(tmp_path)
    assert to_safetensors(found.network) == data and not found.network.training


def test_the_shipped_weights_are_those_of_their_card_small_and_of_people_they_may_be_made_of() -> None:
    lifter = read_lifter()
    assert count_parameters(lifter.network) == lifter.card.parameters
    assert (SHIPPED / WEIGHTS).stat().st_size <= 1_200_000
    assert {s.partition("_")[0] for s in lifter.card.subjects} == {"cmu", "ui"}
    assert not {"ui_prmd_s05", "ui_prmd_s06"} & set(lifter.card.subjects)


def test_any_changed_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray(write_lifter(tmp_path, tiny_lifter()))
    data[-1] ^= 1
    (tmp_path / WEIGHTS).write_bytes(bytes(data))
    with pytest.raises(ArtifactError, match=r"content: expected sha256 .* as its card says"):
        read_lifter(tmp_path)


def test_weights_of_another_table_of_inputs_are_refused(tmp_path: Path) -> None:
    write_lifter(tmp_path, tiny_lifter(), features="lifter-features/0: others")
    with pytest.raises(
        ArtifactError, match=r"lifter.json: features: expected lifter-features/\d.*found lifter-features/0"
    ):
        read_lifter(tmp_path)


def test_a_card_of_another_size_is_refused(tmp_path: Path) -> None:
    write_lifter(tmp_path, tiny_lifter(), params=LifterParams(width=12))
    with pytest.raises(ArtifactError, match="train anew: kinetrace train lifter"):
        read_lifter(tmp_path)


def test_missing_files_and_what_is_no_safetensors_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=CARD):
        read_lifter(tmp_path)
    with pytest.raises(ArtifactError, match="expected a safetensors file"):
        from_safetensors(b"not weights at all", LifterParams())


def test_a_weight_that_is_no_number_is_refused() -> None:
    params = tiny_lifter().card.params
    weights = {k: v.clone() for k, v in LifterNetwork(params).state_dict().items()}
    weights["places.bias"][0] = torch.nan
    with pytest.raises(ArtifactError, match=r"places\.bias: expected finite weights"):
        with_weights(weights, params)
