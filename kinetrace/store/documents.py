"""JSON on disk: canonical bytes out, checked models in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kinetrace.store.safe_io.caps import ARTIFACT_JSON_BYTES as MAX_JSON_BYTES
from kinetrace.store.safe_io.caps import ARTIFACT_JSON_DEPTH as MAX_JSON_DEPTH
from kinetrace.store.safe_io.format_error import FormatError, printable
from kinetrace.store.safe_io.json_text import load_json
from kinetrace.store.safe_io.plain_file import read_plain
from schemas.errors import ArtifactError

_KINDS = {
    "missing": "nothing", "link": "a link", "folder": "a folder", "special": "a device", "unreadable": None,
}  # fmt: skip
"""What a rule of `open_plain` that was broken says of an artifact; None: what was found, in its words."""

Model = TypeVar("Model", bound=BaseModel)


def canonical(value: Any) -> bytes:
    """Encode a JSON value as canonical bytes: UTF-8, sorted keys, no spaces, no NaN, one newline at the end."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def encode(model: BaseModel) -> bytes:
    """Encode a model as canonical bytes."""
    return canonical(model.model_dump(mode="json", by_alias=True))


def write_json(path: Path, model: BaseModel) -> None:
    """Write a model; the bytes are checked to read back as the same model."""
    data = encode(model)
    parse(data, type(model), where=str(path))
    path.write_bytes(data)


def read_json(path: Path, model: type[Model]) -> Model:
    """Read and check a JSON artifact.

    Raises:
        ArtifactError: The file is missing, too large, not JSON, too deep, has a key twice or does not fit the model.
    """
    return parse(read_limited(path, MAX_JSON_BYTES), model, where=str(path))


def read_limited(path: Path, limit: int) -> bytes:
    """Read a whole file whose size is checked first.

    Raises:
        ArtifactError: The file is missing, not a plain file or larger than `limit` bytes.
    """
    with plain_errors(path):
        return read_plain(path, limit)


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what `safe_io` says of a file that cannot be opened into our error about an artifact.

    Raises:
        ArtifactError: The file is missing, not a plain file or too large.
    """
    try:
        yield
    except FormatError as error:
        if error.rule == "large":
            raise ArtifactError(
                where=str(path), field="size", expected=error.expected, found=error.found,
                fix="This file was not written by kinetrace; run the stage again.",
            ) from error  # fmt: skip
        if error.rule not in _KINDS:
            raise
        raise ArtifactError(
            where=str(path), field="file", expected="a plain file", found=_KINDS[error.rule] or error.found,
            fix="Run the stage that writes it: kinetrace run",
        ) from error  # fmt: skip


def parse(data: bytes, model: type[Model], where: str) -> Model:
    """Check bytes against a model, strictly.

    Raises:
        ArtifactError: The bytes are not JSON, too deep, have a key twice or do not fit the model.
    """
    try:
        load_json(data.decode(), MAX_JSON_DEPTH)
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        field, expected, found = explain(error)
        raise ArtifactError(
            where=where, field=field, expected=expected, found=found, fix="Run the stage that writes this file again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ArtifactError(
            where=where, field="document", expected="JSON with unique keys, finite numbers and bounded depth",
            found=str(error)[:160], fix="Run the stage that writes this file again.",
        ) from error  # fmt: skip


def explain(error: ValidationError) -> tuple[str, str, str]:
    """Put the first of pydantic's complaints in our words: which field, what was expected, what was found."""
    first = error.errors(include_url=False, include_input=True)[0]
    field = printable(".".join(str(p) for p in first["loc"])) or "document"
    if first["type"] == "missing":
        return field, "this field", "none"
    if first["type"] == "extra_forbidden":
        return field, "no field of this name", repr(first["input"])[:80]
    expected = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return field, expected, repr(first["input"])[:80]
