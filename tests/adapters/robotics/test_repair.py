from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_swaying import swaying

from adapters.robotics.body import Body
from adapters.robotics.quality import assess
from adapters.robotics.repair import repair, repair_remarks, short_gaps
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterParams
from schemas.errors import ArtifactError
from schemas.motion import Reason, Validity

KNEE, ANKLE, HEAD = INDEX["l_knee"], INDEX["l_ankle"], INDEX["head"]


def body(*gaps: tuple[int, int, int], frames: int = 180) -> Body:
    out = Body(swaying(frames), np.full((frames, 21), Validity.MEASURED, dtype=np.uint8))
    for first, last, column in gaps:
        out.positions[first:last, column] = np.nan
        out.validity[first:last, column] = Validity.MISSING
    return out


def no_flags(of: Body) -> np.ndarray:
    return np.zeros(len(of.positions), dtype=np.uint32)


def test_a_gap_is_filled_marked_and_reasoned_and_what_was_measured_stays_bit_for_bit() -> None:
    of, before = body((60, 85, KNEE), (100, 104, ANKLE)), body((60, 85, KNEE), (100, 104, ANKLE)).positions
    reasons = assess(of, 60.0, AdapterParams(), no_flags(of))
    given = np.isnan(before).any(axis=2)
    np.testing.assert_array_equal(of.positions[~given], before[~given])
    assert (of.validity[given] == Validity.INFERRED).all() and (of.validity[~given] == Validity.MEASURED).all()
    filled = (reasons & int(Reason.GAP_FILLED)) != 0
    np.testing.assert_array_equal(filled, given.any(axis=1))
    assert not (reasons & int(Reason.JOINT_MISSING)).any()
    assert np.linalg.norm(of.positions - swaying(180), axis=2)[given].max() < 0.01


def test_off_leaves_long_gaps_open_and_bridges_short_ones_as_before() -> None:
    of = body((60, 85, KNEE), (100, 104, ANKLE))
    reasons = assess(of, 60.0, AdapterParams(repair="off"), no_flags(of))
    assert (of.validity[60:85, KNEE] == Validity.MISSING).all() and np.isnan(of.positions[60:85, KNEE]).all()
    assert (of.validity[100:104, ANKLE] == Validity.INFERRED).all()
    assert ((reasons & int(Reason.JOINT_MISSING)) != 0).sum() == 25


def test_a_gap_longer_than_the_limit_and_a_joint_that_is_never_there_stay_missing() -> None:
    of = body((60, 91, KNEE), (0, 180, HEAD), (0, 9, ANKLE))
    assess(of, 60.0, AdapterParams(), no_flags(of))
    assert (of.validity[60:91, KNEE] == Validity.MISSING).all()
    assert not of.validity[:, HEAD].any() and not of.validity[:9, ANKLE].any()
    of = body((60, 90, KNEE))
    assess(of, 60.0, AdapterParams(), no_flags(of))
    assert (of.validity[60:90, KNEE] == Validity.INFERRED).all()


def test_all_takes_noise_out_of_measured_samples_and_says_so() -> None:
    of = body((60, 70, KNEE))
    of.positions += 0.01 * np.random.default_rng(0).standard_normal(of.positions.shape)
    before = np.linalg.norm(of.positions - swaying(180), axis=2)
    reasons = assess(of, 60.0, AdapterParams(repair="all"), no_flags(of))
    after = np.linalg.norm(of.positions - swaying(180), axis=2)
    assert after.mean() < 0.7 * np.nanmean(before)
    assert (of.validity == Validity.INFERRED).all()
    assert np.flatnonzero(reasons & int(Reason.GAP_FILLED)).tolist() == list(range(60, 70))


def test_the_remark_counts_what_was_filled_and_says_when_measured_samples_were_changed() -> None:
    before, after = np.full((4, 21), 2, dtype=np.uint8), np.full((4, 21), 2, dtype=np.uint8)
    assert repair_remarks(before, after, AdapterParams()) == ()
    before[1:3, KNEE], after[1:3, KNEE] = 0, 1
    assert repair_remarks(before, after, AdapterParams()) == (
        "2 samples in gaps were filled and marked inferred (repair: gaps)",
    )
    assert "given anew" in repair_remarks(before, after, AdapterParams(repair="all"))[1]


def test_nothing_is_changed_where_nothing_is_missing_and_torch_is_not_even_loaded() -> None:
    of = body()
    given = repair(of, of.validity > 0, 60.0, AdapterParams())
    assert not given.any() and of.positions.tobytes() == swaying(180).tobytes()
    code = (
        "import sys, numpy as np; from adapters.robotics.body import Body; from adapters.robotics.repair import repair;"
        "from schemas.adapter import AdapterParams; b = Body(np.zeros((40, 21, 3)), np.full((40, 21), 2, np.uint8));"
        "repair(b, b.validity > 0, 60.0, AdapterParams()); sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_short_gaps_by_hand() -> None:
    known = np.ones((12, 21), dtype=bool)
    known[[3, 4, 5], 0] = False
    known[:2, 1] = False
    known[11:, 2] = False
    assert np.flatnonzero(short_gaps(known, 3).any(axis=1)).tolist() == [3, 4, 5]
    assert not short_gaps(known, 2).any()


def test_weights_that_are_not_those_of_their_card_are_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from kinetrace.models.corrector import weights

    def broken() -> None:
        raise ArtifactError(where="corrector.safetensors", field="content", expected="sha256 a", found="b", fix="no")

    monkeypatch.setattr(weights, "read_corrector", broken)
    of = body((60, 85, KNEE))
    with pytest.raises(ArtifactError, match=r"content: expected sha256 a, found b\. .* set adapter\.repair: off"):
        assess(of, 60.0, AdapterParams(), no_flags(of))
