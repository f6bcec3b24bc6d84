from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_model import FPS, JOINTS, squat_states

from kinetrace.models.features import HeadingFeatures
from kinetrace.models.standardiser import fit_standardiser
from kinetrace.training.world_model.draws import CHUNK, HORIZON_POWER, EpochSampler, HorizonSampler, draw
from kinetrace.training.world_model.table import StateTable, reach_within, state_table

VIEW = HeadingFeatures(JOINTS)


def table(stretch: torch.Tensor, longest: int | None = None) -> StateTable:
    states = torch.from_numpy(squat_states(len(stretch)))
    own = fit_standardiser(VIEW.extract(states), VIEW.spread_floor)
    return state_table(states, stretch, torch.ones(len(stretch)), VIEW, own, 1 / FPS, longest=longest)


def test_reach_by_hand() -> None:
    assert reach_within(torch.tensor([0, 0, 0, -1, -1, 4, 4])).tolist() == [2, 1, 0, 0, 0, 1, 0]


@settings(deadline=None, max_examples=20)
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_no_pair_leaves_its_recording(lengths: list[int], seed: int) -> None:
    stretch = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    if int(reach_within(stretch).max()) == 0:
        return
    start, horizon = HorizonSampler(table(stretch), "cpu").pairs(seed, 0, 0, 16)
    assert bool((horizon >= 1).all())
    assert torch.equal(stretch[start], stretch[start + horizon])


def test_the_chance_of_a_horizon_falls_as_its_power() -> None:
    start, horizon = HorizonSampler(table(torch.zeros(90, dtype=torch.long), longest=8), "cpu").pairs(0, 0, 0, 512)
    seen = torch.bincount(horizon[start < 80].flatten())[1:].double()
    wanted = torch.arange(1, 9).double() ** -HORIZON_POWER
    assert torch.allclose(seen / seen.sum(), wanted / wanted.sum(), atol=0.01)


@settings(deadline=None, max_examples=20)
@given(pairs=st.integers(1, 40), batch=st.integers(1, 7))
def test_an_epoch_holds_every_pair_once(pairs: int, batch: int) -> None:
    every = torch.stack((torch.arange(pairs), torch.arange(pairs) + 1), dim=1)
    sampler = EpochSampler(every, "cpu")
    chunks = [sampler.pairs(3, 0, c, batch)[0].flatten() for c in range(2)]
    drawn = torch.cat(chunks)
    for epoch in range(len(drawn) // pairs):
        assert sorted(drawn[epoch * pairs : (epoch + 1) * pairs].tolist()) == list(range(pairs))
    assert torch.equal(EpochSampler(every, "cpu").pairs(3, 0, 1, batch)[0].flatten(), chunks[1])


def test_draws_depend_on_seed_rank_and_place_alone() -> None:
    sampler = HorizonSampler(table(torch.zeros(30, dtype=torch.long)), "cpu")
    one = draw(sampler, 1, 0, 5, 8, [(0.25, 64)], "cpu")
    torch.manual_seed(3)
    same = draw(sampler, 1, 0, 5, 8, [(0.25, 64)], "cpu")
    assert torch.equal(one.start, same.start)
    assert torch.equal(one.keep[0], same.keep[0])
    assert one.keep[0].shape == (CHUNK, 8, 64)
    assert abs(float((one.keep[0] > 0).float().mean()) - 0.75) < 0.01
    assert one.keep[0].unique().tolist() == pytest.approx([0.0, 4 / 3])
    for other in ((2, 0, 5), (1, 1, 5), (1, 0, 6)):
        assert not torch.equal(one.start, draw(sampler, *other, 8, [(0.25, 64)], "cpu").start)
