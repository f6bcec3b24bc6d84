"""What the sensor makes of a body: bone lengths, jitter, dropouts, jumps and both readings of the scale."""

from __future__ import annotations

import numpy as np
import pytest

from kinetrace.simulation.arkit import PARENTS, TRACKED, tracked_joints
from kinetrace.simulation.sensors import SensorParams, coloured_noise
from kinetrace.simulation.simulate import Recording, simulate


def world_joints(recording: Recording) -> np.ndarray:
    s = recording.sensed
    turned = (s.anchor[:, None, :3, :3] @ s.joints[..., None])[..., 0]
    return np.asarray(turned + s.anchor[:, None, :3, 3])


QUIET = SensorParams(bone_jitter_deg=0.0, root_jitter_m=0.0, drift_m=0.0, seconds_per_jump=1e9, seconds_per_dropout=1e9)


def test_a_perfect_sensor_gives_the_truth_in_its_own_world() -> None:
    recording = simulate("gait", 3.0, 5, sensor=QUIET)
    true = recording.world.apply(tracked_joints(recording.truth.positions))
    np.testing.assert_allclose(world_joints(recording), true, atol=1e-9)


def test_jitter_is_of_a_few_millimetres_and_keeps_every_bone() -> None:
    recording = simulate("balance", 30.0, 2, sensor=SensorParams(seconds_per_dropout=1e9, seconds_per_jump=1e9))
    seen, true = world_joints(recording), recording.world.apply(tracked_joints(recording.truth.positions))
    error = 1000 * np.sqrt(np.mean(np.sum((seen - true) ** 2, axis=-1), axis=0))
    ankle = error[TRACKED.index("left_foot_joint")]
    assert 4.0 < ankle < 15.0
    assert error[TRACKED.index("left_foot_joint")] > error[TRACKED.index("root")]
    for child, parent in enumerate(PARENTS):
        if parent >= 0:
            assert np.ptp(np.linalg.norm(seen[:, child] - seen[:, parent], axis=-1)) < 1e-9


def test_coloured_noise_has_unit_spread_and_the_memory_asked_for() -> None:
    noise = coloured_noise(np.random.Generator(np.random.PCG64(1)), (200_000,), 10.0)
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    assert np.corrcoef(noise[:-10], noise[10:])[0, 1] == pytest.approx(np.exp(-1.0), abs=0.03)


def test_dropouts_have_the_lengths_asked_for_and_hold_the_last_pose() -> None:
    sensed = simulate("gait", 20.0, 3).sensed
    edges = np.flatnonzero(np.diff(np.r_[1, sensed.tracked.astype(int), 1]))
    gaps = edges[1::2] - edges[::2]
    assert len(gaps) >= 3
    assert gaps.min() >= 2
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        np.testing.assert_array_equal(
            sensed.anchor[first:stop], np.repeat(sensed.anchor[first - 1 : first], stop - first, axis=0)
        )


def test_the_root_jumps_further_than_five_centimetres_and_comes_back() -> None:
    recording = simulate("balance", 16.0, 4, sensor=SensorParams(seconds_per_dropout=1e9))
    off = recording.sensed.jumped
    way = np.linalg.norm(
        world_joints(recording)[:, 0] - recording.world.apply(recording.truth.positions[:, 0]), axis=-1
    )
    assert off.any()
    assert way[off].min() > 0.05
    assert way[~off].max() < 0.05


@pytest.mark.parametrize(("applies", "factor"), [(False, 1.0), (True, 1.05)])
def test_both_readings_of_the_scale_can_be_made(applies: bool, factor: float) -> None:
    sensor = SensorParams(**{**QUIET.__dict__, "scale": 1.05, "scale_applies": applies})
    scaled, plain = (simulate("gait", 1.0, 0, sensor=s).sensed for s in (sensor, QUIET))
    np.testing.assert_allclose(scaled.joints * factor, plain.joints, atol=1e-12)
    assert scaled.scale == 1.05
