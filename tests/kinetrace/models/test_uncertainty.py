"""Expected errors and radii between their horizons, and on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetrace.models.expected_error import Clues, ExpectedError, fit_expected_error
from kinetrace.models.uncertainty import between_horizons
from kinetrace.models.uncertainty_file import CARD, WEIGHTS, read_uncertainty, to_safetensors
from kinetrace.store.documents import write_json
from schemas.errors import ArtifactError
from schemas.uncertainty import UncertaintyCard

HORIZONS_S = (0.1, 0.4)
MODEL = "b" * 64


def test_between_horizons_by_hand() -> None:
    values = np.array([[[10.0], [40.0]]])
    found = between_horizons(values, HORIZONS_S, np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.5]))[0, :, 0]
    assert found.tolist() == pytest.approx([0.0, 5.0, 10.0, 20.0, 40.0, 0.0])


@settings(deadline=None)
@given(low=st.floats(0.1, 10.0), factor=st.floats(1.0, 10.0))
def test_lengths_that_grow_grow_between_as_well(low: float, factor: float) -> None:
    values = np.array([[[low], [low * factor]]])
    found = between_horizons(values, HORIZONS_S, np.linspace(0.01, 0.4, 30))[0, :, 0]
    assert (np.diff(found) >= -1e-9).all()
    assert found[-1] == pytest.approx(low * factor)


def made(folder: Path, **changes: object) -> tuple[ExpectedError, np.ndarray]:
    rng = np.random.default_rng(0)
    known = Clues(None, rng.uniform(0.01, 0.1, (50, 2, 3)), rng.uniform(0.1, 1.0, (50, 3)))
    expected = fit_expected_error(known, rng.uniform(0.01, 0.1, (50, 2, 3)))
    radius = rng.uniform(1.0, 3.0, (3, 2, 3)).astype(np.float32)
    data = to_safetensors(expected, radius)
    (folder / WEIGHTS).write_bytes(data)
    fields: dict[str, object] = {
        "sha256": hashlib.sha256(data).hexdigest(), "world_model": MODEL, "joints": ("a", "b", "c"),
        "horizons_s": HORIZONS_S, "levels": (0.8, 0.9, 0.95), "learnt_recordings": 5, "calibrated_recordings": 10,
        "corpus": "corpus.h5", "sources": ("made",), "seed": 0,
    }  # fmt: skip
    write_json(folder / CARD, UncertaintyCard.model_validate(fields | changes))
    return expected, radius


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    expected, radius = made(tmp_path)
    found = read_uncertainty(MODEL, tmp_path)
    assert found is not None
    known = Clues(None, np.full((4, 2, 3), 0.05), np.full((4, 3), 0.3))
    assert np.array_equal(found.expected.of(known), expected.of(known))
    assert np.array_equal(found.at(0.9), radius[1].astype(np.float64))


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert read_uncertainty(MODEL, tmp_path) is None


def test_other_bytes_and_other_weights_are_refused(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(ArtifactError, match="world_model: expected of the weights cccc"):
        read_uncertainty("c" * 64, tmp_path)
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes() + b"x")
    with pytest.raises(ArtifactError, match="content: expected sha256"):
        read_uncertainty(MODEL, tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ArtifactError, match=r"uncertainty\.safetensors"):
        read_uncertainty(MODEL, tmp_path)


def test_tensors_of_another_shape_are_refused(tmp_path: Path) -> None:
    made(tmp_path, joints=("a", "b", "c", "d"))
    with pytest.raises(ArtifactError, match=r"expected .* float32"):
        read_uncertainty(MODEL, tmp_path)


def test_reading_leaves_the_random_state_alone(tmp_path: Path) -> None:
    made(tmp_path)
    torch.manual_seed(3)
    want = torch.rand(1)
    torch.manual_seed(3)
    read_uncertainty(MODEL, tmp_path)
    assert torch.equal(torch.rand(1), want)
