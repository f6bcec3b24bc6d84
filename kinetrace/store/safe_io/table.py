"""What an array must be before a byte of it is read, whichever file it comes in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kinetrace.store.safe_io.format_error import FormatError
from schemas.base import Array, check_array

Arrays = dict[str, np.ndarray[Any, Any]]
Sizes = dict[str, tuple[int, str]]


def check_names(found: set[str], specs: Mapping[str, Array] | None) -> None:
    """Refuse other arrays than declared.

    Raises:
        FormatError: `arrays`: one is missing or unknown.
    """
    if specs is not None and found != (declared := set(specs)):
        text = f"missing {sorted(declared - found)}, unknown {sorted(found - declared)[:5]}"
        raise FormatError("arrays", "arrays", str(sorted(declared)), f"expected arrays {sorted(declared)}, {text}")


def check_declared(
    name: str, dtype: np.dtype[Any], shape: tuple[int, ...], spec: Array | None, sizes: Sizes, max_bytes: int
) -> int:
    """Hold one array's dtype and shape against its declaration and the cap.

    Args:
        name: The array.
        dtype: As found.
        shape: As found.
        spec: What was declared; None: numbers of any kind and rank.
        sizes: Lengths of the symbols met so far; extended in place.
        max_bytes: What it may take.

    Returns:
        The bytes that it takes.

    Raises:
        FormatError: `arrays`.
    """
    try:
        if spec is not None:
            check_array(name, dtype.str, shape, spec, sizes)
        elif dtype.kind not in "biufc" or min(shape, default=0) < 0 or len(shape) > 8:
            raise ValueError(f"{name}: expected numbers, found {dtype} of shape {shape}")
    except ValueError as error:
        raise FormatError("arrays", name, "an array as declared", str(error)) from None
    if (size := dtype.itemsize * math.prod(shape)) > max_bytes:
        found = f"{name}: expected at most {max_bytes} bytes, header claims {size}"
        raise FormatError("arrays", name, f"at most {max_bytes} bytes", found)
    return size
