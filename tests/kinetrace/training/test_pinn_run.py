from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from made_pinn import made_recording, tiny_params

from kinetrace.models.pinn.weights import CARD, WEIGHTS, read_pinn
from kinetrace.training.pinn_corpus import Division, divide
from kinetrace.training.pinn_run import CHECKPOINT, SMALL, example, fit
from schemas.errors import ComputeError, UsageError
from schemas.pinn import PinnParams


def division(frames: int = 40) -> Division:
    recordings = [made_recording(frames, subject=s, seed=k) for k, s in enumerate("abcd")]
    return divide(tuple((r, "free") for r in recordings), (), tiny_params())


def test_the_folder_holds_weights_their_card_and_a_checkpoint(tmp_path: Path) -> None:
    loaded, card = fit(division(), tiny_params(), tmp_path / "out", resume=False)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {WEIGHTS, CARD, CHECKPOINT}
    again, said = read_pinn(tmp_path / "out")
    assert said == card
    for name, w in loaded.network.state_dict().items():
        assert torch.equal(w, again.network.state_dict()[name])
    assert (card.subjects, card.held_out_subjects, card.licences) == (("a", "b", "c"), ("d",), ("free",))
    assert card.steps == 6 and len(card.loss_curve) == 6
    assert card.denoising[0].recordings == 1
    assert card.denoising[0].rate_hz == 30.0


def test_the_same_training_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        fit(division(), tiny_params(), tmp_path / name, resume=False)
    for file in (WEIGHTS, CARD, CHECKPOINT):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


def test_a_checkpoint_is_neither_overwritten_nor_made_up(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Leave --resume out"):
        fit(division(), tiny_params(), tmp_path, resume=True)
    fit(division(), tiny_params(), tmp_path, resume=False)
    with pytest.raises(UsageError, match="Add --resume, or choose another --out"):
        fit(division(), tiny_params(), tmp_path, resume=False)
    before = (tmp_path / WEIGHTS).read_bytes()
    fit(division(), tiny_params(), tmp_path, resume=True)
    assert (tmp_path / WEIGHTS).read_bytes() == before


def test_nobody_held_out_is_said_in_the_card(tmp_path: Path) -> None:
    alone = divide(((made_recording(40), "free"),), (), tiny_params())
    _, card = fit(alone, tiny_params(), tmp_path, resume=False)
    assert card.denoising == ()
    assert card.notes == ("Not judged at 30 Hz: 1 to tune the filter on, 0 held out.",)


def test_an_example_is_of_a_held_out_person(tmp_path: Path) -> None:
    loaded, _ = fit(division(), tiny_params(), tmp_path, resume=False)
    shown = example(loaded, division())
    assert shown.recording.subject == "d"
    assert shown.cleaned.shape == shown.shown.shape == shown.recording.positions.shape
    assert np.isfinite(shown.cleaned).all()
    assert not np.array_equal(shown.shown, shown.recording.positions)


def test_the_small_size_is_a_valid_one() -> None:
    assert PinnParams.model_validate(SMALL).width == 64


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(ComputeError, match="expected a CUDA device"):
        fit(division(), tiny_params(device="cuda"), tmp_path, resume=False)
