from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from schemas.params import Params
from schemas.reference import reference

PAGE = reference()


def names(model: type[BaseModel], prefix: str = "") -> list[str]:
    found: list[str] = []
    for name, info in model.model_fields.items():
        kind = info.annotation
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        found += names(kind, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("section", [n for n in Params.model_fields if n not in {"capture", "audit"}])
def test_every_parameter_has_exactly_one_row(section: str) -> None:
    (part,) = re.findall(rf"^## {section}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    model = Params.model_fields[section].annotation
    assert isinstance(model, type)
    assert re.findall(r"^\| `([a-z0-9_.]+)` \|", part, re.MULTILINE) == names(model)


def test_a_row_by_hand() -> None:
    assert "| `max_tilt_deg` | `10.0` | > 0, ≤ 45 |" in PAGE


def test_a_section_without_parameters_is_left_out() -> None:
    assert "## audit" not in PAGE
    assert "## capture" not in PAGE
