from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.training.splits import split_by_subject
from schemas.corpus import Corpus, CorpusRecording
from schemas.dataset import DatasetParams
from schemas.errors import ParamsError


def corpus(takes: list[tuple[str, str, int]]) -> Corpus:
    """Make a corpus of (source, subject, anchors)."""
    lines = tuple(
        CorpusRecording(
            name=f"{i}", source=source, subject=subject, movement="m", kind="other", take=str(i), licence="x", correct=None,
            native_fps=30.0, anchors=anchors, frames=anchors, joints=("pelvis",), phase_names=("none",),
        )
        for i, (source, subject, anchors) in enumerate(takes)
    )  # fmt: skip
    return Corpus(states=DatasetParams(), recordings=lines)


SIX = corpus([(source, f"s{i}", 100) for i in range(6) for source in ("vicon", "kinect")])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 5), st.integers(10, 500)), min_size=2, max_size=40),
    st.floats(0.05, 0.9), st.integers(0, 10**6),
)  # fmt: skip
def test_no_subject_is_on_both_sides_and_nothing_is_lost(
    takes: list[tuple[str, int, int]], share: float, seed: int
) -> None:
    about = corpus([(source, f"{source}{number}", anchors) for source, number, anchors in takes])
    subjects = [r.subject for r in about.recordings]
    alone = all(sum(s[0] == source for s in set(subjects)) < 2 for source in "AB")
    if alone:
        with pytest.raises(ParamsError, match="at least two subjects"):
            split_by_subject(about, share, seed)
        return
    train, held = split_by_subject(about, share, seed)
    assert sorted(train + held) == list(range(len(takes))) and train and held
    assert not {subjects[i] for i in train} & {subjects[i] for i in held}
    assert (train, held) == split_by_subject(about, share, seed)


def test_a_fifth_of_six_equal_people_is_one_person_in_every_source() -> None:
    for seed in range(8):
        _, held = split_by_subject(SIX, 0.2, seed)
        assert len(held) == 2 and len({SIX.recordings[i].subject for i in held}) == 1
        assert {SIX.recordings[i].source for i in held} == {"vicon", "kinect"}
    assert len({split_by_subject(SIX, 0.2, seed)[1] for seed in range(8)}) > 1


def test_a_subject_alone_in_its_source_is_trained_on() -> None:
    about = corpus([("a", "a1", 10), ("a", "a2", 10), ("b", "b1", 1000)])
    train, held = split_by_subject(about, 0.5, 0)
    assert 2 in train and len(held) == 1


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ParamsError, match="held_out: expected a share between 0 and 1"):
        split_by_subject(SIX, share, 0)
