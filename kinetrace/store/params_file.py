"""`params.yaml`: read strictly; only its first line is ever rewritten."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kinetrace.store.documents import explain
from kinetrace.store.publish import write_atomic
from kinetrace.store.safe_io.caps import PARAMS_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import read_plain
from kinetrace.store.safe_io.yaml_text import load_yaml
from kinetrace.store.workspace import check_capture_id
from schemas.errors import ParamsError
from schemas.params import Params


def read_params(path: Path) -> Params:
    """Read and check `params.yaml`.

    Raises:
        ParamsError: The file is missing, not YAML, or has an unknown or out-of-range value; the nearest known name and
            the bound are given.
    """
    try:
        value = load_yaml(_read(path).decode())
        return Params.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        raise _refusal(path, error) from error
    except (ValueError, TypeError) as error:  # a refusal, bytes that are no UTF-8, a date or a number that JSON has not
        raise ParamsError(
            where=str(path), field="file", expected="YAML with a capture and one section a stage",
            found=" ".join(str(error).split())[:200], fix="Compare with the params.yaml of a fresh clone.",
        ) from error  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, PARAMS_BYTES)
    except FormatError as error:
        if error.rule != "large":
            raise
        raise ValueError(f"{error.found}, {error.expected} allowed") from None


def set_capture(path: Path, capture: str) -> None:
    """Rewrite the first line, `capture: <id>`, and nothing else.

    Raises:
        ParamsError: The first line is not the capture line.
        CaptureError: The id is not a valid one.
    """
    check_capture_id(capture)
    try:
        first, _, rest = _read(path).partition(b"\n")
    except ValueError as error:
        raise ParamsError(
            where=str(path), field="file", expected="a plain file", found=str(error), fix="Restore params.yaml."
        ) from error
    if not first.startswith(b"capture:"):
        raise ParamsError(
            where=str(path), field="line 1", expected="capture: <id>", found=first.decode(errors="replace")[:80],
            fix="Put the capture line first, so that switching captures touches nothing else.",
        )  # fmt: skip
    line = f"capture: {_scalar(capture)}".encode()
    if first != line:
        write_atomic(path, line + b"\n" + rest)


def _scalar(capture: str) -> str:
    # YAML reads 20240131, 1e5, 2024-01-31, yes and null as something else than the id, and DVC's YAML differs from ours.
    plain = capture[0].isalpha() and len(capture) > 1 and yaml.safe_load(capture) == capture
    return capture if plain else f'"{capture}"'


def _refusal(path: Path, error: ValidationError) -> ParamsError:
    first = error.errors(include_url=False, include_input=True)[0]
    place = [str(p) for p in first["loc"]]
    fix = "Defaults and bounds are listed in docs/parameters.md."
    _, expected, found = explain(error)
    if first["type"] == "extra_forbidden":
        known = _names(place[:-1])
        near = difflib.get_close_matches(place[-1], known, 1)
        expected = "a known parameter"
        fix = f"Did you mean {near[0]!r}? " if near else ""
        fix += f"Known here: {', '.join(known)}."
    return ParamsError(
        where=str(path),
        field=".".join(place) or "document",
        expected=expected,
        found=found,
        fix=fix,
    )


def _names(place: list[str]) -> list[str]:
    model: Any = Params
    for name in place:
        model = model.model_fields[name].annotation
    return sorted(model.model_fields)
