from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinetrace.models.corrector.network import WINDOW
from kinetrace.training.corrector.recordings import Recording
from kinetrace.training.corrector.window_table import window_table
from schemas.errors import ComputeError


def test_every_window_of_every_recording_is_there_once_a_speed(recordings: tuple[Recording, ...]) -> None:
    table = window_table(recordings, (60.0,))
    assert table.counts == (31 + 41, 51) and len(table.starts) == 123
    assert len(window_table(recordings, (48.0, 60.0, 75.0)).starts) > 2.5 * 123


def test_windows_are_stretches_of_one_recording_and_know_their_joints(recordings: tuple[Recording, ...]) -> None:
    table = window_table(recordings, (60.0,))
    windows, present = table.draw(64, np.random.default_rng(0))
    assert windows.shape == (64, WINDOW, 21, 3) and present.shape == (64, WINDOW, 21)
    steps = np.linalg.norm(np.diff(windows.numpy(), axis=1), axis=-1)
    assert steps.max() < 0.1
    armless = ~present[:, 0, 13].numpy()
    assert armless.any() and float(windows[armless][:, :, 13].abs().max()) == 0.0


def test_data_sets_take_turns_whatever_their_size(recordings: tuple[Recording, ...]) -> None:
    far = [replace(r, positions=r.positions + 100.0 * (r.source == "b")) for r in recordings]
    drawn, _ = window_table(far, (60.0,)).draw(2000, np.random.default_rng(1))
    assert 0.45 < float((drawn[:, 0, 0, 1] > 50).double().mean()) < 0.55


def test_the_same_recordings_have_the_same_digest_in_any_order(recordings: tuple[Recording, ...]) -> None:
    table = window_table(recordings, (60.0,))
    assert table.digest() == window_table(recordings[::-1], (60.0,)).digest()
    assert table.digest() != window_table(recordings[:2], (60.0,)).digest()


def test_recordings_shorter_than_a_window_are_refused(recordings: tuple[Recording, ...]) -> None:
    short = [Recording(r.name, r.source, r.licence, r.positions[:40], r.recorded, r.fps) for r in recordings]
    with pytest.raises(ComputeError, match=r"at least 60 complete frames .* found 3, none so long"):
        window_table(short, (60.0,))
