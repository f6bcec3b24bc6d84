from __future__ import annotations

from pathlib import Path

import pytest
import torch

from kinetrace.models.corrector.weights import CARD, WEIGHTS, read_corrector
from kinetrace.training.averaged import to_bytes
from kinetrace.training.corrector.checkpoint import from_file
from kinetrace.training.corrector.fit import CHECKPOINT, SMALL, curve, fit
from kinetrace.training.corrector.recordings import Recording
from schemas.corrector import CorrectorParams
from schemas.errors import ArtifactError, ComputeError, UsageError


def test_the_folder_holds_weights_their_card_and_a_checkpoint(
    recordings: tuple[Recording, ...], tiny: CorrectorParams, tmp_path: Path
) -> None:
    corrector, card = fit(recordings, ("*/two/*",), tiny, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {WEIGHTS, CARD, CHECKPOINT}
    again, same = read_corrector(tmp_path)
    assert (
        same == card and card.subjects == ("one", "three", "two") and card.licences == ("licence of a", "licence of b")
    )
    assert all(torch.equal(a, b) for a, b in zip(corrector.parameters(), again.parameters(), strict=True))
    assert from_file(tmp_path / CHECKPOINT).step == tiny.steps == card.steps
    before = (tmp_path / WEIGHTS).read_bytes()
    fit(recordings, ("*/two/*",), tiny, tmp_path, resume=True)
    assert (tmp_path / WEIGHTS).read_bytes() == before


def test_the_size_that_ships_fits_its_room() -> None:
    from kinetrace.models.corrector.network import Corrector

    small = Corrector(CorrectorParams.model_validate(SMALL))
    assert 2 * sum(w.numel() for w in small.parameters()) < 1_190_000


def test_a_curve_by_hand() -> None:
    assert curve([1.0, 3.0, 5.0, 7.0], 2) == (2.0, 6.0) and curve([1.0, 2.0], 9) == (1.0, 2.0)


def test_resuming_nothing_overwriting_a_training_and_a_gpu_that_is_not_there_are_refused(
    recordings: tuple[Recording, ...], tiny: CorrectorParams, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="Leave --resume out"):
        fit(recordings, (), tiny, tmp_path, resume=True)
    (tmp_path / CHECKPOINT).write_bytes(b"")
    with pytest.raises(UsageError, match="Add --resume"):
        fit(recordings, (), tiny, tmp_path)
    if not torch.cuda.is_available():
        with pytest.raises(ComputeError, match="a CUDA device"):
            fit(recordings, (), tiny.model_copy(update={"device": "cuda"}), tmp_path / "b")


def test_a_checkpoint_that_is_none_or_was_changed_is_refused(
    recordings: tuple[Recording, ...], tiny: CorrectorParams, tmp_path: Path
) -> None:
    path = tmp_path / CHECKPOINT
    path.write_bytes(b"PK not a checkpoint")
    with pytest.raises(ArtifactError, match=r"checkpoint\.pt"):
        from_file(path)
    fit(recordings, (), tiny, tmp_path / "c")
    progress = from_file(tmp_path / "c" / CHECKPOINT)
    progress.losses.append(0.0)
    path.write_bytes(to_bytes(progress))
    with pytest.raises(ArtifactError, match="losses: expected 6, one a step"):
        from_file(path)
