"""Untrusted JSON text into a strict model: bounded size and depth, no duplicate key, no NaN."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.formats.raw_file import capture_errors, decode_text, read_raw
from kinetrace.store.safe_io.caps import RECORDING_JSON_BYTES, RECORDING_JSON_DEPTH
from kinetrace.store.safe_io.format_error import printable
from kinetrace.store.safe_io.json_text import load_json
from schemas.errors import CaptureError

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model], max_bytes: int = RECORDING_JSON_BYTES) -> Model:
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
    with capture_errors(where):
        return load_json(text, RECORDING_JSON_DEPTH)


def validate_json(value: Any, adapter: TypeAdapter[Model], where: str) -> Model:
    """Hold a parsed JSON value against a model, in JSON mode (arrays become tuples).

    Raises:
        CaptureError: Names the first field that does not fit.
    """
    try:
        return adapter.validate_json(json.dumps(value, default=str))
    except ValidationError as error:
        first = error.errors()[0]
        field = printable(".".join(str(part) for part in first["loc"])) or "document"
        found = repr(first["input"])[:80]
        fix = "Correct this field; docs/formats.md lists them."
        raise CaptureError(where=where, field=field, expected=first["msg"], found=found, fix=fix) from None
