"""C3D, the binary format of motion laboratories: points, events, the subject's measures, analog channels and plates.

Points come with a residual, below 0 where they are missing; old software writes 0 0 0 or NaN instead. A file made by a
gait model also holds angles, forces, moments and powers as "points": they are named and left out. Events and points
share one clock, on which the first frame of the session is at 0 s.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Float

from adapters.formats.c3d_subject import subject_of
from adapters.formats.marker_file import MarkerFile
from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.c3d import C3dContent, read_c3d_content
from kinetrace.store.safe_io.format_error import FormatError, printable
from schemas.base import Side

_SIDES: Final[dict[str, Side]] = {"left": "left", "right": "right", "l": "left", "r": "right"}
_NO_PLACE: Final = re.compile(r"(Angles?|Forces?|Moments?|Powers?|GRF|Scalars?)$")
_NO_NAME: Final = re.compile(r"[*#?]|unlabell?ed|uname", re.IGNORECASE)
MAX_RATE_HZ: Final = 1e5
MAX_SIZE: Final = 1e9


@dataclass(frozen=True)
class C3dEvent:
    """Something that a person or program marked: `time_s` on the clock of the points."""

    time_s: float
    side: Side
    label: str


@dataclass(frozen=True)
class C3dFile:
    """What a C3D says, in its own units and axes.

    Attributes:
        markers: The points that are places, and the clock.
        events: In order of time.
        analog_names: A channel a name.
        analog_units: A channel a unit, as written.
        analogs: Channels, a row a sample.
        analog_rate_hz: A whole multiple of the points' rate.
        plates: The group FORCE_PLATFORM as written: values in the file's order.
    """

    markers: MarkerFile
    events: tuple[C3dEvent, ...]
    analog_names: tuple[str, ...]
    analog_units: tuple[str, ...]
    analogs: Float[np.ndarray, "samples channels"]
    analog_rate_hz: float
    plates: dict[str, list[Any]]

    def analog_time(self) -> Float[np.ndarray, "samples"]:
        """Give the time of each analog sample on the clock of the points [s]."""
        return np.asarray(self.markers.time[0] + np.arange(len(self.analogs)) / self.analog_rate_hz)


def read_c3d(path: Path) -> C3dFile:
    """Read a C3D file, through ezc3d in a limited process.

    Raises:
        CaptureError: Not a C3D, truncated, a header that the content contradicts, a rate or unit that is none, or bytes on
            which the parser crashed or did not end.
    """
    with capture_errors(str(path)):
        content = read_c3d_content(path)
        rate = _rate(content)
        analogs = content.analogs
        per_frame = max(1, len(analogs) // len(content.points)) if analogs.shape[1] else 1
        return C3dFile(
            markers=_markers(content, rate),
            events=_events(content.parameters.get("EVENT", {})),
            analog_names=_names(content.parameters.get("ANALOG", {}), "LABELS", analogs.shape[1]),
            analog_units=_names(content.parameters.get("ANALOG", {}), "UNITS", analogs.shape[1]),
            analogs=np.where(np.isfinite(analogs), analogs, 0.0),
            analog_rate_hz=rate * per_frame,
            plates=content.parameters.get("FORCE_PLATFORM", {}),
        )


def read_c3d_markers(path: Path) -> MarkerFile:
    """Read the markers of a C3D; `read_c3d` says what is refused."""
    return read_c3d(path).markers


def _markers(content: C3dContent, rate: float) -> MarkerFile:
    group = content.parameters.get("POINT", {})
    labels = _names(group, "LABELS", content.points.shape[1])
    outputs = _model_outputs(group)
    unnamed = [i for i, label in enumerate(labels) if _NO_NAME.match(label) or not label]
    computed = [i for i, label in enumerate(labels) if label in outputs or _NO_PLACE.search(label)]
    kept = [i for i in range(len(labels)) if i not in set(unnamed) | set(computed)]
    if not kept:
        raise FormatError("c3d", "POINT:LABELS", "named markers", "none", "Label the markers, then export again.")
    names, said = _without_subject(tuple(labels[i] for i in kept))
    positions = content.points[:, kept]
    missing = (content.residuals[:, kept] < 0) | ~(np.abs(positions) < MAX_SIZE).all(axis=2)
    positions[missing | (positions == 0.0).all(axis=2)] = np.nan
    up, told = _up(group)
    left_out = [f"{len(computed)} outputs of a gait model that are no places"] if computed else []
    left_out += [f"{len(unnamed)} points without a name"] if unnamed else []
    subject, remarks = subject_of(content.parameters)
    return MarkerFile(
        names=names,
        positions=positions,
        time=(content.first_frame + np.arange(len(positions))) / rate,
        units=str(group["UNITS"][0]) if group.get("UNITS") else None,
        rate_hz=rate,
        remarks=(*said, *told, *remarks),
        up=up,
        format="c3d",
        subject=subject,
        left_out=tuple(left_out),
    )


def _rate(content: C3dContent) -> float:
    values = content.parameters.get("POINT", {}).get("RATE", [])
    rate = values[0] if values and isinstance(values[0], (int, float)) else 0.0
    if not 0.0 < rate <= MAX_RATE_HZ:
        raise FormatError(
            "c3d", "POINT:RATE", "frames a second above 0", str(values[:1]), "Export the recording again."
        )
    return float(rate)


def _names(group: dict[str, list[Any]], name: str, count: int) -> tuple[str, ...]:
    """Give a list of texts that may go on in `NAME2`, `NAME3` (255 each), made as long as what it names."""
    keys = [name, *sorted((k for k in group if re.fullmatch(rf"{name}\d+", k)), key=lambda k: int(k[len(name) :]))]
    found = [printable(str(value).strip(), 80) for key in keys for value in group.get(key, [])]
    return tuple((found + [""] * count)[:count])


def _model_outputs(group: dict[str, list[Any]]) -> frozenset[str]:
    """Give the labels that the file itself lists as angles, forces, moments, powers or scalars."""
    kinds = ["ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS"]
    return frozenset(str(label).strip() for kind in kinds for label in group.get(kind, []))


def _without_subject(labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take the one subject's name off the labels and say so; several subjects stay as they are."""
    subjects = Counter(label.rpartition(":")[0] for label in labels if ":" in label)
    if len(subjects) != 1:
        return labels, ()
    subject = next(iter(subjects))
    return tuple(label.removeprefix(f"{subject}:") for label in labels), (f"labels carry the subject {subject!r}",)


