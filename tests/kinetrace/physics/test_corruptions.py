import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import FPS, bone, joints_of, swaying

from kinetrace.motion.skeletons import BODY21, BONES, INDEX
from kinetrace.physics.corruptions import CORRUPTIONS, Clip, band_limited, corrupt
from schemas.errors import UsageError

BONES_KEPT = set(CORRUPTIONS) - {"jitter", "tablet_noise", "speed_double", "speed_half"}


@pytest.fixture(scope="module")
def clip(humanoid):
    seen = np.full((120, len(BODY21)), 2, dtype=np.uint8)
    seen[:, INDEX["head"]] = 0
    positions = joints_of(humanoid, swaying(humanoid))
    positions[:, INDEX["head"]] = 0.0
    return Clip(positions, seen, FPS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_seed_gives_the_same_bytes_and_the_clip_stays_as_it_was(clip, name):
    before = clip.positions.copy(), clip.validity.copy()
    one, two = corrupt(name, clip, 7), corrupt(name, clip, 7)
    assert one.positions.tobytes() == two.positions.tobytes()
    assert one.validity.tobytes() == two.validity.tobytes()
    assert np.array_equal(clip.positions, before[0]) and np.array_equal(clip.validity, before[1])
    changed = one.positions.shape != clip.positions.shape or not np.array_equal(one.positions, clip.positions)
    assert changed


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_missing_joint_stays_missing_and_is_zero(clip, name):
    found = corrupt(name, clip, 1)
    assert found.positions.dtype == np.float64 and found.validity.dtype == np.uint8
    assert (found.validity[:, INDEX["head"]] == 0).all()
    assert (found.positions[found.validity == 0] == 0.0).all()
    assert np.isfinite(found.positions).all()


@pytest.mark.parametrize("name", sorted(BONES_KEPT))
def test_a_rigid_defect_keeps_every_bone(clip, name):
    found = corrupt(name, clip, 3)
    for a, b in BONES:
        names = BODY21[a], BODY21[b]
        if "head" not in names:
            there = (found.validity[:, a] > 0) & (found.validity[:, b] > 0)
            original = np.sort(bone(clip.positions, *names))
            assert np.abs(bone(found.positions, *names)[there, None] - original).min(axis=1).max() < 5e-3


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS) - {"tablet_noise"}))
def test_at_no_strength_nothing_is_changed(clip, name):
    found = corrupt(name, clip, 3, strength=0.0)
    if name == "frozen_slide":  # held still is what is left of it
        assert np.ptp(found.positions, axis=0).max() == 0.0
    else:
        assert found.positions == pytest.approx(clip.positions, abs=1e-12)


@pytest.mark.parametrize(("name", "height"), [("float", 0.10), ("sink", -0.10), ("hover", 1.0)])
def test_heights_are_as_said(clip, name, height):
    seen = clip.validity > 0
    found = corrupt(name, clip, 0).positions - clip.positions
    assert found[seen] == pytest.approx(np.tile([0.0, height, 0.0], (seen.sum(), 1)))
    half = corrupt(name, clip, 0, strength=0.5).positions - clip.positions
    assert half[seen] == pytest.approx(found[seen] / 2)


def test_a_lean_is_twenty_degrees_about_the_floor(clip):
    found = corrupt("lean", clip, 5).positions
    up, was = (p[:, INDEX["thorax"]] - p[:, INDEX["pelvis"]] for p in (found, clip.positions))
    foot = clip.positions[:, 0] * (1.0, 0.0, 1.0)
    arm = found[:, 0] - foot
    angle = np.degrees(np.arccos(arm[:, 1] / np.linalg.norm(arm, axis=1)))
    assert angle == pytest.approx(20.0)
    assert np.linalg.norm(up, axis=1) == pytest.approx(np.linalg.norm(was, axis=1))


def test_skating_and_sliding_are_in_metres_a_second(clip):
    skated = corrupt("skate", clip, 0).positions - clip.positions
    assert skated[60, 0] == pytest.approx([0.0, 0.0, 0.5])
    slide = corrupt("frozen_slide", clip, 0).positions
    assert slide[90] - slide[30] == pytest.approx((clip.validity[0] > 0)[:, None] * [1.0, 0.0, 0.0])


