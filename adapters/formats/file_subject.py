"""What a recording says of the person in it, beside what the user declares."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.base import Sex


@dataclass(frozen=True)
class FileSubject:
    """Measures of a person; None where the file does not say. Widths are between the bones' sides, without markers."""

    mass_kg: float | None = None
    height_m: float | None = None
    sex: Sex | None = None
    r_knee_width_m: float | None = None
    l_knee_width_m: float | None = None
    r_ankle_width_m: float | None = None
    l_ankle_width_m: float | None = None
    marker_diameter_m: float | None = None
