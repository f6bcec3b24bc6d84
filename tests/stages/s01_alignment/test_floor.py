from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from kinetrace.motion.skeletons import joint_index
from schemas.alignment import AlignmentParams
from schemas.capture import Plane
from schemas.errors import AlignmentError
from stages.s01_alignment.floor import SOLES, find_floor, sole_envelope

Make = Callable[..., np.ndarray]
MakePlane = Callable[..., Plane]
NO_POINTS = np.zeros((0, 3), dtype=np.float32)
PARAMS = AlignmentParams()


def test_every_score_term_by_hand(make_person: Make, make_marks: Make, make_plane: MakePlane) -> None:
    planes = (make_plane(-1.2, "floor", "f"), make_plane(-0.5, "table", "t"), make_plane(-1.2, "none", "n", tilt=0.3))
    found = find_floor(planes, NO_POINTS, make_person(place=(0.0, -1.2, 0.0)), make_marks(), PARAMS)
    terms = {c.identifier: (c.horizontal_term, c.class_term, c.height_term, c.score) for c in found.candidates}
    assert terms["f"] == pytest.approx((2.0, 3.0, 1.2, 6.2))
    assert terms["t"] == pytest.approx((2.0, 0.0, 0.5, 2.5))
    assert terms["n"] == pytest.approx((0.0, 0.0, 1.2, 1.2))
    assert found.chosen.identifier == "f" and found.height == pytest.approx(-1.2)


def test_the_order_of_the_scan_does_not_matter(make_person: Make, make_marks: Make, make_plane: MakePlane) -> None:
    planes = (make_plane(0.0, "floor", "a"), make_plane(0.0, "floor", "b"), make_plane(0.7, "table", "c"))
    chosen = {
        find_floor(order, NO_POINTS, make_person(), make_marks(), PARAMS).chosen.identifier
        for order in permutations(planes)
    }
    assert chosen == {"a"}


def test_the_floor_wins_over_the_table_in_a_hundred_rooms(
    make_person: Make, make_marks: Make, make_plane: MakePlane
) -> None:
    rng = np.random.default_rng(0)
    right = 0
    for _ in range(100):
        ground = float(rng.uniform(-1.8, 0.5))
        named = "floor" if rng.random() < 0.5 else "none"
        planes = (
            make_plane(ground + float(rng.uniform(0.6, 1.0)), "table", "table"),
            make_plane(ground + float(rng.normal(0, 0.005)), named, "floor", turn=float(rng.uniform(-3, 3))),
            make_plane(ground + float(rng.uniform(0.35, 0.5)), "seat", "seat"),
        )
        found = find_floor(planes, NO_POINTS, make_person(place=(0.0, ground, 0.0)), make_marks(), PARAMS)
        right += found.chosen.identifier == "floor"
    assert right == 100


def test_a_scan_of_a_table_only_is_rejected_with_the_reason(
    make_person: Make, make_marks: Make, make_plane: MakePlane
) -> None:
    found = find_floor((make_plane(0.74, "table", "t"),), NO_POINTS, make_person(), make_marks(), PARAMS)
    assert found.chosen.source == "sole_envelope" and found.height == pytest.approx(0.0, abs=1e-6)
    assert found.rejections == ("scan_plane t: the soles come no nearer than -0.74 m",)


@pytest.mark.parametrize("off", [-0.4, 0.4])
def test_a_named_floor_on_which_nobody_stands_is_refused(
    make_person: Make, make_marks: Make, make_plane: MakePlane, off: float
) -> None:
    with pytest.raises(AlignmentError, match=r"soles within 0.15 m of the scanned floor, found soles .* from floor f"):
        find_floor((make_plane(off, "floor", "f"),), NO_POINTS, make_person(), make_marks(), PARAMS)


def test_points_decide_where_no_plane_was_scanned(make_person: Make, make_marks: Make) -> None:
    rng = np.random.default_rng(0)
    ground = np.stack((rng.uniform(-2, 2, 800), rng.normal(0.01, 0.003, 800), rng.uniform(-2, 2, 800)), axis=1)
    table = np.stack((rng.uniform(1, 2, 900), rng.normal(0.75, 0.003, 900), rng.uniform(1, 2, 900)), axis=1)
    found = find_floor((), np.concatenate((table, ground)).astype(np.float32), make_person(), make_marks(), PARAMS)
    assert found.chosen.source == "ransac" and found.height == pytest.approx(0.01, abs=0.005)
    assert len(found.candidates) == 3 and sum(c.chosen for c in found.candidates) == 1


def test_a_sloping_floor_is_taken_where_the_person_stands(
    make_person: Make, make_marks: Make, make_plane: MakePlane
) -> None:
    slope = np.radians(3.0)
    sloping = make_plane(0.0, "floor", "f", at=(0.0, 2.0), tilt=-slope)
    found = find_floor((sloping,), NO_POINTS, make_person(place=(0.0, -0.1, 0.0)), make_marks(), PARAMS)
    assert abs(found.height) == pytest.approx(2.0 * np.tan(slope), abs=1e-6)
    assert found.chosen.tilt_deg == pytest.approx(3.0, abs=1e-6)


def test_the_envelope_is_the_lower_foots_and_ignores_a_stray_frame(make_person: Make, make_marks: Make) -> None:
    positions, valid = make_person(100), make_marks(100)
    positions[:, joint_index("l_heel", "l_toe"), 1] = 0.4
    positions[7, joint_index("r_toe"), 1] = -0.5
    assert sole_envelope(positions, valid, 5.0) == pytest.approx(0.0)
    valid[:, joint_index(*SOLES)] = 0
    with pytest.raises(AlignmentError, match=r"no heel or toe in any frame"):
        sole_envelope(positions, valid, 5.0)
