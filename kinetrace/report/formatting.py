"""How figures and names are written on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final


def number(value: float | None, digits: int = 3) -> str:
    """Write a figure with so many significant digits, without zeros at the end or an exponent where a person would use none."""
    if value is None:
        return "—"
    if value == 0.0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}"
    whole = len(str(int(abs(value)))) if abs(value) >= 1.0 else 0
    if whole:
        text = f"{value:.{max(0, digits - whole)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.{digits}g}"


def fixed(value: float | None, digits: int = 2) -> str:
    """Write a figure with so many decimals."""
    return "—" if value is None else f"{value:.{digits}f}"


def quantity(name: str, value: float) -> str:
    """Write a figure whose units are the end of its name: `passthrough_deg` as `passthrough 5°`."""
    for ending, sign in (("_deg", "°"), ("_mm", " mm"), ("_m", " m")):
        if name.endswith(ending):
            return f"{plain(name.removesuffix(ending))} {number(value)}{sign}"
    return f"{plain(name)} {number(value)}"


def percent(value: float | None) -> str:
    """Write a share of 1 in per cent."""
    return "—" if value is None else f"{100.0 * value:.0f} %"


def units(name: str | None) -> str:
    """Write units as on paper; a ratio has none."""
    return {None: "", "1": "", "deg": "°", "m/s2": "m/s²"}.get(name, name or "")


def plain(name: str) -> str:
    """Write an identifier as words: `foot_slip` as `foot slip`."""
    return name.replace("_", " ")


def joint(name: str) -> str:
    """Write a joint's name as words: `l_wrist` as `left wrist`."""
    return plain({"l": "left_", "r": "right_"}[name[0]] + name[2:] if name[:2] in ("l_", "r_") else name)


def sentence(name: str) -> str:
    """Write an identifier as words with a capital."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def size(count: int) -> str:
    """Write a number of bytes for a person."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000.0:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100.0 else f"{amount:.1f} {unit}"
        amount /= 1000.0
    return f"{amount:.1f} GB"


def grade(score: float | None) -> str:
    """Name the colour of a score from 0 to 1: good from 0.9, doubtful from 0.7."""
    if score is None:
        return "none"
    return "good" if score >= 0.9 else "doubtful" if score >= 0.7 else "bad"


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "number": number, "fixed": fixed, "percent": percent, "plain": plain, "sentence": sentence,
    "joint": joint, "quantity": quantity, "units": units, "bytes": size, "grade": grade,
}  # fmt: skip
