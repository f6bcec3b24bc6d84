"""Metrics that rest on inferred joints are for screening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kinetrace.motion.skeletons import BODY21, INDEX
from schemas.motion import Validity
from schemas.task_pack import Metric, TaskPackParams
from stages.s09_task_pack.measure import Kind, single
from stages.s09_task_pack.pack import measure
from stages.s09_task_pack.record import Record, mostly_inferred
from stages.s09_task_pack.trust import graded

Maker = Callable[..., Record]
KNEE = Kind("peak_knee_flexion", "deg", "by hand", "trusted")


def knee(side: str) -> Metric:
    return single(KNEE, "left" if side == "left" else "right", 60.0, 3)


def test_the_side_whose_knee_was_inferred_is_for_screening_and_the_method_names_the_joint() -> None:
    left, right = (graded(knee(side), ("l_knee",)) for side in ("left", "right"))
    assert (left.plane_trust, left.method) == ("screening", "by hand; rests on inferred l_knee")
    assert (right.plane_trust, right.method) == ("trusted", "by hand")


def test_a_symmetry_index_needs_both_sides_measured() -> None:
    index = single(Kind("peak_knee_flexion_symmetry_index", "%", "by hand", "trusted"), "none", 1.0, 3)
    assert graded(index, ("r_ankle",)).plane_trust == "screening"
    assert graded(index, ("neck", "head", "l_toe")) == index


def test_screening_and_timing_metrics_stay_as_they_are() -> None:
    for trust in ("screening", "not_applicable"):
        metric = knee("left").model_copy(update={"plane_trust": trust})
        assert graded(metric, BODY21) == metric


def test_a_joint_counts_as_inferred_when_most_of_its_frames_are() -> None:
    validity = np.full((4, 21), Validity.MEASURED, dtype=np.uint8)
    validity[:, INDEX["head"]] = (1, 1, 1, 2)
    validity[:, INDEX["l_toe"]] = (1, 1, 2, 2)
    validity[:, INDEX["r_toe"]] = (0, 0, 0, 1)
    validity[:, INDEX["neck"]] = 0
    assert mostly_inferred(validity) == ("head", "r_toe")


def test_with_every_joint_inferred_no_movement_has_a_trusted_metric(made: Maker) -> None:
    for movement in ("gait", "squat", "sit_to_stand", "balance"):
        record = made(movement, 12.0)
        assert any(m.plane_trust == "trusted" for m in measure(record, True, TaskPackParams()).metrics)
        doubtful = measure(replace(record, inferred=BODY21), True, TaskPackParams())
        assert {m.plane_trust for m in doubtful.metrics} <= {"screening", "not_applicable"}
