from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adapters.cmu_prediction import read_protocol
from adapters.formats.cmu_expmap import parse_skeleton
from benchmarks.made_takes import cmu_skeleton, cmu_zip
from kinetrace.models.cmu_protocol import (
    COPIES,
    FRAMES_IN,
    FRAMES_OUT,
    IGNORED,
    PREDICTED,
    Ridge,
    completed,
    errors,
    pooled,
    protocol_places,
    windows,
    zero_velocity,
)
from schemas.errors import CaptureError

SKELETON = parse_skeleton(json.dumps(cmu_skeleton()), "made")


def motion(frames: int, seed: int = 0) -> np.ndarray:
    """Make smooth exponential-map frames."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None] / 120.0
    table = 0.3 * np.sin(2 * np.pi * (t * rng.uniform(0.3, 1.5, 117) + rng.uniform(0, 1, 117)))
    for still in (1, 7, 13):  # as in the real files: the root's three stumps do not turn
        table[:, 3 + 3 * still : 6 + 3 * still] = 0.0
    return table


def test_every_second_frame_is_taken_and_scaled_by_70_with_the_root_held() -> None:
    frames = motion(21)
    places = protocol_places(frames, SKELETON)
    assert places.shape == (11, 38, 3) and (places[:, 0] == 0).all()
    np.testing.assert_allclose(places[:, 2], np.tile(70.0 * SKELETON.offsets[2], (11, 1)))
    metric = protocol_places(frames, SKELETON, 1000 * SKELETON.unit_m)
    np.testing.assert_allclose(metric * 70.0 / 56.44, places)
    assert not (protocol_places(frames, SKELETON, rooted=True)[:, 0] == 0).all()


def test_every_window_is_given_and_a_short_file_has_none() -> None:
    places = protocol_places(motion(90), SKELETON)
    stretches = windows(places)
    assert stretches.shape == (45 - 34, 35, 38, 3)
    np.testing.assert_array_equal(stretches[3], places[3:38])
    assert windows(places[:34]).shape == (0, 35, 38, 3)


def test_25_joints_are_predicted_and_the_rest_stand_still_or_are_copies() -> None:
    assert len(PREDICTED) == 25 and len(IGNORED) == 13 and not set(PREDICTED) & set(IGNORED)
    truth = windows(protocol_places(motion(90), SKELETON))
    whole = completed(truth[:, FRAMES_IN:][:, :, list(PREDICTED)], truth[:, FRAMES_IN - 1])
    np.testing.assert_allclose(whole, truth[:, FRAMES_IN:], atol=1e-9)  # copies are copies in the truth as well
    for joint, of in COPIES.items():
        np.testing.assert_array_equal(whole[:, :, joint], whole[:, :, of])


def test_the_error_is_the_mean_distance_at_the_frame() -> None:
    truth = np.zeros((2, FRAMES_OUT, 38, 3))
    guess = truth.copy()
    guess[0, 1, 5] = (3.0, 4.0, 0.0)
    found = errors(guess, truth)
    assert found[1] == pytest.approx(5.0 / 38 / 2) and found[0] == 0.0
    assert pooled({"a": found, "b": np.zeros(25)})[2] == pytest.approx(5.0 / 38 / 4)


def test_ridge_beats_standing_still_on_motion_like_what_it_saw_and_knows_a_constant() -> None:
    train = [protocol_places(motion(600, seed), SKELETON) for seed in (0, 0)]
    test = windows(train[0])[::7]
    ridge = Ridge(train, 1e-3)
    assert (
        errors(ridge(test), test[:, FRAMES_IN:]).mean() < 0.1 * errors(zero_velocity(test), test[:, FRAMES_IN:]).mean()
    )
    still = np.repeat(train[0][:1], 60, axis=0)
    np.testing.assert_allclose(Ridge([still], 1.0)(windows(still)), windows(still)[:, FRAMES_IN:], atol=1e-6)


def test_files_are_split_by_folder_and_actions_outside_the_benchmark_are_extra(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    names = (
        "train/walking/walking_1",
        "train/walking_extra/walking_9",
        "test/walking/walking_1",
        "test/walking_extra/w_1",
    )
    path.write_bytes(cmu_zip(80, names))
    files = read_protocol(path)
    assert list(files.train) == ["walking"] == list(files.test) and list(files.extra) == ["walking_extra"]
    assert files.train["walking"][0].shape == (40, 38, 3)
    true = read_protocol(path, None).test["walking"][0]
    np.testing.assert_allclose(true, files.test["walking"][0] * 56.44 / 70)


def test_an_archive_without_the_folders_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    path.write_bytes(cmu_zip(80, ("walking_1",)))
    with pytest.raises(CaptureError, match="expected folders train/ACTION and test/ACTION"):
        read_protocol(path)


def test_the_published_zero_velocity_and_ridge_are_met(recordings: Path) -> None:
    files = read_protocol(recordings / "cmu_mocap" / "cmu_mocap_expmap.zip")
    test = {action: np.concatenate([windows(one) for one in made]) for action, made in files.test.items()}
    still = pooled({a: errors(zero_velocity(w), w[:, FRAMES_IN:]) for a, w in test.items()})
    assert [round(v, 1) for v in still.values()] == [22.7, 43.3, 80.1, 96.1, 123.0, 163.7]
    ridge = Ridge([one for made in files.train.values() for one in made], 3e5)
    linear = pooled({a: errors(ridge(w), w[:, FRAMES_IN:]) for a, w in test.items()})
    np.testing.assert_allclose(list(linear.values()), [10.0, 20.1, 44.2, 56.8, 79.7, 120.1], rtol=0.01)
