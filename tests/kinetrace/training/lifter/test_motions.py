from __future__ import annotations

import numpy as np
import pytest
import torch
from made_lifter import STANDING, made_take

from kinetrace.motion.skeletons import BONES, INDEX
from kinetrace.training.lifter.motions import motion_table, resampled
from schemas.errors import ComputeError


def test_a_clip_keeps_its_bones_for_its_whole_length() -> None:
    joints = motion_table([made_take(), made_take(seed=2)]).draw(6, 40, torch.Generator().manual_seed(0))
    lengths = torch.stack([(joints[:, :, a] - joints[:, :, b]).norm(dim=-1) for a, b in BONES])
    assert joints.shape == (6, 40, 21, 3)
    rigid = [k for k, (a, b) in enumerate(BONES) if a not in (INDEX["r_heel"], INDEX["l_heel"])]
    assert float(lengths[rigid].std(dim=2).max()) < 1e-5  # heel to toe is not laid out but follows


def test_without_variety_and_mirror_the_pose_is_the_recorded_one() -> None:
    take = made_take(frames=60)
    table = motion_table([take], (1.0,))
    joints = table.draw(8, 60, torch.Generator().manual_seed(0), variety=0.0)
    wanted = take.positions[:, INDEX["l_knee"]] - take.positions[:, INDEX["l_hip"]]
    wanted = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
    found = [
        (joints[k, :, INDEX[f"{side}_knee"]] - joints[k, :, INDEX[f"{side}_hip"]]) * torch.tensor([1.0, 1.0, sign])
        for k in range(8) for side, sign in (("l", 1.0), ("r", -1.0))
    ]  # fmt: skip
    near = [np.abs((f / f.norm(dim=1, keepdim=True)).numpy() - wanted).max() < 1e-4 for f in found]
    assert sum(near) == 8  # each clip as it was or in the mirror


def test_a_short_take_is_played_to_and_fro() -> None:
    table = motion_table([made_take(frames=20)], (1.0,))
    joints = table.draw(3, 58, torch.Generator().manual_seed(0))
    torch.testing.assert_close(joints[:, :20], joints[:, 38:58])
    torch.testing.assert_close(joints[:, 1:20].flip(1), joints[:, 19:38])


def test_resampling_by_hand() -> None:
    line = np.arange(5.0)[:, None, None] * np.ones((1, 21, 3))
    np.testing.assert_allclose(resampled(line, 60.0, 1.0)[:, 0, 0], [0, 2, 4])
    np.testing.assert_allclose(resampled(line, 30.0, 0.5)[:, 0, 0], np.arange(9) / 2)  # sixty a second
    np.testing.assert_allclose(resampled(line, 30.0, 1.5)[:, 0, 0], [0, 1.5, 3])


def test_shares_sum_to_one_and_walks_are_favoured() -> None:
    table = motion_table([made_take(movement="walking"), made_take(movement="jumping", seed=3)], (1.0,))
    assert float(table.shares.sum()) == pytest.approx(1.0)
    assert float(table.shares[0] / table.shares[1]) == pytest.approx(3.0)


def test_one_changed_number_changes_the_digest() -> None:
    take = made_take()
    before = motion_table([take]).digest
    assert before == motion_table([made_take()]).digest
    take.positions[3, 5, 1] += 0.01
    assert motion_table([take]).digest != before


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(ComputeError, match="expected one or more with all of BODY21, found none"):
        motion_table([])


def test_the_root_keeps_its_height_in_leg_lengths() -> None:
    still = made_take(frames=30)
    still.positions[:] = STANDING
    joints = motion_table([still], (1.0,)).draw(20, 10, torch.Generator().manual_seed(1), variety=0.0)
    lowest = joints[:, :, [INDEX["l_ankle"], INDEX["r_ankle"]], 1].amin((1, 2))
    assert float(lowest.min()) > 0.0 and float(lowest.max()) < 0.1
