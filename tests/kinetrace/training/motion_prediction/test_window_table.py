from __future__ import annotations

import numpy as np
import pytest
import torch
from made_prediction import TINY, made_places

from kinetrace.models.cmu_protocol import PREDICTED
from kinetrace.models.motion_prediction.mirror import mirrored
from kinetrace.training.motion_prediction.window_table import window_table
from schemas.cmu_prediction import PredictionParams
from schemas.errors import ComputeError


def drawn(size: int, scale_range: float = 0.0, reversed_share: float = 0.0) -> PredictionParams:
    return TINY.model_copy(update={"batch_size": size, "scale_range": scale_range, "reversed_share": reversed_share})


def test_every_file_is_there_on_the_frames_between_them_and_in_a_mirror() -> None:
    places = made_places(50)
    table = window_table({"walking": (places, places[:34])}, TINY)
    assert len(table.frames) == 2 * 50 + 2 * 49  # the file of 34 frames holds no window
    assert table.counts.tolist() == [2 * 16 + 2 * 15]
    used = list(PREDICTED)
    np.testing.assert_allclose(table.frames[:50], places[:, used].reshape(50, 75) / 1000, rtol=1e-6)
    np.testing.assert_allclose(table.frames[50:100], mirrored(places)[:, used].reshape(50, 75) / 1000, rtol=1e-6)


def test_no_window_reaches_from_one_file_into_another() -> None:
    files = {"a": tuple(np.full((40 + k, 38, 3), 1000.0 * k) for k in range(3)), "b": (np.full((60, 38, 3), 9000.0),)}
    table = window_table(files, TINY)
    given, wanted = table.draw(drawn(200), torch.Generator().manual_seed(0))
    assert given.shape == (200, 10, 75) and wanted.shape == (200, 25, 75)
    whole = torch.cat((given, wanted), 1).abs()
    assert (whole == whole[:, :1]).all()


def test_actions_are_drawn_as_the_root_of_their_windows() -> None:
    table = window_table({"long": (made_places(34 + 400),), "short": (made_places(34 + 100),)}, TINY)
    long, short = table.counts.tolist()
    want = np.sqrt([long, short]) / np.sqrt([long, short]).sum()
    np.testing.assert_allclose(table.shares.numpy(), want)


def test_bodies_are_scaled_by_at_most_the_range() -> None:
    table = window_table({"a": (np.full((40, 38, 3), 1000.0),)}, TINY)
    given, wanted = table.draw(drawn(300, scale_range=0.1), torch.Generator().manual_seed(0))
    size = given.abs()[:, 0, 0]
    assert 0.9 <= size.min() < 0.92 and 1.08 < size.max() <= 1.1
    assert torch.equal(wanted.abs()[:, -1, 0], size)


def test_windows_are_played_backwards_as_often_as_asked() -> None:
    rising = np.arange(60.0)[:, None, None] * np.ones((60, 38, 3))
    table = window_table({"a": (rising,)}, TINY)
    for share in (0.0, 0.3, 1.0):
        given, wanted = table.draw(drawn(500, reversed_share=share), torch.Generator().manual_seed(0))
        y = torch.cat((given, wanted), 1)[..., 1]
        backwards = (y[:, 0] > y[:, -1]).float().mean().item()
        assert backwards == pytest.approx(share, abs=0.06)
        assert ((y.diff(dim=1) > 0).all(1) | (y.diff(dim=1) < 0).all(1)).all()


def test_files_shorter_than_a_window_are_refused() -> None:
    with pytest.raises(ComputeError, match="expected a file of at least 35 frames"):
        window_table({"walking": (made_places(34),)}, TINY)
