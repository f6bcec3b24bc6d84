from __future__ import annotations

import torch
from made_lifter import TINY, made_take

from kinetrace.training.lifter.draws import EVERY, JUDGING, SEED_STRIDE, SHORT, clips_of_step
from kinetrace.training.lifter.motions import motion_table

TABLE = motion_table([made_take(seed=k) for k in range(3)], (1.0,))


def test_a_step_follows_from_its_number_and_the_seed_alone() -> None:
    first, again = clips_of_step(TABLE, TINY, 3), clips_of_step(TABLE, TINY, 3)
    assert torch.equal(first.rays, again.rays) and torch.equal(first.positions, again.positions)
    assert not torch.equal(first.rays, clips_of_step(TABLE, TINY, 4).rays)
    other = clips_of_step(TABLE, TINY.model_copy(update={"seed": 1}), 3)
    assert not torch.equal(first.rays, other.rays)


def test_one_step_in_eight_has_short_clips_in_turn() -> None:
    lengths = [clips_of_step(TABLE, TINY, step).rays.shape[1] for step in range(4 * EVERY)]
    assert [n for n in lengths if n != TINY.clip_frames] == [min(n, TINY.clip_frames) for n in SHORT[:3]]
    assert lengths[EVERY - 1] == 1


def test_no_training_draws_the_cameras_that_judge() -> None:
    assert (2**31 - 1) * SEED_STRIDE + 10_000_000 < JUDGING < 2**63
