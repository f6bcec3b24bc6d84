"""From a marker file, with or without a static trial or a mapping, to a BODY21 body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.marker_file import MarkerFile
from adapters.robotics.body import Body, Method
from adapters.robotics.body21 import place_arms, place_trunk
from adapters.robotics.feet import complete_feet
from adapters.robotics.head import vertex_above_band
from adapters.robotics.joint_centres import Trial, leg_centres
from adapters.robotics.marker_sets import MarkerSet, canonical, recognise
from adapters.robotics.markers import Markers, Up, prepare
from adapters.robotics.side_swaps import put_sides_right
from adapters.robotics.skeletal_sets import EVERY_SET
from kinetrace.motion.skeletons import BODY21
from schemas.base import Sex
from schemas.capture import MarkerMapping
from schemas.errors import MarkerSetError
from schemas.motion import Validity

_FEET = ("heel", "toe", "ankle_lat", "ankle")
_UPPER = ("acromion", "shoulder")
_AXES: Final[dict[str, Up]] = {"y": "y", "z": "z", "-y": "y", "-z": "z"}


@dataclass(frozen=True)
class NamedFile:
    """A parsed marker file and what to call it."""

    content: MarkerFile
    where: str


def body_from_markers(
    motion: NamedFile, static: NamedFile | None, mapping: MarkerMapping | None, sex: Sex
) -> tuple[Body, Markers, str]:
    """Give the body of a marker recording.

    Args:
        motion: The recording.
        static: Its static trial, if there is one.
        mapping: The user's own description of the file, if there is one; with joints it replaces the known sets.
        sex: For inferred lengths.

    Returns:
        The body, the prepared markers and the layout's name.

    Raises:
        CaptureError: As `prepare`, `recognise` and `leg_centres` say.
    """
    if mapping is not None and mapping.joints:
        return _mapped(motion, mapping, sex)
    known = recognise(motion.content.names, motion.where, EVERY_SET)
    trial = _trial(motion, known, mapping)
    if known.centres:
        body = _from_centres(trial)
        place_trunk(body, sex, trial.role("c7"), trial.role("vertex"))
    else:
        standing = (
            None
            if static is None
            else _trial(static, recognise(static.content.names, static.where, EVERY_SET), mapping)
        )
        body = leg_centres(trial, standing)
        for side in "rl":
            for joint in ("heel", "toe"):
                _put_role(body, trial, f"{side}_{joint}", f"{side}_{joint}")
        place_arms(body, trial)
        place_trunk(body, sex, trial.role("c7"), trial.role("vertex"), _above_band(body, trial, sex))
    complete_feet(body, sex)
    return body, trial.markers, known.name


def _above_band(body: Body, trial: Trial, sex: Sex) -> Float[np.ndarray, "frames 3"] | None:
    if not body.has("l_shoulder", "r_shoulder"):
        return None
    trunk = np.linalg.norm((body.get("l_shoulder") + body.get("r_shoulder")) / 2 - body.get("pelvis"), axis=1)
    return (
        vertex_above_band(trial, sex, float(np.median(trunk[np.isfinite(trunk)]))) if np.isfinite(trunk).any() else None
    )


def _trial(file: NamedFile, known: MarkerSet, mapping: MarkerMapping | None) -> Trial:
    there = {
        name
        for name, track in zip(map(canonical, file.content.names), file.content.positions.swapaxes(0, 1), strict=True)
        if np.isfinite(track).all(axis=1).any()
    }
    seen = known.among(there)
    low, high, middle = (
        tuple(name for s in "rl" for r in roles if (name := seen.roles.get(f"{s}_{r}", "")) in there)
        for roles in (_FEET, _UPPER, ("asis", "hjc"))
    )
    units = None if mapping is None else mapping.units
    content, up = _facing_up(file.content, mapping)
    markers = prepare(content, low, high or middle, units, up, file.where)
    chosen = known.among(markers.points)
    return Trial(put_sides_right(markers, chosen), chosen, file.where, file.content.subject)


def _facing_up(file: MarkerFile, mapping: MarkerMapping | None) -> tuple[MarkerFile, Up | None]:
    """Turn a file half round the X axis where the mapping says that an axis points down; give which axis is up then."""
    if mapping is None or mapping.up is None or mapping.up in ("y", "z"):
        return file, None if mapping is None or mapping.up is None else _AXES[mapping.up]
    return replace(file, positions=file.positions * (1.0, -1.0, -1.0)), _AXES[mapping.up]


def _from_centres(trial: Trial) -> Body:
    """Take over joint centres as they are: a detector's keypoints."""
    body = Body.empty(trial.markers.grid.frames)
    for side in "rl":
        _put_role(body, trial, f"{side}_hip", f"{side}_hjc")
        for joint in ("knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist"):
            _put_role(body, trial, f"{side}_{joint}", f"{side}_{joint}")
    _put_middle(body)
    return body


