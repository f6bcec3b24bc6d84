import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.symmetry import LEAST_DIFFERENCE, PAIRED, paired, spread
from schemas.errors import CaptureError

NOTHING = np.zeros((3, len(BODY21), 3)), np.zeros((3, len(BODY21)), dtype=np.uint8)


def shaking(right, left, sigma, frames=400):
    """A recording of nothing but thighs whose length varies."""
    points, seen = np.zeros((frames, len(BODY21), 3)), np.zeros((frames, len(BODY21)), dtype=np.uint8)
    rng = np.random.default_rng(0)
    for side, length in (("r", right), ("l", left)):
        points[:, INDEX[f"{side}_knee"], 1] = -length + rng.normal(0, sigma, frames)
        seen[:, [INDEX[f"{side}_hip"], INDEX[f"{side}_knee"]]] = 2
    return points, seen


@given(st.floats(0.1, 1.0), st.floats(-0.059, 0.059))
def test_sides_that_hardly_differ_are_tied_to_their_mean(length, part):
    right, left = length * (1 + part / 2), length * (1 - part / 2)
    found = paired(*NOTHING, {"thigh_r": right, "thigh_l": left})
    assert found.lengths["thigh_r"] == found.lengths["thigh_l"] == pytest.approx((right + left) / 2)
    assert not found.asymmetric


def test_a_difference_counts_only_beyond_twice_the_measurements_own_spread():
    """4 cm between thighs: kept where each is measured to 3 mm, tied where it varies by 20 mm a side."""
    given = {"thigh_r": 0.42, "thigh_l": 0.38}
    sharp, blurred = (paired(*shaking(0.42, 0.38, sigma), given) for sigma in (0.003, 0.020))
    assert sharp.asymmetric == ("thigh",)
    assert sharp.lengths == given
    assert not blurred.asymmetric
    assert blurred.lengths == {"thigh_r": pytest.approx(0.40), "thigh_l": pytest.approx(0.40)}


def test_the_spread_of_white_noise_is_its_standard_deviation():
    assert spread(*shaking(0.4, 0.4, 0.01), "thigh_r") == pytest.approx(0.01, rel=0.15)
    assert spread(*NOTHING, "thigh_r") == 0.0


def test_a_side_that_was_not_seen_is_as_long_as_the_other():
    found = paired(*NOTHING, {"forearm_l": 0.25})
    assert found.lengths == {"forearm_l": 0.25, "forearm_r": 0.25}
    assert found.borrowed == ("forearm_r",)


def test_a_side_not_half_as_long_is_refused():
    with pytest.raises(
        CaptureError, match=r"shank_r, shank_l: expected two sides of which the shorter is at least 0\.5"
    ):
        paired(*NOTHING, {"shank_r": 0.4, "shank_l": 0.15})


def test_a_healthy_subjects_limbs_are_tied_whatever_the_movement(opencap_lengths):
    for positions, validity, lengths in opencap_lengths:
        found = paired(positions, validity, lengths)
        assert not found.asymmetric
        for name in PAIRED:
            assert abs(lengths[f"{name}_r"] - lengths[f"{name}_l"]) < LEAST_DIFFERENCE[name] * lengths[f"{name}_r"]


@pytest.fixture
def opencap_lengths(recordings):
    """Positions, validity and median lengths of four movements of one healthy person."""
    from adapters.ingest import Declared, read
    from kinetrace.motion.kinematics import segment_lengths

    folder = recordings / "opencap_s4"
    out = []
    for trial in ("walking1", "squats1", "STS1", "static1"):
        _, arrays = read(folder / f"{trial}.trc", Declared(static=folder / "static1.trc"))
        out.append((arrays.positions, arrays.validity, segment_lengths(arrays.positions, arrays.validity)))
    return out
