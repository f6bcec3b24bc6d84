"""JSON as values: bounded depth, each key once, finite numbers, integers of 64 bits."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from kinetrace.store.safe_io.caps import JSON_INTEGER_BITS, JSON_VALUES
from kinetrace.store.safe_io.format_error import FormatError

# A string that never closes is swallowed to the end as well: otherwise every later quote would be tried again, in
# quadratic time.
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SQUARE = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))


def load_json(text: str, max_depth: int) -> Any:
    """Parse JSON within bounds.

    Args:
        text: The document; its size is the caller's to bound.
        max_depth: Levels of nesting, checked before a recursive parser meets them.

    Returns:
        Plain Python values.

    Raises:
        FormatError: `depth`, `values`, `twice`, `finite`, `integer` or `syntax`.
    """
    _refuse_deep(text, max_depth)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_finite, parse_float=_finite, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        found = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise FormatError("syntax", "JSON", "valid JSON text", found, "Correct the file or export it again.") from None


def _refuse_deep(text: str, max_depth: int) -> None:
    bare = _STRINGS.sub("", text)
    if (values := bare.count(",") + bare.count("[") + bare.count("{")) > JSON_VALUES:
        raise FormatError("values", "JSON", f"at most {JSON_VALUES} values", f"{values} of them", "Cut the document.")
    if bare.count("[") + bare.count("{") <= max_depth:
        return
    # Taking all innermost pairs away, once a level, costs a fraction of a walk from bracket to bracket.
    left = brackets = bare.encode(errors="replace").translate(_SQUARE, _OTHERS)
    for _ in range(max_depth):
        left = left.replace(b"[]", b"")
    if left and (deepest := _depth(brackets)) > max_depth:
        found = f"nested {deepest} deep, at most {max_depth} allowed"
        raise FormatError("depth", "JSON", f"at most {max_depth} levels", found, "Flatten the document.")


def _depth(brackets: bytes) -> int:
    """Give the deepest nesting up to where a bracket is closed that was never opened: no parser gets further."""
    opened = deepest = 0
    for bracket in brackets:
        opened += 1 if bracket == ord("[") else -1
        if opened < 0:
            break
        deepest = max(deepest, opened)
    return deepest


def _integer(text: str) -> int:
    if len(text) <= 18:  # surely below 2 ** 63
        return int(text)
    if len(text) > 21 or int(text).bit_length() > JSON_INTEGER_BITS:
        found = f"an integer of {len(text)} characters, at most {JSON_INTEGER_BITS} bits allowed"
        raise FormatError("integer", "JSON", "ordinary numbers", found, "Correct the number.")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        fix = "Leave the field out where there is no value."
        raise FormatError("finite", "number", "finite numbers", f"{text[:40]} is not finite", fix)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise FormatError(
            "twice", twice[:80], "each key once", f"key {twice[:80]!r} stands twice", "Remove one of the two."
        )
    return found
