"""Real recordings against force plates. The plates are only compared with; nothing is fitted to them."""

import numpy as np
import pytest

from kinetrace.physics.replay import Recording, replay
from schemas.sim_replay import SimReplayParams
from stages.s04_sim_replay.documents import arrays, summary


def plates(path, weight):
    """Vertical force of plates 1 and 2 [body weights], a row a frame at 100 Hz."""
    lines = path.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("endheader"))
    names = lines[start + 1].split("\t")
    table = np.array([[float(x) for x in line.split("\t")] for line in lines[start + 2 :] if line.strip()])
    return table[:, [names.index(f"ground_force_{k}_vy") for k in (1, 2)]] / weight


def replayed(opencap, trial, movement, mass, lift=0.0):
    alignment, state, about = opencap(trial, movement, mass)
    points = state.positions_raw + np.array([0.0, lift, 0.0], dtype=np.float32) * (state.validity > 0)[..., None]
    made = Recording(points, state.validity, state.contacts, about.fps, about.movement)
    found = replay(made, about.subject, about.calibration, alignment.seat, SimReplayParams())
    return arrays(found, state.time), summary(found, about.subject, about.fps, SimReplayParams())


def rmse(a, b):
    return 100 * float(np.sqrt(np.mean((a - b) ** 2)))


@pytest.mark.parametrize(
    ("trial", "movement", "mass", "bound"),
    [
        ("walking1", "gait", 63.7, 4.5),
        ("walking2", "gait", 63.7, 4.5),
        ("squats1", "squat", 60.0, 2.5),
        ("STS1", "sit_to_stand", 60.0, 4.0),
        ("static1", "balance", 60.0, 0.5),
    ],
)
def test_vertical_force_agrees_with_the_plates(opencap, recordings, trial, movement, mass, bound):
    table, document = replayed(opencap, trial, movement, mass)
    read = plates(recordings / "opencap_s4" / f"{trial}_grf.mot", mass * 9.81)
    frames = min(len(read), len(table.time))
    vertical, read = table.grf[:frames, :, 1], read[:frames]
    inside = np.zeros(frames, dtype=bool)
    inside[5:-5] = True
    if movement == "gait":  # complete once the left foot, which began off the plates, has left the floor
        inside[: int(np.flatnonzero(vertical[:, 0] == 0)[0]) + 2] = False
    if movement == "sit_to_stand":
        hips = table.joint_positions[:frames, 0, 1]
        low, high = np.percentile(hips, [2, 95])
        inside &= hips > low + 0.1 * (high - low)
    assert rmse(vertical.sum(axis=1)[inside], read.sum(axis=1)[inside]) <= bound
    assert document.ik_residual_mean_m <= 0.020
    assert document.axis_scores["contact"] >= 0.85
    assert document.axis_scores["kinematic"] >= 0.85
    assert document.axis_scores["dynamic"] >= 0.85
    if movement == "gait":
        left, right = vertical[inside].T
        assert rmse(right, read[inside, 0]) <= 8.0
        assert rmse(left, read[inside, 1]) <= 8.0


@pytest.mark.parametrize(("trial", "movement"), [("walking1", "gait"), ("static1", "balance")])
@pytest.mark.parametrize("lift", [0.10, -0.10])
def test_a_real_motion_ten_centimetres_off_the_floor_scores_clearly_lower(opencap, trial, movement, lift):
    _, real = replayed(opencap, trial, movement, 62.6)
    _, moved = replayed(opencap, trial, movement, 62.6, lift)
    assert moved.axis_scores["contact"] <= real.axis_scores["contact"] - 0.15


def test_feet_push_back_at_heel_strike_and_forward_at_push_off(opencap):
    table, _ = replayed(opencap, "walking1", "gait", 63.7)
    left = table.grf[:, 0]
    stance = np.flatnonzero(left[20:, 1] > 0.05) + 20
    first, last = np.array_split(stance, 2)
    assert left[first, 0].mean() < -0.03
    assert left[last, 0].mean() > 0.03
