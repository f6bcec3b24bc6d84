from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch

from kinetrace.training.resumed import moments_of, read_archive, refusal, restore_moments
from schemas.errors import ArtifactError


def stepped(steps: int) -> tuple[torch.nn.Linear, torch.optim.AdamW]:
    layer = torch.nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.fill_(0.5)
        layer.bias.fill_(0.0)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=0.1)
    go(layer, optimiser, steps)
    return layer, optimiser


def go(layer: torch.nn.Linear, optimiser: torch.optim.AdamW, steps: int) -> None:
    for _ in range(steps):
        optimiser.zero_grad()
        (layer(torch.tensor([[1.0, -2.0]])) ** 2).sum().backward()
        optimiser.step()


def test_moments_that_are_put_back_lead_to_the_same_weights() -> None:
    straight, _ = stepped(5)
    layer, optimiser = stepped(3)
    fresh = torch.optim.AdamW(layer.parameters(), lr=0.1)
    restore_moments(fresh, moments_of(optimiser), refusal(Path("a.pt")))
    go(layer, fresh, 2)
    assert torch.equal(layer.weight, straight.weight)


def test_moments_by_hand() -> None:
    _, optimiser = stepped(1)
    moments = moments_of(optimiser)
    assert sorted(moments) == ["0.exp_avg", "0.exp_avg_sq", "0.step", "1.exp_avg", "1.exp_avg_sq", "1.step"]
    assert moments["0.exp_avg"].tolist() == [
        [pytest.approx(-0.1), pytest.approx(0.2)]
    ]  # gradient (-1, 2), a tenth of it


def test_other_moments_are_refused() -> None:
    layer, optimiser = stepped(1)
    moments = moments_of(optimiser)
    for odd in ({}, {**moments, "0.exp_avg": torch.zeros(3)}, {**moments, "1.step": torch.tensor(float("nan"))}, None):
        with pytest.raises(ArtifactError, match=r"a\.pt: optimiser"):
            restore_moments(torch.optim.AdamW(layer.parameters()), odd, refusal(Path("a.pt")))


def test_an_archive_with_other_keys_or_none_at_all_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    torch.save({"step": 1}, buffer)
    (tmp_path / "a.pt").write_bytes(buffer.getvalue())
    refuse = refusal(tmp_path / "a.pt")
    assert read_archive(tmp_path / "a.pt", frozenset({"step"}), refuse) == {"step": 1}
    with pytest.raises(ArtifactError, match="expected losses, step, found others"):
        read_archive(tmp_path / "a.pt", frozenset({"step", "losses"}), refuse)
    (tmp_path / "a.pt").write_bytes(b"no archive")
    with pytest.raises(ArtifactError, match=r"a\.pt"):
        read_archive(tmp_path / "a.pt", frozenset({"step"}), refuse)
