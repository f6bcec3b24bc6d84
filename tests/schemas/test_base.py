from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Array, ArrayTable, CaptureId, Sha256, Strict, Xxh3, check_array


class Point(Strict):
    x: float
    n: int = 0
    names: tuple[str, ...] = ()


class Walk(ArrayTable):
    time: Annotated[np.ndarray[Any, Any], Array("float64", ("frames",))]
    steps: Annotated[np.ndarray[Any, Any], Array("float32", ("frames", 2))]
    marks: Annotated[np.ndarray[Any, Any], Array("uint8", ("marks",))]


def walk(**changes: Any) -> Walk:
    good = {"time": np.zeros(3), "steps": np.zeros((3, 2), np.float32), "marks": np.zeros(5, np.uint8)}
    return Walk(**{**good, **changes})


@given(x=st.floats(allow_nan=False, allow_infinity=False), n=st.integers(), names=st.lists(st.text(), max_size=3))
def test_a_strict_model_survives_json(x: float, n: int, names: list[str]) -> None:
    point = Point(x=x, n=n, names=tuple(n for n in names if n.isprintable()))
    assert Point.model_validate_json(point.model_dump_json(), strict=True) == point


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"x": "1.0"}, "valid number"),
        ({"x": 1.0, "n": 1.5}, "valid integer"),
        ({"x": 1.0, "n": True}, "valid integer"),
        ({"x": 1.0, "names": ["a"]}, "valid tuple"),
        ({"x": 1.0, "y": 2.0}, "Extra inputs"),
        ({"x": float("nan")}, "finite number"),
        ({"x": float("inf")}, "finite number"),
        ({}, "Field required"),
    ],
)
def test_a_strict_model_neither_coerces_nor_guesses(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Point(**fields)


def test_a_strict_model_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Point(x=1.0).x = 2.0  # type: ignore[misc]


@given(frames=st.integers(0, 20), marks=st.integers(0, 20))
def test_a_symbol_may_have_any_length_but_only_one(frames: int, marks: int) -> None:
    table = walk(time=np.zeros(frames), steps=np.zeros((frames, 2), np.float32), marks=np.zeros(marks, np.uint8))
    assert len(table.time) == frames
    with pytest.raises(ValidationError, match=f"steps: expected {frames} frames as in time, found {frames + 1}"):
        walk(time=np.zeros(frames), steps=np.zeros((frames + 1, 2), np.float32))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": np.zeros(3, np.float32)}, "time: expected dtype float64, found float32"),
        ({"steps": np.zeros((3, 3), np.float32)}, "steps: expected length 2 on axis 1, found 3"),
        ({"steps": np.zeros(3, np.float32)}, "steps: expected 2 axes"),
        ({"time": np.array([0.0, 1.0, np.nan])}, "time: expected finite numbers"),
        ({"time": [0.0, 1.0, 2.0]}, "instance of ndarray"),
        ({"more": np.zeros(3)}, "Extra inputs"),
    ],
)
def test_a_table_that_is_not_as_declared_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        walk(**changes)


def test_the_declarations_by_hand() -> None:
    assert Walk.specs() == {
        "time": Array("float64", ("frames",)), "steps": Array("float32", ("frames", 2)), "marks": Array("uint8", ("marks",)),
    }  # fmt: skip


def test_a_field_without_a_declaration_is_a_programming_error() -> None:
    class Loose(ArrayTable):
        time: np.ndarray[Any, Any]

    with pytest.raises(TypeError, match=r"Loose.time needs exactly one Array mark"):
        Loose.specs()


def test_lengths_are_checked_before_any_array_exists() -> None:
    sizes: dict[str, tuple[int, str]] = {}
    check_array("a", "<f4", (10**12, 2), Array("float32", ("frames", 2)), sizes)
    assert sizes == {"frames": (10**12, "a")}
    with pytest.raises(ValueError, match="b: expected 1000000000000 frames as in a, found 3"):
        check_array("b", "<f4", (3,), Array("float32", ("frames",)), sizes)
    with pytest.raises(ValueError, match="expected a length of 0 or more on axis 0, found -1"):
        check_array("c", "<f4", (-1,), Array("float32", ("other",)), sizes)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (CaptureId, ["a", "0", "walk_01-b", "a" * 63], ["", "A", "_a", "-a", "a b", "a/b", "..", "a\n", "a" * 64, "é"]),
        (Sha256, ["0" * 64, "abcdef01" * 8], ["0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"]),
        (Xxh3, ["0" * 32], ["0" * 31, "0" * 33, "z" * 32]),
    ],
)
def test_names_and_digests_keep_their_alphabet(kind: Any, good: list[str], bad: list[str]) -> None:
    adapter = TypeAdapter(kind)
    assert [adapter.validate_python(text) for text in good] == good
    for text in bad:
        with pytest.raises(ValidationError, match="match pattern"):
            adapter.validate_python(text)