def _up(group: dict[str, list[Any]]) -> tuple[Literal["y", "z"] | None, tuple[str, ...]]:
    """Read which axis points up on the screen of the program that wrote the file."""
    values = group.get("Y_SCREEN", [])
    text = str(values[0]).strip().upper() if values else ""
    if text in ("+Y", "Y"):
        return "y", ("up is Y, as POINT:Y_SCREEN says",)
    if text in ("+Z", "Z"):
        return "z", ("up is Z, as POINT:Y_SCREEN says",)
    found = f"POINT:Y_SCREEN says {text}" if text else "the file does not say which axis is up"
    return None, (f"{found}: decided from the markers",)


def _events(group: dict[str, list[Any]]) -> tuple[C3dEvent, ...]:
    """Read events; a time is a pair of minutes and seconds."""
    times = [value if isinstance(value, (int, float)) else float("nan") for value in group.get("TIMES", [])]
    labels = [str(value).strip() for value in group.get("LABELS", [])]
    contexts = [str(value).strip().lower() for value in group.get("CONTEXTS", [])]
    found = []
    for i, (label, context) in enumerate(zip(labels, contexts, strict=False)):
        pair = times[2 * i : 2 * i + 2]
        if len(pair) == 2 and np.isfinite(pair).all():
            at = 60.0 * pair[0] + pair[1]
            found.append(C3dEvent(float(at), _SIDES.get(context, "none"), printable(label, 80)))
    return tuple(sorted(found, key=lambda event: (event.time_s, event.side, event.label)))
