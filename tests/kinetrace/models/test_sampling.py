from __future__ import annotations

from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.models.sampling import LEAST_CHANGE, copy_cost, epoch_batches, short_horizon_batches


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(pairs=st.integers(1, 50), batch=st.integers(1, 20), seed=st.integers(0, 9))
def test_an_epoch_holds_every_pair_once(pairs: int, batch: int, seed: int) -> None:
    batches = list(islice(epoch_batches(pairs, batch, generator(seed)), 2 * -(-pairs // batch)))
    first = torch.cat(batches[: len(batches) // 2])
    assert sorted(first.tolist()) == list(range(pairs))
    assert sorted(torch.cat(batches).tolist()) == sorted([*range(pairs), *range(pairs)])


def test_the_chance_of_a_horizon_falls_as_its_power() -> None:
    horizons = torch.tensor([1] * 9 + [4])  # 9 : 1 pairs; chances 1 : 4^-1.5 = 8 : 1 a horizon
    drawn = torch.cat(list(islice(short_horizon_batches(horizons, 64, generator()), 500)))
    share = float((horizons[drawn] == 4).float().mean())
    assert share == pytest.approx(1 / 9, abs=0.01)
    assert len(drawn.unique()) == 10


def test_equal_seeds_draw_equal_pairs() -> None:
    horizons = torch.arange(1, 30)
    one, other = (next(short_horizon_batches(horizons, 16, generator(3))) for _ in range(2))
    assert torch.equal(one, other)
    assert not torch.equal(one, next(short_horizon_batches(horizons, 16, generator(4))))


def test_copying_costs_what_the_state_moves() -> None:
    ramp = torch.arange(6.0)[:, None]
    assert copy_cost(ramp, 3).tolist() == pytest.approx([LEAST_CHANGE, 1.0, 4.0, 9.0])


def test_a_motionless_recording_has_a_least_cost() -> None:
    assert copy_cost(torch.zeros(5, 2), 2).tolist() == pytest.approx([LEAST_CHANGE] * 3)
