from __future__ import annotations

import pytest
from jaxtyping import TypeCheckError
from made_prediction import made_places

from kinetrace.training.motion_prediction.division import divided


def test_the_middle_file_by_length_is_held_out_and_nothing_is_lost() -> None:
    files = {"b": tuple(made_places(n) for n in (50, 90, 70)), "a": tuple(made_places(n) for n in (40, 60))}
    training, held = divided(files)
    assert [len(p) for p in held["b"]] == [70] and [len(p) for p in held["a"]] == [60]
    assert [len(p) for p in training["b"]] == [50, 90] and [len(p) for p in training["a"]] == [40]


def test_an_action_with_one_file_keeps_it() -> None:
    training, held = divided({"a": (made_places(40),)})
    assert len(training["a"]) == 1 and held == {}


def test_places_of_other_joints_are_refused() -> None:
    with pytest.raises(TypeCheckError, match="files"):
        divided({"a": (made_places(40)[:, :5],)})
