"""What a C3D says of the person: mass, stature, sex and joint widths, in the places where laboratories put them."""

from __future__ import annotations

from typing import Any, Final

from adapters.formats.file_subject import FileSubject
from schemas.base import Sex

Parameters = dict[str, dict[str, list[Any]]]
_MM: Final = 0.001


def subject_of(parameters: Parameters) -> tuple[FileSubject, tuple[str, ...]]:
    """Read the person's measures; a measure outside human bounds is not taken, and that is said.

    Vicon writes its models' input to PROCESSING (kg, mm); others a table of labels, units and values to SUBJECT.

    Args:
        parameters: Group, name, values.
    """
    wanted = _processing(parameters.get("PROCESSING", {})) | _table(parameters.get("SUBJECT", {}))
    remarks: list[str] = []
    taken: dict[str, float] = {}
    for name, (value, said) in wanted.items():
        low, high = _BOUNDS[name]
        if low <= value <= high:
            taken[name] = value
        elif value != 0.0:  # models write 0 for what nobody measured
            remarks.append(f"{said} of {value:.4g} was not taken: no person's")
    sex: Sex | None = None
    if "sex" in taken:
        sex = "m" if taken.pop("sex") == 1.0 else "f"
    return FileSubject(sex=sex, **taken), tuple(remarks)


_BOUNDS: Final = {
    "mass_kg": (5.0, 400.0), "height_m": (0.4, 2.6), "sex": (0.0, 1.0), "r_knee_width_m": (0.04, 0.2),
    "l_knee_width_m": (0.04, 0.2), "r_ankle_width_m": (0.03, 0.15), "l_ankle_width_m": (0.03, 0.15),
    "marker_diameter_m": (0.002, 0.04),
}  # fmt: skip


def _processing(group: dict[str, list[Any]]) -> dict[str, tuple[float, str]]:
    names = {
        "bodymass": ("mass_kg", 1.0), "height": ("height_m", _MM), "rkneewidth": ("r_knee_width_m", _MM),
        "lkneewidth": ("l_knee_width_m", _MM), "ranklewidth": ("r_ankle_width_m", _MM),
        "lanklewidth": ("l_ankle_width_m", _MM), "markerdiameter": ("marker_diameter_m", _MM),
    }  # fmt: skip
    found = {}
    for key, values in group.items():
        ours = names.get(key.replace(" ", "").lower())
        if ours is not None and (value := _number(values)) is not None:
            found[ours[0]] = (value * ours[1], f"PROCESSING:{key}")
    return found


def _table(group: dict[str, list[Any]]) -> dict[str, tuple[float, str]]:
    """Read labels with values; the unit of a length is written beside it, and 0 is a woman where the units say so."""
    found = {}
    units = [str(unit).lower() for unit in group.get("UNITS", [])]
    for i, (label, value) in enumerate(zip(group.get("LABELS", []), group.get("VALUES", []), strict=False)):
        if not isinstance(value, (int, float)):
            continue
        name, unit = str(label).strip().lower(), units[i] if i < len(units) else ""
        said = f"SUBJECT:{str(label).strip()[:40]}"
        if name in ("weight", "mass", "bodymass") and unit == "kg":
            found["mass_kg"] = (float(value), said)
        elif name in ("height", "stature") and unit in _LENGTHS:
            found["height_m"] = (float(value) * _LENGTHS[unit], said)
        elif name in ("gender", "sex") and "0: woman, 1: man" in unit:
            found["sex"] = (float(value), said)
    return found


_LENGTHS: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}


def _number(values: list[Any]) -> float | None:
    return float(values[0]) if values and isinstance(values[0], (int, float)) else None
