from __future__ import annotations

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from made_swaying import swaying

from kinetrace.models.corrector.groups import JOINTS, LIMBS
from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.repair import LONGEST, denoise, fill_gaps
from kinetrace.motion.skeletons import INDEX
from schemas.corrector import CorrectorParams

KNEE = INDEX["l_knee"]


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Corrector(CorrectorParams(width=4, layers=1, inner=4)).eval()


def holed(frames: int, fps: float, first: int, last: int, columns: list[int]) -> tuple[np.ndarray, np.ndarray]:
    visible = np.ones((frames, JOINTS), dtype=bool)
    visible[first:last, columns] = False
    return swaying(frames, fps), visible


@pytest.mark.parametrize("fps", [25.0, 30.0, 50.0, 60.0, 100.0, 120.0, 200.0])
@pytest.mark.parametrize("columns", [[KNEE], list(LIMBS["r_arm"]), list(range(JOINTS))])
def test_a_gap_of_a_quarter_second_is_filled_at_any_rate_and_what_was_seen_stays_bit_for_bit(
    corrector: Corrector, fps: float, columns: list[int]
) -> None:
    frames, gap = int(2.5 * fps), int(0.25 * fps)
    clean, visible = holed(frames, fps, frames // 2, frames // 2 + gap, columns)
    shown = np.where(visible[..., None], clean, 7e7).astype(np.float32)
    found = fill_gaps(corrector, shown, visible, ~visible, fps)
    np.testing.assert_array_equal(found.given, ~visible)
    np.testing.assert_array_equal(found.positions[visible], shown[visible])
    off = np.linalg.norm(found.positions - clean, axis=2)[~visible]
    assert off.max() < 0.012 and found.expected[~visible].min() > 0 and found.expected[visible].max() == 0


def test_a_long_walk_away_from_the_origin_with_many_gaps(corrector: Corrector) -> None:
    clean = swaying(500) + np.array([300.0, 0.0, -200.0])
    visible = np.ones((500, JOINTS), dtype=bool)
    for k, first in enumerate(range(20, 460, 37)):
        visible[first : first + 1 + k, k % JOINTS] = False
    found = fill_gaps(corrector, clean, visible, ~visible, 60.0)
    np.testing.assert_array_equal(found.given, ~visible)
    assert np.linalg.norm(found.positions - clean, axis=2).max() < 0.01


def test_gaps_that_are_too_long_or_open_are_left_and_what_is_not_wanted_is_not_given(corrector: Corrector) -> None:
    clean, visible = holed(200, 60.0, 60, 60 + LONGEST + 1, [KNEE])
    visible[150:152, 0] = False
    visible[:5, 1] = False
    visible[190:, 2] = False
    visible[:, 3] = False
    wanted = ~visible
    wanted[:, 0] = False
    assert not fill_gaps(corrector, clean, visible, wanted, 60.0).given.any()
    shorter = visible.copy()
    shorter[60, KNEE] = True
    given = fill_gaps(corrector, clean, shorter, ~shorter, 60.0).given
    assert given[61 : 61 + LONGEST, KNEE].all() and given[150:152, 0].all() and given.sum() == LONGEST + 2


@pytest.mark.parametrize("fps", [30.0, 60.0, 100.0, 120.0])
def test_noise_is_taken_out_at_any_rate_and_missing_samples_stay_missing(corrector: Corrector, fps: float) -> None:
    frames = int(3 * fps)
    clean, visible = holed(frames, fps, 40, 44, [KNEE])
    noisy = clean + 0.012 * np.random.default_rng(0).standard_normal(clean.shape)
    found = denoise(corrector, noisy, visible, fps)
    np.testing.assert_array_equal(found.given, visible)
    np.testing.assert_array_equal(found.positions[~visible], noisy[~visible])
    before, after = (np.linalg.norm(p - clean, axis=2)[visible].mean() for p in (noisy, found.positions))
    assert after < (0.75 if fps < 60 else 0.6) * before


def test_short_recordings_and_empty_wishes(corrector: Corrector) -> None:
    clean, visible = holed(24, 60.0, 10, 14, [KNEE])
    found = fill_gaps(corrector, clean, visible, ~visible, 60.0)
    assert found.given.sum() == 4 and np.linalg.norm(found.positions - clean, axis=2).max() < 0.01
    nothing = fill_gaps(corrector, clean, visible, np.zeros_like(visible), 60.0)
    assert not nothing.given.any() and nothing.positions.tobytes() == clean.tobytes()


def test_the_same_recording_seen_in_a_mirror_is_repaired_alike(corrector: Corrector) -> None:
    from kinetrace.models.corrector.groups import PARTNER

    clean, visible = holed(90, 60.0, 40, 50, [KNEE])
    flip = np.array([1.0, 1.0, -1.0])
    one = fill_gaps(corrector, clean, visible, ~visible, 60.0)
    other = fill_gaps(corrector, clean[:, PARTNER] * flip, visible[:, PARTNER], ~visible[:, PARTNER], 60.0)
    np.testing.assert_allclose(other.positions[:, PARTNER] * flip, one.positions, atol=2e-6)


def test_a_mask_of_another_length_is_refused(corrector: Corrector) -> None:
    clean, visible = holed(90, 60.0, 40, 50, [KNEE])
    with pytest.raises(TypeCheckError, match="visible"):
        fill_gaps(corrector, clean, visible[:50], visible, 60.0)
