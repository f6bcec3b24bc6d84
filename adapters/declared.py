"""What the user says of a recording that the file itself does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from adapters.formats.mapping import read_mapping
from schemas.capture import CaptureFile, MarkerMapping, SubjectInfo
from schemas.errors import UsageError

Model = TypeVar("Model", CaptureFile, SubjectInfo, MarkerMapping)


@dataclass(frozen=True)
class Declared:
    """Options of `ingest` and `validate`.

    Attributes:
        static: Static trial of the same marker set.
        mass_kg: Body mass [kg].
        height_m: Stature [m].
        sex: `f`, `m` or None.
        movement: `gait`, `squat`, `sit_to_stand`, `balance`, `other` or None.
        mapping: JSON or YAML file that says which markers make which joint, and how the file lies in space and time.
        fps: Frames a second of a recording without times [Hz].
    """

    static: Path | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    movement: str | None = None
    mapping: Path | None = None
    fps: float | None = None

    def given(self) -> tuple[str, ...]:
        """Name what was declared."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is not None)

    def described(self) -> MarkerMapping | None:
        """Give the mapping file with the frame rate that was given beside it; None where neither was.

        Raises:
            CaptureError: The mapping file cannot be read.
            UsageError: A rate that is no motion recording's, or one that contradicts the mapping file.
        """
        said = None if self.mapping is None else read_mapping(self.mapping)
        if self.fps is None:
            return said
        if said is not None and said.fps not in (None, self.fps):
            raise usage(
                "--fps", f"{said.fps:g} as {self.mapping} says", f"{self.fps:g}", "Give one of the two, or the same."
            )
        rate = checked(MarkerMapping, {"fps": self.fps})
        return rate if said is None else said.model_copy(update={"fps": rate.fps})

    def subject(self, capture_id: str) -> SubjectInfo:
        """Give the person as declared.

        Raises:
            UsageError: A value that is no person's.
        """
        said = {"height_m": self.height_m, "mass_kg": self.mass_kg, "sex": self.sex or "unknown"}
        return checked(SubjectInfo, {"id": capture_id, **said})


def checked(model: type[Model], values: Mapping[str, object]) -> Model:
    """Hold what was declared against a model.

    Raises:
        UsageError: Names the option whose value does not fit.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removesuffix("_kg").removesuffix("_m")
        fix = (
            "Mass is in kg, height in m, fps in frames a second; sex is f or m; movement is gait, squat, sit_to_stand, "
            "balance or other."
        )
        raise usage(f"--{option}", first["msg"], repr(first["input"])[:80], fix) from None


def usage(field: str, expected: str, found: str, fix: str) -> UsageError:
    """Make a refusal of what was asked."""
    return UsageError(where="ingest", field=field, expected=expected, found=found, fix=re.sub(r"\s+", " ", fix))
