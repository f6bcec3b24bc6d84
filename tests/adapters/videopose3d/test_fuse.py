"""The fusion: exact where its sources are, the same wherever the world's axes lie, and not led astray by one source."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_sight import STATURE, Made, made_clip
from scipy.spatial.transform import Rotation

from adapters.videopose3d.fuse import Fused, fuse
from adapters.videopose3d.points import BONES, LENGTHS, POINTS, usual_lengths
from adapters.videopose3d.sight import Sight


@pytest.fixture(scope="module")
def clip() -> Made:
    return made_clip()


def fused(made: Made, sight: Sight | None = None, start_off: float = 0.0) -> Fused:
    start = made.points + start_off
    return fuse(sight or made.sight, start, STATURE, STATURE * usual_lengths("m"))


def median_mm(found: Fused, made: Made) -> float:
    return 1000.0 * float(np.median(np.linalg.norm(found.points - made.points, axis=2)))


def test_exact_rays_depth_and_lifter_give_the_exact_joints_of_a_person_who_stands() -> None:
    made = made_clip(still=True)
    found = fused(made)
    assert median_mm(found, made) < 3.0
    feet = [
        i for i, name in enumerate(POINTS) if name.split("_")[-1] in ("ankle", "heel", "toe")
    ]  # the floor has its say there
    assert float(np.delete(np.linalg.norm(found.points - made.points, axis=2), feet, axis=1).max()) < 0.01


def test_of_a_walker_too_but_for_what_smoothness_and_standing_feet_take(clip: Made) -> None:
    assert median_mm(fused(clip), clip) < 8.0


def test_a_start_that_is_off_by_centimetres_ends_at_the_same_place(clip: Made) -> None:
    far, near = fused(clip, start_off=0.04), fused(clip)
    assert 1000.0 * float(np.median(np.linalg.norm(far.points - near.points, axis=2))) < 2.0


def test_turning_and_moving_the_level_world_turns_and_moves_the_body(clip: Made) -> None:
    turn = Rotation.from_euler("y", 1.1).as_matrix()
    shift = np.array([3.0, 0.0, -7.0])
    s = clip.sight
    moved = replace(
        s,
        centre=s.centre @ turn.T + shift,
        rays=s.rays @ turn.T,
        surface_rays=s.surface_rays @ turn.T,
        lifted=s.lifted @ turn.T,
    )
    here = fused(clip).points
    there = fuse(moved, clip.points @ turn.T + shift, STATURE, STATURE * usual_lengths("m")).points
    np.testing.assert_allclose(there, here @ turn.T + shift, atol=1e-6)


def test_bones_keep_one_length_through_the_clip(clip: Made) -> None:
    found = fused(clip)
    for name, near, far in BONES:
        ends = [sum(w * found.points[:, POINTS.index(p)] for p, w in end.items()) for end in (near, far)]
        length = np.linalg.norm(np.asarray(ends[1]) - np.asarray(ends[0]), axis=1)
        assert float(np.ptp(length)) < 0.02
        assert float(np.median(length)) == pytest.approx(found.lengths[LENGTHS.index(name)], abs=0.01)


def test_a_tenth_of_the_depths_from_the_wall_behind_changes_little(clip: Made) -> None:
    ranges = clip.sight.ranges.copy()
    ranges[np.random.default_rng(0).random(ranges.shape) < 0.1] += 1.5
    assert median_mm(fused(clip, replace(clip.sight, ranges=ranges)), clip) < 9.0


def test_depth_puts_right_what_the_lifter_has_wrong() -> None:
    made = made_clip(lifter_error=0.03)  # 5 cm and more a joint
    without = replace(made.sight, sureness=np.zeros_like(made.sight.sureness))
    with_depth, blind = median_mm(fused(made), made), median_mm(fused(made, without), made)
    assert with_depth < 25.0
    assert with_depth < 0.6 * blind


def test_a_side_that_is_never_seen_still_has_its_bones_lengths(clip: Made) -> None:
    hidden = [POINTS.index(name) for name in POINTS if name.startswith("l_")]
    visibility = clip.sight.visibility.copy()
    visibility[:, hidden] = 0.0
    sureness = clip.sight.sureness.copy()
    sureness[:, [p for p in range(sureness.shape[1]) if p % 2]] *= 0.0
    found = fused(clip, replace(clip.sight, visibility=visibility, sureness=sureness))
    assert np.isfinite(found.points).all()
    assert median_mm(found, clip) < 30.0
