from __future__ import annotations

from pathlib import Path

import pytest
import torch
from made_lifter import TINY

from kinetrace.training.averaged import to_bytes
from kinetrace.training.lifter.checkpoint import fresh, from_file
from schemas.errors import ArtifactError


def stepped() -> bytes:
    """A training after one step."""
    torch.manual_seed(0)
    progress = fresh(TINY, "a" * 64)
    for weight in progress.network.parameters():
        weight.grad = torch.ones_like(weight)
    progress.optimiser.step()
    progress.step, progress.losses = 1, [0.5]
    return to_bytes(progress)


def changed(path: Path, **entries: object) -> Path:
    found = torch.load(path, weights_only=True)
    torch.save(found | entries, path)
    return path


def test_what_is_written_comes_back_and_writes_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_bytes(stepped())
    found = from_file(tmp_path / "c.pt")
    assert (found.step, found.losses, found.params, found.data_sha256) == (1, [0.5], TINY, "a" * 64)
    assert to_bytes(found) == (tmp_path / "c.pt").read_bytes()


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"features": "lifter-features/0"}, "features: expected lifter-features/2.*found lifter-features/0"),
        ({"step": 3}, "losses: expected 3, one a step, found 1"),
        ({"params": "{}"}, "loss|weights|tensors|expected"),
        ({"optimiser": {}}, "optimiser: expected .* tensors, found others"),
        ({"more": 1}, "keys: expected"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, entries: dict[str, object], says: str) -> None:
    (tmp_path / "c.pt").write_bytes(stepped())
    with pytest.raises(ArtifactError, match=says):
        from_file(changed(tmp_path / "c.pt", **entries))


def test_bytes_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match=r"c\.pt"):
        from_file(tmp_path / "c.pt")
