from __future__ import annotations

import pytest
from made_lifter import TINY, made_take

from kinetrace.training.lifter.draws import clips_of_step
from kinetrace.training.lifter.motions import motion_table
from kinetrace.training.lifter.ridge import ONE_FRAME, WINDOW, fit_ridge
from schemas.errors import ComputeError

PARAMS = TINY.model_copy(update={"batch_size": 24})
TABLE = motion_table([made_take(seed=k) for k in range(3)], (1.0,))


def error(offsets: tuple[int, ...], penalty: float = 1e-3) -> float:
    ridge = fit_ridge(TABLE, PARAMS, range(20), offsets, penalty)
    clips = clips_of_step(TABLE, PARAMS, 1000)
    return float((ridge.lifted(clips.rays, clips.confidence) - clips.positions).norm(dim=-1).mean())


def test_it_is_nearer_than_a_mean_body() -> None:
    mean_body = error(ONE_FRAME, 1e9)
    assert error(ONE_FRAME) < 0.8 * mean_body
    assert error(WINDOW) < 0.8 * mean_body


def test_the_pelvis_is_at_the_origin() -> None:
    clips = clips_of_step(TABLE, PARAMS, 1)
    assert not fit_ridge(TABLE, PARAMS, range(2), ONE_FRAME).lifted(clips.rays, clips.confidence)[:, :, 0].any()


def test_nothing_to_fit_on_is_refused() -> None:
    with pytest.raises(ComputeError, match="steps: expected one or more, found none"):
        fit_ridge(TABLE, PARAMS, range(0))


def test_one_frame_looks_at_one_frame() -> None:
    ridge = fit_ridge(TABLE, PARAMS, range(3), ONE_FRAME)
    clips = clips_of_step(TABLE, PARAMS, 1)
    assert ridge.weights.shape[0] == 101
    assert ridge.lifted(clips.rays[:, 5:6], clips.confidence[:, 5:6]).shape == (24, 1, 21, 3)
