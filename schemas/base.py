"""The two bases of everything on disk: strict JSON models and strict tables of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Xxh3 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
CaptureId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Movement = Literal["gait", "squat", "sit_to_stand", "balance", "other"]
Sex = Literal["f", "m", "unknown"]
Side = Literal["left", "right", "both", "none"]


class Strict(BaseModel):
    """A frozen JSON model: no coercion, no unknown field, no infinity or NaN."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Array:
    """What an array on disk must be: dtype and one entry an axis (a number, or a symbol equal throughout the table)."""

    dtype: str
    shape: tuple[str | int, ...]


class ArrayTable(BaseModel):
    """A frozen set of named arrays: exact dtypes and ranks, finite floats, lengths that agree by symbol.

    A field is ``Annotated[np.ndarray, Array("float32", ("frames", 21, 3))]``. Symbols may be any name; the same symbol
    must have the same length in every field of one table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    max_bytes: ClassVar[int] = 1 << 31

    @classmethod
    def specs(cls) -> dict[str, Array]:
        """Give the declared array of every field, by name."""
        found: dict[str, Array] = {}
        for name, info in cls.model_fields.items():
            marks = [m for m in info.metadata if isinstance(m, Array)]
            if len(marks) != 1:
                raise TypeError(f"{cls.__name__}.{name} needs exactly one Array mark")
            found[name] = marks[0]
        return found

    @model_validator(mode="after")
    def _arrays_are_as_declared(self) -> Self:
        sizes: dict[str, tuple[int, str]] = {}
        for name, spec in self.specs().items():
            value: np.ndarray[Any, Any] = getattr(self, name)
            check_array(name, value.dtype.str, value.shape, spec, sizes)
            if value.dtype.kind == "f" and not bool(np.isfinite(value).all()):
                raise ValueError(f"{name}: expected finite numbers, found NaN or infinity")
        return self


def check_array(name: str, dtype: str, shape: tuple[int, ...], spec: Array, sizes: dict[str, tuple[int, str]]) -> None:
    """Hold one array's dtype and shape against its declaration, before a byte of it is read.

    Args:
        name: The field.
        dtype: numpy dtype string as found.
        shape: Shape as found.
        spec: What was declared.
        sizes: Lengths of the symbols met so far, with the field that set them; extended in place.

    Raises:
        ValueError: Something differs; the text says what.
    """
    if np.dtype(dtype) != np.dtype(spec.dtype):
        raise ValueError(f"{name}: expected dtype {spec.dtype}, found {np.dtype(dtype)}")
    if len(shape) != len(spec.shape):
        raise ValueError(f"{name}: expected {len(spec.shape)} axes {spec.shape}, found shape {shape}")
    for axis, (want, got) in enumerate(zip(spec.shape, shape, strict=True)):
        if got < 0:
            raise ValueError(f"{name}: expected a length of 0 or more on axis {axis}, found {got}")
        if isinstance(want, int):
            if got != want:
                raise ValueError(f"{name}: expected length {want} on axis {axis}, found {got}")
        else:
            known, owner = sizes.setdefault(want, (got, name))
            if known != got:
                raise ValueError(f"{name}: expected {known} {want} as in {owner}, found {got}")
