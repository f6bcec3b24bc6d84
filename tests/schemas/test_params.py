from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from schemas.base import Strict
from schemas.params import AuditParams, Params


def fields(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every single parameter with its place."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and get_origin(kind) is None and issubclass(kind, BaseModel):
            yield from fields(kind, (*place, name))
        else:
            yield (*place, name), info


ALL = list(fields(Params))


def with_value(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The defaults as JSON with one value exchanged."""
    whole: dict[str, Any] = json.loads(Params(capture="walk").model_dump_json())
    part = whole
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    return whole


def read(value: dict[str, Any]) -> Params:
    return Params.model_validate_json(json.dumps(value), strict=True)


def test_the_defaults_survive_json() -> None:
    assert read(json.loads(Params(capture="walk").model_dump_json())) == Params(capture="walk")


def test_defaults_by_hand() -> None:
    params = Params(capture="walk")
    assert params.dataset.fps == 30.0
    assert params.physical_state.filter.cutoff_hz == 6.0
    assert params.adapter.max_fps == 120.0
    assert params.physical_state.contact.speed_fraction == 0.72


def test_every_parameter_but_the_capture_has_a_default() -> None:
    assert [place for place, info in ALL if info.is_required()] == [("capture",)]


@pytest.mark.parametrize(("place", "info"), ALL, ids=[".".join(p) for p, _ in ALL])
def test_no_parameter_takes_nan_or_a_string_for_a_number(place: tuple[str, ...], info: FieldInfo) -> None:
    if info.annotation in {float, int}:
        for wrong in ("1", [1], {}, True if info.annotation is int else "nan"):
            with pytest.raises(ValidationError, match=r"valid (number|integer)"):
                read(with_value(place, wrong))


def bounds(info: FieldInfo) -> list[tuple[str, float]]:
    """Values just outside of each declared bound."""
    found: list[tuple[str, float]] = []
    for mark in info.metadata:
        for name, step in (("gt", 0.0), ("ge", -1.0), ("lt", 0.0), ("le", 1.0)):
            if (bound := getattr(mark, name, None)) is not None:
                value = bound + step
                found.append((name, value if info.annotation is float else int(value)))
    return found


BOUNDED = [(place, name, value) for place, info in ALL for name, value in bounds(info)]


@pytest.mark.parametrize(("place", "name", "value"), BOUNDED, ids=[f"{'.'.join(p)}-{n}" for p, n, _ in BOUNDED])
def test_a_value_outside_of_its_bound_is_refused(place: tuple[str, ...], name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=r"greater than|less than"):
        read(with_value(place, value))


def test_most_numbers_are_bounded() -> None:
    free = [".".join(p) for p, info in ALL if info.annotation in {float, int} and not bounds(info)]
    assert free == []


@pytest.mark.parametrize("section", [n for n in Params.model_fields if n != "capture"])
def test_an_unknown_name_is_refused_in_every_section(section: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        read(with_value((section, "xyzzy"), 1))


def test_the_audit_takes_no_parameter() -> None:
    assert AuditParams.model_fields == {}
    assert issubclass(AuditParams, Strict)


@pytest.mark.parametrize("capture", ["", "A", "../x", "a b", "x;touch PWNED", "a" * 64])
def test_a_bad_capture_id_is_refused(capture: str) -> None:
    with pytest.raises(ValidationError, match="capture"):
        Params(capture=capture)
