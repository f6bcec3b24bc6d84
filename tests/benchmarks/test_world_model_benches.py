"""The three benches of the world model from weights and corpus on disk to figures, on a few made recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_model import squat_states

from benchmarks import adapted, arms, held_out_model, horizon, uncertain_where, uncertainty, world_model
from kinetrace.models import expected_error, uncertainty_file
from kinetrace.models.inference import load
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.store.corpus import packed, write_corpus
from kinetrace.store.documents import write_json
from kinetrace.store.workspace import Workspace
from kinetrace.training.world_model.pool import divide
from kinetrace.training.world_model.run import WEIGHTS, Order, run
from kinetrace.training.world_model.uncertainty import learn_uncertainty
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording
from schemas.dataset import DatasetParams
from schemas.errors import UncheckableError
from schemas.world_model import WorldModelParams

SEVEN = ("pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle")
PEOPLE, TAKES = 4, 18


def _states(anchors: int, number: int) -> np.ndarray:
    seven = squat_states(anchors + number)[number:]
    whole = np.repeat(seven[:, :1], 21, axis=1)
    whole[..., :3] += np.random.default_rng(0).uniform(-0.3, 0.5, (21, 3))
    for i, name in enumerate(SEVEN):
        whole[:, INDEX[name]] = seven[:, i]
    whole[..., :3] += np.random.default_rng(number).normal(size=whole[..., :3].shape) * 0.002 * (1 + number % 5)
    return whole.astype(np.float32)


def _recording(number: int) -> CorpusRecording:
    person, take = number % PEOPLE, number // PEOPLE
    kind, right = ("squat", take % 2 == 0) if take < TAKES - 2 else ("gait", True)
    return CorpusRecording(
        name=f"lab/p{person}/{kind}/{take}", source="lab", subject=f"p{person}", movement=kind, kind=kind, take=str(take),
        licence="made", correct=right, native_fps=30.0, anchors=60, frames=1, joints=BODY21,
        phase_names=("descent", "ascent"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and barely trained weights; a long recording of another source is left out of training."""
    folder = tmp_path_factory.mktemp("weights")
    recordings = [_recording(n) for n in range(PEOPLE * TAKES)]
    far = {"name": "away/p9/squat/0", "source": "away", "subject": "p9", "anchors": 240, "correct": None}
    recordings += [recordings[0].model_copy(update=far | {"name": f"away/p9/squat/{k}"}) for k in range(2)]
    states = [_states(r.anchors, n) for n, r in enumerate(recordings)]
    about = Corpus(states=DatasetParams(), recordings=tuple(recordings))
    rows, count = sum(len(s) for s in states), len(recordings)
    arrays = CorpusArrays(
        states=np.concatenate(states), measured=np.ones((rows, 21), np.uint8),
        contacts=np.random.default_rng(0).integers(0, 2, (rows, 2)).astype(np.uint8),
        phases=np.random.default_rng(1).integers(0, 2, (rows, 2)).astype(np.uint8), time=np.arange(rows) / 30.0,
        anchor_starts=np.cumsum([0, *(len(s) for s in states)]), positions=np.zeros((count, 21, 3), np.float32),
        validity=np.ones((count, 21), np.uint8), frame_starts=np.arange(count + 1), about=packed(about),
    )  # fmt: skip
    write_corpus(folder / "corpus.h5", arrays)
    order = Order(folder / "corpus.h5", folder, ("lab",), ("*/p2/*", "*/p3/*"), resume=False, keep_every=1000)
    params = WorldModelParams(max_steps=60, hidden_dim=16, latent_dim=16, device="cpu")
    card = run(order, params, arrays, about, lambda steps: steps)
    assert card is not None
    held_out = divide(about, ("lab",), order.held_out).held_out
    learnt = learn_uncertainty(load(folder / WEIGHTS), card.sha256, arrays, about, held_out, "corpus.h5")
    (folder / uncertainty_file.WEIGHTS).write_bytes(learnt.weights)
    write_json(folder / uncertainty_file.CARD, learnt.card)
    return folder


