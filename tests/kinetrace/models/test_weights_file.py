from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import nn

from kinetrace.models.weights_file import checked_bytes, filled, in_single_precision, tensors_in
from schemas.errors import ArtifactError


def refuse(field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(where="a.safetensors", field=field, expected=expected, found=found, fix="Fetch it again.")


def weights(dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    return {"weight": torch.ones(2, 3, dtype=dtype), "bias": torch.zeros(2, dtype=dtype)}


def test_what_was_written_comes_back_and_fills_the_network(tmp_path: Path) -> None:
    data = save(weights())
    (tmp_path / "a").write_bytes(data)
    read = checked_bytes(tmp_path / "a", hashlib.sha256(data).hexdigest(), 10_000, refuse)
    network = filled(nn.Linear(3, 2), tensors_in(read, refuse), refuse)
    assert not network.training
    assert network(torch.ones(1, 3)).tolist() == [[3.0, 3.0]]


def test_sixteen_bits_become_thirty_two_and_nothing_else_is_taken() -> None:
    assert in_single_precision(weights(torch.float16), refuse)["weight"].dtype == torch.float32
    with pytest.raises(ArtifactError, match=r"expected half precision, found torch.float32"):
        in_single_precision(weights(), refuse)


def test_other_bytes_than_the_cards_are_refused_before_they_are_parsed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"not safetensors at all")
    with pytest.raises(ArtifactError, match=r"content.*as its card says"):
        checked_bytes(tmp_path / "a", "0" * 64, 10_000, refuse)
    with pytest.raises(ArtifactError, match="a safetensors file"):
        tensors_in(b"not safetensors at all", refuse)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ({"weight": torch.ones(2, 3)}, "bias is on one side only"),
        ({**weights(), "bias": torch.zeros(3)}, r"found \(3,\) torch.float32"),
        ({**weights(), "bias": torch.zeros(2, dtype=torch.float64)}, "float64"),
        ({**weights(), "bias": torch.tensor([0.0, float("nan")])}, "NaN or infinity"),
    ],
)
def test_weights_of_another_network_are_refused(odd: dict[str, torch.Tensor], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        filled(nn.Linear(3, 2), odd, refuse)
