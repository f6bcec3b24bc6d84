"""JSON on disk: canonical bytes out, checked models in."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from schemas.errors import ArtifactError

MAX_JSON_BYTES = 64 << 20
MAX_JSON_DEPTH = 64

# A string that never closes is swallowed to the end as well: otherwise every later quote would be tried again, in
# quadratic time.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")

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
    if path.is_symlink() or not path.is_file():
        raise ArtifactError(
            where=str(path), field="file", expected="a plain file", found=_kind(path),
            fix="Run the stage that writes it: kinetrace run",
        )  # fmt: skip
    size = path.stat().st_size
    if size > limit:
        raise ArtifactError(
            where=str(path), field="size", expected=f"at most {limit} bytes", found=f"{size} bytes",
            fix="This file was not written by kinetrace; run the stage again.",
        )  # fmt: skip
    return path.read_bytes()


def _kind(path: Path) -> str:
    if path.is_symlink():
        return "a link"
    if path.is_dir():
        return "a folder"
    return "a device" if path.exists() else "nothing"


def parse(data: bytes, model: type[Model], where: str) -> Model:
    """Check bytes against a model, strictly.

    Raises:
        ArtifactError: The bytes are not JSON, too deep, have a key twice or do not fit the model.
    """
    try:
        check_json(data)
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
    field = ".".join(str(p) for p in first["loc"]) or "document"
    if first["type"] == "missing":
        return field, "this field", "none"
    if first["type"] == "extra_forbidden":
        return field, "no field of this name", repr(first["input"])[:80]
    expected = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return field, expected, repr(first["input"])[:80]


def check_json(data: bytes) -> None:
    """Refuse JSON that is too deep, names a key twice or holds a number that is not finite.

    Raises:
        ValueError: One of these is so, or it is not JSON in UTF-8.
    """
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_JSON_DEPTH:
        raise ValueError(f"nested {deepest} deep, at most {MAX_JSON_DEPTH} allowed")
    json.loads(data, object_pairs_hook=_unique, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"number {text[:40]} is not finite")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} stands twice")
        found[key] = value
    return found
