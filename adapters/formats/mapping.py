"""A user's mapping file, JSON or YAML: which markers make which joint, in which unit, which axis up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import MAPPING_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.yaml_text import load_yaml
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError


def read_mapping(path: Path) -> MarkerMapping:
    """Read a mapping file; `.json` is JSON, anything else YAML without anchors or aliases.

    Raises:
        CaptureError: Unreadable, too large, a key twice, or a field that does not fit.
    """
    where = str(path)
    text = decode_text(path, read_raw(path, MAPPING_BYTES))
    value = parse_json(text, where) if path.suffix.lower() == ".json" else _parse_yaml(text, where)
    return validate_json(value, TypeAdapter(MarkerMapping), where)


def _parse_yaml(text: str, where: str) -> Any:
    try:
        return load_yaml(text)
    except FormatError as error:
        raise CaptureError(
            where=where, field=error.field, expected=error.expected, found=error.found,
            fix="Write for example: joints: {r_hip: [RHJC], r_knee: [RKNE, RKNM]}",
        ) from None  # fmt: skip
