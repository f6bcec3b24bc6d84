from __future__ import annotations

import pytest
import torch

from kinetrace.models.determinism import reproducible


def test_inside_chance_depends_on_the_seed_alone() -> None:
    drawn = []
    for outer in (1, 2):
        torch.manual_seed(outer)
        with reproducible(7, "cpu") as generator:
            drawn.append((torch.randn(3), torch.rand(3, generator=generator), torch.get_num_threads()))
    assert torch.equal(drawn[0][0], drawn[1][0])
    assert torch.equal(drawn[0][1], drawn[1][1])
    assert drawn[0][2] == 1


def test_outside_nothing_changes() -> None:
    torch.manual_seed(3)
    expected, threads = torch.randn(2), torch.get_num_threads()
    torch.manual_seed(3)
    with reproducible(7, "cpu"):
        torch.randn(100)
    assert torch.equal(torch.randn(2), expected)
    assert torch.get_num_threads() == threads


def test_an_error_inside_gives_everything_back_too() -> None:
    torch.manual_seed(3)
    state = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="on purpose"), reproducible(7, "cpu"):
        torch.randn(5)
        raise RuntimeError("on purpose")
    assert torch.equal(torch.get_rng_state(), state)
