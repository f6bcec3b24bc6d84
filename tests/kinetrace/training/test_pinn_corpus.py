from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_pinn import made_recording, tiny_params, write_made_corpus

from kinetrace.training.pinn_corpus import divide, read_recordings
from schemas.errors import ArtifactError, UsageError

FIVE = tuple((made_recording(40, subject=s, seed=k), "free") for k, s in enumerate(("a", "b", "c", "d", "e")))


def test_what_is_in_the_corpus_comes_out_at_its_own_rate(tmp_path: Path) -> None:
    made = [made_recording(40, fps=100.0), made_recording(30, subject="two", movement="jump", seed=1)]
    found = read_recordings(write_made_corpus(tmp_path / "c.h5", made))
    for want, (got, licence) in zip(made, found, strict=True):
        assert (got.name, got.subject, got.movement, got.fps, licence) == (*_label(want), "made")
        assert np.array_equal(got.positions, want.positions)
        assert np.array_equal(got.present, want.present)


def _label(r: object) -> tuple[object, ...]:
    return tuple(getattr(r, name) for name in ("name", "subject", "movement", "fps"))


def test_no_subject_is_on_both_sides() -> None:
    division = divide(FIVE, (), tiny_params())
    assert [r.subject for r in division.held_out] == ["d"]
    assert {r.subject for r in division.training} == {"a", "b", "c", "e"}
    named = divide(FIVE, ("a", "e"), tiny_params())
    assert {r.subject for r in named.held_out} == {"a", "e"}
    assert named.licences == ("free",)


def test_what_is_not_clean_is_no_target_and_counted() -> None:
    shaky = made_recording(40, subject="f")
    shaky.positions[::2, 2, 1] += 3.0
    division = divide((*FIVE, (shaky, "secret"), (made_recording(7, subject="g"), "free")), (), tiny_params())
    assert division.left_out == 2
    assert "f" not in {r.subject for r in (*division.training, *division.held_out)}
    assert division.licences == ("free",)


def test_a_subject_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="--held-out: expected some of a, b, c, d, e, found z"):
        divide(FIVE, ("z",), tiny_params())
    with pytest.raises(UsageError, match="leave some to train on"):
        divide(FIVE, ("a", "b", "c", "d", "e"), tiny_params())


def test_what_is_no_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.h5").write_bytes(b"nothing")
    with pytest.raises(ArtifactError):
        read_recordings(tmp_path / "c.h5")
