"""What a person gave and what the state shows, joined."""

from __future__ import annotations

import pytest

from kinetrace.motion.skeletons import NEEDED, joint_index
from schemas.capture import Assessment, AssessmentInterval, AssessmentItem
from schemas.errors import CaptureError
from schemas.labels import LabelsParams
from stages.s03_labels.labels import all_labels

PARAMS = LabelsParams()


def interval(start: float, end: float, label: str = "Knee Valgus", side: str = "left") -> AssessmentInterval:
    return AssessmentInterval(label=label, kind="failure", start_s=start, end_s=end, side=side, confidence=0.8)


def labelled(made, assessment: Assessment | None):
    return all_labels(*made.freeze(), assessment, PARAMS)


def test_phases_become_intervals_that_tile_the_recording(make_state):
    made = make_state("squat")
    for start, stop, phase in ((50, 80, 1), (80, 100, 2), (100, 130, 3)):
        made.fields["phases"][start:stop] = phase
    found = labelled(made, None).labels
    assert [(x.label, x.start_frame, x.end_frame) for x in found] == [
        ("standing", 0, 50), ("descent", 50, 80), ("bottom", 80, 100), ("ascent", 100, 130), ("standing", 130, 200),
    ]  # fmt: skip
    assert {(x.kind, x.side, x.source, x.confidence) for x in found} == {("phase", "both", "state", 1.0)}
    assert found[1].start_s == 1.0


def test_an_assessors_interval_keeps_its_side_and_confidence_and_gets_our_name(make_state):
    found = labelled(make_state("squat"), Assessment(assessment_type="x", intervals=(interval(1.0, 2.0),)))
    (label,) = [x for x in found.labels if x.source == "assessment"]
    assert (label.label, label.side, label.start_frame, label.end_frame) == ("knee_valgus", "left", 50, 100)
    assert (label.confidence, label.reason) == (0.8, "called 'Knee Valgus'")


def test_a_failure_without_a_time_covers_everything_with_less_confidence(make_state):
    found = labelled(make_state("squat"), Assessment(assessment_type="x", failures=("wobbly elbow",)))
    (label,) = [x for x in found.labels if x.source == "assessment"]
    assert (label.label, label.start_frame, label.end_frame, label.confidence) == ("wobbly_elbow", 0, 200, 0.5)
    assert "not in the vocabulary" in label.reason


def test_scores_are_carried_over(make_state):
    items = (AssessmentItem(name="depth", score=2.0, maximum=3.0), AssessmentItem(name="knees", score=1.0))
    found = labelled(make_state("squat"), Assessment(assessment_type="FMS", scores=items))
    assert (found.assessment_type, found.scores) == ("FMS", {"depth": 2.0, "knees": 1.0})


def test_an_interval_that_runs_past_the_end_is_cut_there(make_state):
    found = labelled(make_state("squat"), Assessment(assessment_type="x", intervals=(interval(3.0, 9.0),)))
    (label,) = [x for x in found.labels if x.source == "assessment"]
    assert (label.start_frame, label.end_frame) == (150, 200)


@pytest.mark.parametrize(("start", "end"), [(2.0, 2.0), (3.0, 1.0), (4.0, 5.0)])
def test_an_interval_that_cannot_be_is_refused(make_state, start, end):
    with pytest.raises(CaptureError, match=r"intervals\[0\]: expected a start before the end, within .* 4.00 s"):
        labelled(make_state("squat"), Assessment(assessment_type="x", intervals=(interval(start, end),)))


def test_the_same_item_twice_is_refused(make_state):
    items = (AssessmentItem(name="depth", score=2.0), AssessmentItem(name="depth", score=1.0))
    with pytest.raises(CaptureError, match=r"scores\[1\].name: expected each item once, found 'depth' twice"):
        labelled(make_state("squat"), Assessment(assessment_type="x", scores=items))


def phases_of(made) -> dict[tuple[str, str, int], float]:
    return {(x.label, x.side, x.start_frame): x.confidence for x in labelled(made, None).labels if x.kind == "phase"}


def test_a_phase_is_as_sure_as_the_joints_that_decide_it_were_measured(make_state):
    made = make_state("squat")
    made.fields["phases"][50:100] = 1
    made.fields["validity"][50:100, joint_index(*NEEDED)] = 1
    made.fields["validity"][75:100, joint_index("r_knee")] = 0
    made.fields["validity"][:, joint_index("l_wrist", "head", "l_toe")] = 0
    assert phases_of(made) == {
        ("standing", "both", 0): 1.0,
        ("descent", "both", 50): pytest.approx((7 * 0.5 - 0.25) / 7),
        ("standing", "both", 100): 1.0,
    }


def test_in_gait_each_foot_answers_for_itself(make_state):
    made = make_state("gait")
    made.fields["phases"][:100, 0] = 1
    made.fields["validity"][:, joint_index("l_heel")] = 1
    made.fields["validity"][100:, joint_index("l_toe")] = 0
    assert phases_of(made) == {
        ("stance", "left", 0): 0.75, ("swing", "left", 100): 0.25, ("swing", "right", 0): 1.0,
    }  # fmt: skip
    made.fields["phases"][:] = 1
    assert phases_of(made) == {("stance", "both", 0): (0.5 + (1.0 + 0.0) / 2 + 1.0 + 1.0) / 4}


def test_a_guessed_movement_and_an_unknown_phase_lower_the_confidence(make_state):
    made = make_state("balance", movement_confidence=0.6)
    made.fields["validity"][:, joint_index("l_shoulder", "r_shoulder")] = 0
    made.fields["phases"][150:] = 2
    assert phases_of(made) == {("static", "both", 0): pytest.approx(0.6 * 7 / 9), ("unknown", "both", 150): 0.0}