@pytest.fixture
def short(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Point the benches at the made weights and let the seed train for a moment only."""
    monkeypatch.setenv("KINETRACE_WORLD_MODEL", str(trained))
    monkeypatch.setenv("KINETRACE_CORPUS", str(trained / "corpus.h5"))
    monkeypatch.setattr(held_out_model, "SEED_STEPS", 20)
    monkeypatch.setattr(adapted, "SEED_STEPS", 20)
    monkeypatch.setattr(uncertain_where, "LEAST", 20)
    monkeypatch.setattr(uncertainty, "SPLITS", 10)
    monkeypatch.setattr(uncertainty, "STEPS", 20)
    monkeypatch.setattr(uncertainty, "PASSES", 2)
    monkeypatch.setattr(expected_error, "STEPS", 200)
    return Workspace(trained)


def test_horizon_judges_held_out_adapted_and_seed_at_every_horizon(short: Workspace) -> None:
    found = horizon.measure(short)
    for prefix in ("", "adapted.", "seed.", "elsewhere.", "seed.adapted."):
        for name in ("skill", "mm", "zero", "damped", "ridge"):
            assert all(found[f"{prefix}{name}.h{h}"].value is not None for h in horizon.SHOWN)
    assert found["zero.h1"].value == found["seed.zero.h1"].value
    assert "2 recordings" in found["adapted.mm.h1"].note


def test_world_model_gives_rank_probes_and_steps(short: Workspace) -> None:
    found = world_model.measure(short)
    assert 1 < (found["rankme.z"].value or 0) <= 16
    assert found["dead"].units == "dimensions"
    assert {"probe.pose", "probe.velocity", "probe.contact", "mse.h21_30", "seed.rollout.l2.h30"} <= set(found)
    assert (found["semigroup.h10"].value or 0) > 0
    assert found["action.null.mm.h15"].value == 0.0
    assert {"action.slope.h5", "action.leak.deg.h30", "action.told.mm.h15"} <= set(found)


def test_uncertainty_gives_coverage_shift_and_place(short: Workspace) -> None:
    found = uncertainty.measure(short)
    assert 88 < (found["coverage.90"].value or 0) < 99.5  # of 12 recordings and one to come, 0.9 x 13 / 12 = 97.5 %
    assert found["width.95.mm"].value is None  # which 12 cannot say anything about
    assert "too few recordings" in found["width.95.mm"].note
    assert {"ause", "mc.ause", "mc.coverage.90", "shift.incorrect", "shift.gait", "shift.elsewhere"} <= set(found)
    assert {"shift.person.p2", "novelty.gait", "phase.squat.ascent", "asymmetry.squat.expected"} <= set(found)
    assert {"with_ensemble.ause", "capture.as_shipped.coverage.90", "capture.adapted.coverage.90"} <= set(found)
    assert "2 recordings" in found["capture.recalibrated.coverage.90"].note
    assert "32 to 32 recordings" not in found["shift.gait"].note
    assert "32 to 4 recordings" in found["shift.gait"].note


def test_every_arm_is_trained_and_judged(short: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINETRACE_ARMS_SEEDS", "1")
    monkeypatch.setenv("KINETRACE_ARMS_STEPS", "2")
    found = arms.measure(short)
    for arm in arms.ARMS:
        assert {f"{arm}.mm.h30", f"{arm}.skill.h1", f"{arm}.rankme", f"{arm}.probe.pose"} <= set(found)
    assert found["ema.mm.h10"].value != found["default.mm.h10"].value


def test_without_weights_the_benches_say_how_to_get_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINETRACE_WORLD_MODEL", str(tmp_path))
    with pytest.raises(UncheckableError, match="kinetrace train world-model"):
        held_out_model.under_test()
