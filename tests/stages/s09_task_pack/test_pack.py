"""The task pack put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from schemas.labels import Label, Labels
from schemas.task_pack import TaskPackParams
from stages.s09_task_pack.pack import curves, measure, segments
from stages.s09_task_pack.record import Record

Maker = Callable[..., Record]
PARAMS = TaskPackParams()


def labels(record: Record) -> Labels:
    shallow = Label(
        label="shallow_squat", kind="failure", side="both", start_s=1.0, end_s=2.0, start_frame=60, end_frame=120,
        source="state", confidence=0.9,
    )  # fmt: skip
    phase = shallow.model_copy(update={"label": "descent", "kind": "phase"})
    return Labels(movement=record.state.movement, assessment_type=None, scores={}, labels=(phase, shallow))


def test_segments_are_the_repetitions_and_the_failures_but_not_the_phases(made: Maker) -> None:
    record = made("squat", 8.0, 2)
    found = segments(record, labels(record))
    assert [s.name for s in found] == ["repetition", "repetition", "failure:shallow_squat"]
    assert (found[2].start_s, found[2].end_s) == (1.0, 2.0)


def test_a_walk_is_cut_into_strides_and_standing_into_one_trial(made: Maker) -> None:
    walk, stand = made("gait", 6.0), made("balance", 6.0)
    assert {s.name for s in segments(walk, labels(walk))[:-1]} == {"stride"}
    first = segments(stand, labels(stand))[0]
    assert (first.name, first.start_s) == ("trial", 0.0)
    assert curves(stand, PARAMS) == ()


def test_every_movement_has_metrics_and_a_made_one_says_so(made: Maker) -> None:
    for movement in ("gait", "squat", "sit_to_stand", "balance"):
        metrics = measure(made(movement, 12.0), True, PARAMS)
        assert metrics.simulated
        assert len(metrics.metrics) > 4
        assert all(np.isfinite(m.value) and m.n > 0 and m.method for m in metrics.metrics)


def test_an_unknown_movement_has_none_and_says_why(made: Maker) -> None:
    record = made("balance", 6.0)
    other = replace(record, state=record.state.model_copy(update={"movement": "other"}))
    metrics = measure(other, False, PARAMS)
    assert metrics.metrics == ()
    assert metrics.left_out == ("all: the movement is 'other', for which no clinical metric is defined",)
