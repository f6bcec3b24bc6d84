"""Units of length: what each is in metres, and which one would make a person of a recording."""

from __future__ import annotations

from typing import Final, Literal

Unit = Literal["m", "cm", "mm"]
METRES: Final[dict[Unit, float]] = {"m": 1.0, "cm": 0.01, "mm": 0.001}
UNIT_NAMES: Final[dict[str, Unit]] = {
    "m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "cm": "cm", "centimeters": "cm",
    "centimetres": "cm", "mm": "mm", "millimeters": "mm", "millimetres": "mm",
}  # fmt: skip
PERSON_M: Final = (0.5, 2.4)
"""A person's stature, or what markers on at least the legs span: from a child's legs to a tall adult [m]. The bounds
are less than ten apart, so at most one unit fits."""


def fitting_unit(size: float) -> Unit | None:
    """Give the unit in which a person's size is a person's, or None.

    Args:
        size: Stature or span as written in the file, in whatever unit that is.
    """
    return next((unit for unit, metres in METRES.items() if PERSON_M[0] <= size * metres <= PERSON_M[1]), None)


def unit_advice(size: float, what: str) -> str:
    """Say what makes a person of a marker file: the one unit that fits, or that none does.

    Args:
        size: As for `fitting_unit`.
        what: What has this size, in words.
    """
    unit = fitting_unit(size)
    if unit is None:
        sizes = ", ".join(f"{size * metres:.3g} m if in {name}" for name, metres in METRES.items())
        return f"No unit makes this a person ({what}: {sizes}): the file's scale is wrong, export it again."
    return (
        f"Correct the unit in the header, or give --mapping with a file that says: units: {unit}"
        f" ({what} is then {size * METRES[unit]:.2f} m)."
    )
