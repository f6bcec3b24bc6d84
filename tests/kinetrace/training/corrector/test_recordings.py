from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_swaying import swaying

from kinetrace.training.corrector.recordings import Recording, at_rate, complete_stretch, divide, read_recordings
from schemas.errors import ArtifactError, UsageError


def test_the_longest_stretch_without_bridged_or_missing_samples_is_kept() -> None:
    validity = np.full((100, 21), 2, dtype=np.uint8)
    validity[:, 20] = 0  # never recorded
    validity[:, 7] = 1  # inferred throughout: its own normal state
    validity[30, 3] = 1  # bridged
    validity[90, 4] = 0
    positions = np.arange(100.0)[:, None, None] * np.ones((1, 21, 3))
    one = complete_stretch("s/w/m/t", "s", "l", positions, validity, 60.0)
    assert one.positions[0, 0, 0] == 31 and one.positions[-1, 0, 0] == 89
    assert one.recorded.sum() == 20 and not one.recorded[20] and one.subject == "w"


def test_a_recording_in_which_nothing_is_sound_gives_no_frames() -> None:
    validity = np.zeros((10, 21), dtype=np.uint8)
    validity[np.arange(10), np.arange(10)] = 2
    assert len(complete_stretch("s", "s", "l", np.zeros((10, 21, 3)), validity, 60.0).positions) == 0


def test_a_smooth_motion_at_another_rate_is_the_same_motion() -> None:
    every = np.ones(21, dtype=bool)
    fast = Recording("s/w/m/t", "s", "l", swaying(240, 120.0), every, 120.0)
    slow = at_rate(fast, 60.0)
    np.testing.assert_allclose(slow.positions, fast.positions[::2], atol=1e-12)
    assert slow.fps == 60.0 and at_rate(slow, 60.0) is slow
    np.testing.assert_allclose(at_rate(slow, 48.0).positions[4], slow.positions[5], atol=1e-9)


def test_nobody_who_is_held_out_is_trained_on(recordings: tuple[Recording, ...]) -> None:
    training, apart = divide(recordings, (), ("*/two/*",))
    assert [r.subject for r in training] == ["one", "three"] and [r.subject for r in apart] == ["two"]
    assert [r.subject for r in divide(recordings, ("b",), ())[0]] == ["three"]


def test_sources_and_patterns_that_fit_nothing_and_holding_all_out_are_refused(
    recordings: tuple[Recording, ...],
) -> None:
    with pytest.raises(UsageError, match=r"--source: expected one that recordings have: a, b, found c"):
        divide(recordings, ("c",), ())
    with pytest.raises(UsageError, match=r"--held-out: .* one, three, two, found \*/four/\*"):
        divide(recordings, (), ("*/four/*",))
    with pytest.raises(UsageError, match="3, all held out"):
        divide(recordings, (), ("*",))


def test_what_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"corpus\.h5"):
        read_recordings(tmp_path / "corpus.h5")