def test_root_jitter_is_one_shift_a_frame_of_a_centimetre(clip):
    shift = (corrupt("root_jitter", clip, 2).positions - clip.positions)[:, clip.validity[0] > 0]
    assert np.ptp(shift, axis=1).max() < 1e-12
    assert shift[:, 0].std() == pytest.approx(0.01, rel=0.15)


def test_twice_the_speed_is_every_second_frame_and_half_is_twice_as_long(clip):
    assert np.array_equal(corrupt("speed_double", clip, 0).positions, clip.positions[::2])
    half = corrupt("speed_half", clip, 0).positions
    assert len(half) == 2 * len(clip.positions) - 1
    assert np.array_equal(half[::2], clip.positions)
    assert half[1::2] == pytest.approx((clip.positions[1:] + clip.positions[:-1]) / 2)


def test_a_swap_begins_in_the_middle(clip):
    found = corrupt("swap", clip, 0).positions
    assert np.array_equal(found[:60], clip.positions[:60])
    assert np.array_equal(found[60:, INDEX["l_knee"]], clip.positions[60:, INDEX["r_knee"]])
    assert np.array_equal(found[60:, INDEX["pelvis"]], clip.positions[60:, INDEX["pelvis"]])


def test_a_hand_reaches_the_axis_of_the_trunk_and_without_arms_the_legs_cross(clip):
    found = corrupt("interpenetration", clip, 0).positions
    moved = "r" if np.abs(found - clip.positions)[:, INDEX["r_wrist"]].max() > 0 else "l"
    shoulder, wrist = (found[-1, INDEX[f"{moved}_{name}"]] for name in ("shoulder", "wrist"))
    middle = (found[-1, INDEX["pelvis"]] + found[-1, INDEX["thorax"]]) / 2
    way, reach = middle - shoulder, wrist - shoulder
    assert way @ reach / np.linalg.norm(way) / np.linalg.norm(reach) == pytest.approx(1.0)
    bare = clip.validity.copy()
    bare[:, [INDEX[f"{s}_{j}"] for s in "lr" for j in ("shoulder", "elbow", "wrist")]] = 0
    legs = corrupt("interpenetration", Clip(clip.positions, bare, clip.fps), 0).positions
    apart, was = (bone(p, "l_ankle", "r_ankle")[-1] for p in (legs, clip.positions))
    assert apart < 0.3 * was


def test_a_fifth_of_the_frames_is_lost_but_not_the_ends(clip):
    gone = (corrupt("missing_frames", clip, 4).validity == 0).all(axis=1)
    assert 0.2 <= gone.mean() <= 0.35
    assert not gone[[0, 1, -2, -1]].any()


def test_a_tablet_sees_thirty_frames_a_second_and_loses_one_joint_in_twenty(clip):
    found = corrupt("tablet_noise", clip, 4)
    assert (found.fps, len(found.positions)) == (30.0, 60)
    seen = clip.validity[0] > 0
    assert (found.validity[:, seen] == 0).mean() == pytest.approx(0.05, abs=0.02)
    both = found.validity > 0
    spread = (found.positions - clip.positions[::2])[both].std()
    assert spread == pytest.approx(np.hypot(0.005, 0.02), rel=0.15)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31))
def test_slow_noise_has_unit_variance_and_nothing_above_its_band(seed):
    noise = band_limited(np.random.default_rng(seed), 600, 30.0, 1.0, 40)
    assert noise.std() == pytest.approx(1.0, abs=0.1)
    power = np.abs(np.fft.rfft(noise * np.hanning(600)[:, None], axis=0)) ** 2
    above = np.fft.rfftfreq(600, 1 / 30.0) > 1.2
    assert power[above].sum() < 1e-3 * power.sum()


def test_an_unknown_corruption_is_refused_with_the_known_ones(clip):
    with pytest.raises(UsageError, match=r"expected float \| sink"):
        corrupt("melt", clip)
