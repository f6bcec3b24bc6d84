import numpy as np
import pytest

from adapters.ingest import read
from kinetrace.simulation.bundle import simulate_capture
from schemas.errors import UsageError
from stages.corrupted import corrupted, replayed_with_defect
from stages.in_memory import measured, recording, replayed


@pytest.fixture(scope="module")
def squat(tmp_path_factory):
    folder = simulate_capture("squat", 5.0, 3, tmp_path_factory.mktemp("captures"), "squat")
    return measured(*read(folder))


@pytest.fixture(scope="module")
def clean(squat):
    return replayed(squat)


def axes(found):
    return found.feasibility.axes


def test_a_float_of_no_strength_is_the_clean_recording(squat):
    same, real = corrupted(squat, "float", 0, strength=0.0), recording(squat)
    assert np.array_equal(same.positions, real.positions)
    assert np.array_equal(same.contacts, real.contacts)


@pytest.mark.parametrize("name", ["float", "hover", "sink"])
def test_the_floor_stays_where_the_clean_recording_has_it(squat, clean, name):
    """A float that alignment took away again would score as the clean recording does."""
    found = replayed_with_defect(squat, clean, name, 0)
    assert axes(found)["contact"] < 0.5 * axes(clean)["contact"]
    for side in "lr":
        foot, real = (p.proportions.foot[side].ankle_height for p in (found, clean))
        assert foot == pytest.approx(real, abs=1e-6)


def test_hovering_leaves_no_ground_to_push_on(squat, clean):
    found = replayed_with_defect(squat, clean, "hover", 0)
    assert found.evidence.reaction.feet.max() == 0.0
    assert axes(clean)["dynamic"] > 0.8
    assert axes(found)["dynamic"] < 0.1


def test_interpenetration_is_seen_by_the_kinematic_axis(squat, clean):
    found = replayed_with_defect(squat, clean, "interpenetration", 0)
    by_name = {s.name: s.score for s in found.feasibility.sub_scores}
    assert by_name["self_penetration"] < 0.4
    assert axes(found)["kinematic"] < axes(clean)["kinematic"] - 0.15


def test_a_seat_known_from_the_motion_does_not_rise_with_the_sitter(tmp_path):
    of = measured(*read(simulate_capture("sit_to_stand", 6.0, 1, tmp_path, "chair")))
    real = replayed(of)
    floating = replayed_with_defect(of, real, "hover", 0)
    assert real.evidence.seat_weights.max() == 1.0
    assert floating.evidence.seat_weights.max() == 0.0


def test_an_unknown_defect_is_refused(squat):
    with pytest.raises(UsageError, match="corruption"):
        corrupted(squat, "melt", 0)