def _put_role(body: Body, trial: Trial, joint: str, role: str) -> None:
    track = trial.role(role)
    if track is not None:
        label = trial.label(role)
        guess = trial.markers.doubtful.get(trial.known.roles[role])
        marks = np.full(len(track), Validity.MEASURED, dtype=np.uint8)
        if guess is not None:
            marks[guess] = Validity.INFERRED
        body.put(joint, track, Method(f"own:{label}", (label,)), marks)


def _put_middle(body: Body) -> None:
    middle = (body.get("r_hip") + body.get("l_hip")) / 2
    body.put("pelvis", middle, Method("midpoint(r_hip, l_hip)"), body.weakest("r_hip", "l_hip"))


def _mapped(motion: NamedFile, mapping: MarkerMapping, sex: Sex) -> tuple[Body, Markers, str]:
    """Build the body as the user's mapping says: each joint the mean of its markers."""
    names = {joint: tuple(canonical(label) for label in labels) for joint, labels in mapping.joints.items()}
    _refuse_mapping(motion, mapping, names)
    low = tuple(n for j in ("r_heel", "l_heel", "r_toe", "l_toe", "r_ankle", "l_ankle") for n in names.get(j, ()))
    high = tuple(n for j in ("r_shoulder", "l_shoulder", "head", "neck") for n in names.get(j, ()))
    high = high or names["r_hip"] + names["l_hip"]
    content, up = _facing_up(motion.content, mapping)
    markers = prepare(content, low, high, mapping.units, up, motion.where)
    body = Body.empty(markers.grid.frames)
    for joint in BODY21:
        tracks = [markers.get(name) for name in names.get(joint, ())]
        there = [track for track in tracks if track is not None]
        if there and len(there) == len(tracks):
            labels = mapping.joints[joint]
            body.put(joint, sum(there[1:], start=there[0]) / len(there), Method(f"mean({', '.join(labels)})", labels))
    _put_middle(body)
    place_trunk(body, sex)
    complete_feet(body, sex)
    return body, markers, "mapping file"


def _refuse_mapping(motion: NamedFile, mapping: MarkerMapping, names: dict[str, tuple[str, ...]]) -> None:
    present = {canonical(label) for label in motion.content.names}
    strange = sorted(set(mapping.joints) - set(BODY21))
    lacking = [j for s in "rl" for j in (f"{s}_hip", f"{s}_knee", f"{s}_ankle") if not mapping.joints.get(j)]
    absent = sorted(
        {label for labels in mapping.joints.values() for label in labels if canonical(label) not in present}
    )
    problem = (
        ("joints of BODY21: " + ", ".join(BODY21), ", ".join(strange)) if strange
        else ("hips, knees and ankles of both sides", "no " + ", ".join(lacking)) if lacking
        else ("markers of the file: " + ", ".join(motion.content.names[:60]), ", ".join(absent)) if absent
        else None
    )  # fmt: skip
    if problem is not None:
        raise MarkerSetError(
            where=motion.where, field="mapping.joints", expected=problem[0], found=problem[1],
            fix="Correct the mapping file.",
        )  # fmt: skip
