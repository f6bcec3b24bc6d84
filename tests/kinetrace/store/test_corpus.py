from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinetrace.store.corpus import packed, read_corpus, write_corpus
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording
from schemas.dataset import DatasetParams
from schemas.errors import ArtifactError


def line(name: str, anchors: int, frames: int) -> CorpusRecording:
    return CorpusRecording(
        name=name, source="a", subject="s", movement="m", kind="other", take=name, licence="CC0", correct=None,
        native_fps=60.0, anchors=anchors, frames=frames, joints=("pelvis",), phase_names=("none",),
    )  # fmt: skip


def arrays(about: Corpus, anchors: int = 5, frames: int = 9, starts: tuple[int, ...] = (0, 2, 5)) -> CorpusArrays:
    rng = np.random.default_rng(0)
    return CorpusArrays(
        states=rng.normal(size=(anchors, 21, 9)).astype(np.float32),
        measured=np.ones((anchors, 21), np.uint8),
        contacts=np.zeros((anchors, 2), np.uint8),
        phases=np.zeros((anchors, 2), np.uint8),
        time=np.arange(anchors) / 30.0,
        anchor_starts=np.array(starts),
        positions=rng.normal(size=(frames, 21, 3)).astype(np.float32),
        validity=np.full((frames, 21), 2, np.uint8),
        frame_starts=np.array((0, 4, 9)),
        about=packed(about),
    )


TWO = Corpus(states=DatasetParams(), recordings=(line("a", 2, 4), line("b", 3, 5)))


def test_what_is_written_is_read_back_and_the_same_corpus_has_the_same_bytes(tmp_path: Path) -> None:
    made = arrays(TWO)
    for name in ("one.h5", "two.h5"):
        write_corpus(tmp_path / name, made)
    again, about = read_corpus(tmp_path / "one.h5")
    assert about == TWO
    np.testing.assert_array_equal(again.states, made.states)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_arrays_that_contradict_the_document_are_refused(tmp_path: Path) -> None:
    same = Corpus(states=DatasetParams(), recordings=(line("a", 2, 4), line("a", 3, 5)))
    for made, message in (
        (arrays(TWO, starts=(0, 3, 5)), "anchor_starts: expected 2 recordings of 5 rows"),
        (arrays(TWO, anchors=6), "anchor_starts: expected 2 recordings of 6 rows"),
        (arrays(TWO, frames=8), "frame_starts"),
        (arrays(same), "recordings: expected each name once"),
    ):
        with pytest.raises(ArtifactError, match=message):
            write_corpus(tmp_path / "x.h5", made)
    assert not (tmp_path / "x.h5").exists()


def test_a_document_that_is_none_is_refused(tmp_path: Path) -> None:
    made = arrays(TWO)
    broken = made.model_copy(update={"about": np.frombuffer(b"{}", np.uint8)})
    with pytest.raises(ArtifactError, match="states: expected this field"):
        write_corpus(tmp_path / "x.h5", broken)
    with pytest.raises(ArtifactError, match="expected a plain file"):
        read_corpus(tmp_path / "none.h5")
