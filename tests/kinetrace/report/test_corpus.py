from __future__ import annotations

from kinetrace.report.corpus import corpus_minutes, corpus_text
from schemas.corpus import Corpus, CorpusRecording, RefusedTake
from schemas.dataset import DatasetParams


def corpus(refused: int) -> Corpus:
    lines = tuple(
        CorpusRecording(
            name=f"{i}", source="vicon", subject=f"s{i % 2}", movement="walk", kind="gait", take=str(i), licence="CC0",
            correct=None, native_fps=100.0, anchors=900 * (i + 1), frames=9, joints=("pelvis",), phase_names=("none",),
        )
        for i in range(3)
    )  # fmt: skip
    return Corpus(
        states=DatasetParams(),
        recordings=lines,
        refused=tuple(RefusedTake(name=f"r{i}", reason="too dark") for i in range(refused)),
    )


def test_minutes_are_anchors_over_rate_in_every_group() -> None:
    told = corpus_minutes(corpus(1))
    assert told["minutes"] == 3.0 and told["recordings"] == 3 and told["anchors"] == 5400
    assert told["subject"] == {"s0": {"recordings": 2, "minutes": 2.0}, "s1": {"recordings": 1, "minutes": 1.0}}
    assert told["licence"]["CC0"]["minutes"] == 3.0
    assert told["refused"] == [{"name": "r0", "reason": "too dark"}]


def test_the_page_names_what_was_refused_and_does_not_hide_how_much_more() -> None:
    text = corpus_text(corpus(20))
    assert "3 recordings, 3.0 min at 30 Hz" in text
    assert "20 takes refused" in text and "r0: too dark" in text and "… and 8 more" in text
    assert "refused" not in corpus_text(corpus(0))
