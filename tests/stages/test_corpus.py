from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.corpus import takes
from benchmarks.made_takes import bvh_text, kinect_zip, vicon_zip
from kinetrace.motion.skeletons import INDEX
from kinetrace.store.arrays import encode_h5
from kinetrace.store.corpus import document
from schemas.corpus import RefusedTake
from schemas.dataset import DatasetParams
from schemas.errors import CaptureError
from stages.corpus import Recorded, corpus, record_all, recorded
from stages.in_memory import measured
from stages.s05_dataset.anchors import make_anchors

PARAMS = DatasetParams()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "k.zip").write_bytes(kinect_zip(60, ("m01_s01_e01", "m01_s02_e01_inc")))
    (tmp_path / "v.zip").write_bytes(vicon_zip(90, ("m05_s01_e01",)))
    (tmp_path / "short.bvh").write_text(bvh_text(8))
    return tmp_path


def test_a_recordings_states_are_those_of_stage_5(folder: Path) -> None:
    take = next(t for t in takes([folder]) if t.source == "ui_prmd_kinect")
    found = recorded(take, PARAMS)
    assert isinstance(found, Recorded)
    of = measured(*take.open())
    anchors = make_anchors(of.arrays.positions_raw, of.arrays.validity, of.arrays.reasons, of.state.fps, PARAMS)
    columns = [INDEX[joint] for joint in anchors.joints]
    np.testing.assert_array_equal(found.parts["states"][:, columns], anchors.states.astype(np.float32))
    np.testing.assert_array_equal(found.parts["positions"], of.arrays.positions_raw)
    assert found.line.joints == anchors.joints and found.line.kind == "squat" and found.line.correct is True


def test_recordings_stand_one_after_the_other_and_refusals_are_kept_with_their_reason(folder: Path) -> None:
    made = corpus(record_all(takes([folder]), PARAMS, 1), PARAMS)
    about = document(made, "x")
    assert [r.name for r in about.recordings] == [
        "ui_prmd_kinect/ui_prmd_s01/deep_squat/e01", "ui_prmd_kinect/ui_prmd_s02/deep_squat/e01_inc",
        "ui_prmd_vicon/ui_prmd_s01/sit_to_stand/e01",
    ]  # fmt: skip
    assert [r.anchors for r in about.recordings] == [60, 60, 27] and about.recordings[2].native_fps == 100.0
    assert len(about.refused) == 1 and "at least 30" in about.refused[0].reason
    last = slice(*made.anchor_starts[2:4])
    assert made.time[last][0] == 0.0 and len(made.states[last]) == 27
    assert made.states.shape[1:] == (21, 9) and np.isfinite(made.states).all()


def test_two_processes_write_the_same_bytes_as_one(folder: Path) -> None:
    one, two = (encode_h5(corpus(record_all(takes([folder]), PARAMS, n), PARAMS)) for n in (1, 2))
    assert one == two


def test_a_name_that_came_before_is_refused(folder: Path) -> None:
    results = list(record_all(takes([folder]), PARAMS, 1))
    about = document(corpus([*results, *results], PARAMS), "x")
    assert len(about.recordings) == 3
    assert [r.reason for r in about.refused if "came before" in r.reason] == ["a take of this name came before"] * 3


def test_a_corpus_of_nothing_is_refused() -> None:
    with pytest.raises(CaptureError, match="takes: expected at least one that can be used, found no take at all"):
        corpus([], PARAMS)
    with pytest.raises(CaptureError, match="found 1 refused, the first: too dark"):
        corpus([RefusedTake(name="a", reason="too dark")], PARAMS)
