"""Left and right exchanged."""

from __future__ import annotations

import numpy as np
import torch

from kinetrace.models.asymmetry import asymmetry_m, mirrored
from kinetrace.motion.skeletons import BODY21, INDEX


def symmetric() -> np.ndarray:
    states = np.zeros((2, 21, 9), dtype=np.float32)
    for name in BODY21:
        side = {"r": 0.1, "l": -0.1}.get(name[0], 0.0) if name[:2] in ("r_", "l_") else 0.0
        states[:, INDEX[name], :3] = (0.0, 1.0 - 0.01 * len(name), side)
    return states


def test_mirroring_twice_changes_nothing() -> None:
    states = torch.from_numpy(np.random.default_rng(0).normal(size=(5, 21, 9)).astype(np.float32))
    assert torch.equal(mirrored(mirrored(states)), states)


def test_a_symmetric_pose_is_its_own_mirror_image_and_a_raised_wrist_is_not() -> None:
    states = symmetric()
    states[1, INDEX["l_wrist"], 1] += 0.4
    found = asymmetry_m(states)
    assert found[0] < 1e-6
    assert np.isclose(found[1], 2 * 0.4 / 20, atol=1e-6)  # both wrists are 0.4 m off, of 20 joints
