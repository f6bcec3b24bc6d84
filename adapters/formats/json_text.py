"""Untrusted JSON and YAML text into a strict model: bounded size and depth, no duplicate key, no NaN."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.formats.raw_file import decode_text, read_raw
from schemas.errors import CaptureError

Model = TypeVar("Model", bound=BaseModel)
MAX_JSON_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32


def read_model(path: Path, model: type[Model], max_bytes: int = MAX_JSON_BYTES) -> Model:
    """Read a JSON file as the given model.

    Raises:
        CaptureError: The text is no JSON, too deep or large, repeats a key, or does not fit; the first misfit is named.
    """
    text = decode_text(path, read_raw(path, max_bytes))
    return validate_json(parse_json(text, str(path)), TypeAdapter(model), str(path))


def parse_json(text: str, where: str) -> Any:
    """Parse JSON within bounds: no NaN or Infinity, no key twice in one object, at most 32 levels.

    Args:
        text: The document.
        where: What to call it in a refusal.

    Raises:
        CaptureError: It breaks one of these rules.
    """
    refuse_deep(text, where)
    try:
        return json.loads(text, object_pairs_hook=_unique(where), parse_constant=_refuse_constant(where))
    except json.JSONDecodeError as error:
        found = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise _refusal(where, "JSON", "valid JSON text", found, "Correct the file or export it again.") from None
    except ValueError as error:  # an integer of thousands of digits
        raise _refusal(where, "JSON", "ordinary numbers", str(error), "Correct the number.") from None


def validate_json(value: Any, adapter: TypeAdapter[Model], where: str) -> Model:
    """Hold a parsed JSON value against a model, in JSON mode (arrays become tuples).

    Raises:
        CaptureError: Names the first field that does not fit.
    """
    try:
        return adapter.validate_json(json.dumps(value, default=str))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "document"
        found = repr(first["input"])[:80]
        raise _refusal(where, field, first["msg"], found, "Correct this field; docs/formats.md lists them.") from None


def refuse_deep(text: str, where: str) -> None:
    """Refuse nesting beyond 32 levels before a recursive parser meets it.

    Raises:
        CaptureError: Too deep.
    """
    depth = 0
    in_string = escaped = False
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _refusal(where, "JSON", f"at most {MAX_DEPTH} levels", "deeper nesting", "Flatten the document.")
        elif char in "]}":
            depth -= 1


def _unique(where: str) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                raise _refusal(where, key, "each key once", "the key twice", "Remove one of the two.")
            made[key] = value
        return made

    return build


def _refuse_constant(where: str) -> Any:
    def refuse(text: str) -> float:
        raise _refusal(where, "number", "finite numbers", text, "Leave the field out where there is no value.")

    return refuse


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
