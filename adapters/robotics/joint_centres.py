"""Knees and ankles from markers.

In this order: the file's own centre (a gait model's output), the midpoint of a medial and a lateral marker, the same of a
static trial carried along with the segment, and the lateral marker moved in by half a joint width, which is inferred.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.formats.file_subject import FileSubject
from adapters.robotics.body import Body, Method
from adapters.robotics.marker_sets import MarkerSet
from adapters.robotics.markers import Markers
from adapters.robotics.pelvis import hip_centres
from adapters.robotics.rigid_fit import carry_point
from schemas.errors import MarkerSetError
from schemas.motion import Validity

KNEE_WIDTH_M = 0.120
"""Lateral to medial knee marker, centre to centre: measured 0.116 to 0.122 on the static trials of two adults."""
ANKLE_WIDTH_M = 0.088
"""Lateral to medial ankle marker, centre to centre: measured 0.081 to 0.094 on the same trials."""
GROWN_SHANK_M = 0.33
"""Lateral knee to lateral ankle marker: below this it is a child's, whose joints are taken to be narrower in the same
proportion (an assumption; a static trial with medial markers or widths in the file are better)."""
MARKER_DIAMETER_M = 0.014
"""Vicon's usual marker, where a file gives a joint width but not the marker's."""
_OWN: Final = {"knee": "kjc", "ankle": "ajc"}
AXIS_ITERATIONS = 3
"""The segment depends on the centre that is sought; each round takes the error down by a factor of six (0.06 m in 0.4 m)."""
STATIC_MAX_SPREAD_M = 0.03
"""In a static trial the pelvis and thigh stay within this (median absolute deviation); a step takes them 0.5 m away."""


@dataclass(frozen=True)
class Trial:
    """Prepared markers, the set they belong to, the file's name and what it says of the person."""

    markers: Markers
    known: MarkerSet
    where: str
    subject: FileSubject = field(default_factory=FileSubject)

    def role(self, name: str) -> Float[np.ndarray, "frames 3"] | None:
        """Give the trajectory of the marker that plays a role, or None."""
        return self.markers.get(self.known.roles.get(name, ""))

    def label(self, name: str) -> str:
        """Give the label, as written, of the marker that plays a role."""
        return self.markers.labels[self.known.roles[name]]


def leg_centres(trial: Trial, static: Trial | None) -> Body:
    """Give pelvis, hips, knees and ankles.

    Args:
        trial: The recording.
        static: A quiet-standing recording with medial and lateral knee and ankle markers, or None.

    Returns:
        A body with the seven needed joints; pelvis = midpoint of the hips.

    Raises:
        MarkerSetError: No knee or ankle markers and no static trial, or a static trial that moves or lacks them.
    """
    body = Body.empty(trial.markers.grid.frames)
    hips = hip_centres(trial.markers, trial.known, trial.where)
    for joint, (points, mark, method) in hips.items():
        body.put(joint, points, Method(method), mark.astype(np.uint8))
    middle = (body.get("r_hip") + body.get("l_hip")) / 2
    body.put("pelvis", middle, Method("midpoint(r_hip, l_hip)"), body.weakest("r_hip", "l_hip"))
    standing = _standing(static) if static is not None else {}
    for side in "rl":
        for joint in ("knee", "ankle"):
            _put_direct(body, trial, side, joint)
        if static is not None:
            _leg_with_static(body, trial, static, standing, side)
        else:
            _leg_without_static(body, trial, side)
    return body


def _put_direct(body: Body, trial: Trial, side: str, joint: str) -> None:
    """Put a joint where the recording itself has its centre, or a marker on either side of it."""
    own = trial.role(f"{side}_{_OWN[joint]}")
    if own is not None:
        label = trial.label(f"{side}_{_OWN[joint]}")
        body.put(f"{side}_{joint}", own, Method(f"own:{label}", (label,)))
        return
    lateral, medial = (trial.role(f"{side}_{joint}_{end}") for end in ("lat", "med"))
    if lateral is not None and medial is not None:
        labels = (trial.label(f"{side}_{joint}_lat"), trial.label(f"{side}_{joint}_med"))
        middle = Method(f"midpoint({labels[0]}, {labels[1]})", labels)
        body.put(f"{side}_{joint}", (lateral + medial) / 2, middle)


def _leg_with_static(
    body: Body, trial: Trial, static: Trial, standing: dict[str, Float[np.ndarray, "3"]], side: str
) -> None:
    """Carry the static trial's midpoints: the knee by the thigh's markers and hip, the ankle by the shank's and knee."""
    for joint, segment, proximal in (("knee", "thigh", "hip"), ("ankle", "shank", "knee")):
        if body.has(f"{side}_{joint}") and _ends(static, standing, side, joint) is None:
            continue  # a static trial without the joint has nothing to add to a recording that has it
        target, text = _static_centre(static, standing, side, joint)
        standing[f"{side}_{joint}"] = target
        names = [*trial.known.clusters.get(f"{side}_{segment}", ()), trial.known.roles.get(f"{side}_{joint}_lat", "")]
        if segment == "shank":
            names.append(trial.known.roles.get(f"{side}_knee_lat", ""))
        shared = [n for n in names if trial.markers.get(n) is not None and n in standing]
        tracks = [trial.markers.points[n] for n in shared] + [body.get(f"{side}_{proximal}")]
        reference = np.stack([standing[n] for n in shared] + [standing[f"{side}_{proximal}"]])
        carried = carry_point(reference, np.stack(tracks, axis=1), target)
        labels = tuple(trial.markers.labels[n] for n in shared)
        body.put(f"{side}_{joint}", carried, Method(text, labels), body.weakest(f"{side}_{proximal}"))
        if not body.has(f"{side}_{joint}"):
            _put_by_static_width(body, trial, static, standing, side, joint, labels)


def _put_by_static_width(
    body: Body,
    trial: Trial,
    static: Trial,
    standing: dict[str, Float[np.ndarray, "3"]],
    side: str,
    joint: str,
    found: tuple[str, ...],
) -> None:
    """Where the segment has too few markers to carry a point, move the lateral one in by half of the static trial's width."""
    ends = _ends(static, standing, side, joint)
    if ends is None or trial.role(f"{side}_{joint}_lat") is None:
        segment = {"knee": "thigh", "ankle": "shank"}[joint]
        raise MarkerSetError(
            where=trial.where,
            field=f"{side}_{joint}",
            expected=f"three markers of the {segment} shared with the static trial",
            found=", ".join(found) or "none",
            fix="Use a static trial of the same marker set and person.",
        )
    half = float(np.linalg.norm(ends[0] - ends[1])) / 2
    _put_moved_in(body, trial, side, joint, half, ", half of the static trial's width")


def _leg_without_static(body: Body, trial: Trial, side: str) -> None:
    """Move the lateral markers in by half a joint width along the medio-lateral axis; marked inferred.

    At the knee the axis is the hips' own, made perpendicular to the thigh; at the ankle the foot's (shank × heel-to-toe).
    """
    knee, ankle = (trial.role(f"{side}_{joint}_lat") for joint in ("knee", "ankle"))
    if (knee is None and not body.has(f"{side}_knee")) or (ankle is None and not body.has(f"{side}_ankle")):
        raise MarkerSetError(
            where=trial.where,
            field=f"{side}_knee and {side}_ankle",
            expected="lateral knee and ankle markers",
            found=f"set {trial.known.name} without them in this recording",
            fix="Give the static trial of the same session with --static FILE.",
        )
    for joint, lateral in (("knee", knee), ("ankle", ankle)):
        if lateral is not None and not body.has(f"{side}_{joint}"):
            _put_moved_in(body, trial, side, joint, *_half_width(trial, side, joint))


def _put_moved_in(body: Body, trial: Trial, side: str, joint: str, half: float, source: str) -> None:
    lateral = trial.role(f"{side}_{joint}_lat")
    assert lateral is not None  # noqa: S101 (the caller has looked)
    across = body.get("r_hip") - body.get("l_hip")
    upper = body.get(f"{side}_hip" if joint == "knee" else f"{side}_knee")
    heel, toe = trial.role(f"{side}_heel"), trial.role(f"{side}_toe")
    if joint == "ankle" and heel is not None and toe is not None:
        foot = np.cross(toe - heel, upper - lateral)
        across = np.where(np.isfinite(foot), foot, across)
    centre = _moved_in(lateral, upper, across, half if side == "l" else -half)
    label = trial.label(f"{side}_{joint}_lat")
    body.put(f"{side}_{joint}", centre, Method(f"{label} in by {half:.3f} m{source}", (label,)), Validity.INFERRED)


def _half_width(trial: Trial, side: str, joint: str) -> tuple[float, str]:
    """Give half of the distance between the joint's markers: the person's own width where the file has it (as CGM does)."""
    width = getattr(trial.subject, f"{side}_{joint}_width_m")
    if width is not None:
        return (width + (trial.subject.marker_diameter_m or MARKER_DIAMETER_M)) / 2, ", half of the measured width"
    adult = {"knee": KNEE_WIDTH_M, "ankle": ANKLE_WIDTH_M}[joint] / 2
    knees, ankles = (trial.role(f"{side}_{end}_lat") for end in ("knee", "ankle"))
    if knees is None or ankles is None:
        return adult, ""
    length = np.linalg.norm(knees - ankles, axis=1)
    shank = float(np.median(length[np.isfinite(length)])) if np.isfinite(length).any() else GROWN_SHANK_M
    return (adult * shank / GROWN_SHANK_M, ", as on a child") if shank < GROWN_SHANK_M else (adult, "")


def _moved_in(
    lateral: Float[np.ndarray, "frames 3"],
    upper: Float[np.ndarray, "frames 3"],
    across: Float[np.ndarray, "frames 3"],
    distance: float,
) -> Float[np.ndarray, "frames 3"]:
    """Move a lateral marker along the part of `across` at right angles to the segment from its own centre to `upper`."""
    centre = lateral
    for _ in range(AXIS_ITERATIONS):
        centre = lateral + distance * _perpendicular(across, centre - upper)
    return centre


def _standing(static: Trial) -> dict[str, Float[np.ndarray, "3"]]:
    """Give each marker's median place, and the hips', in a static trial; refuse one in which the person moves."""
    still: dict[str, Float[np.ndarray, "3"]] = {}
    hips = {name: found[0] for name, found in hip_centres(static.markers, static.known, static.where).items()}
    spreads = []
    for name, track in (static.markers.points | hips).items():
        still[name] = np.nanmedian(track, axis=0)
        spreads.append(float(np.nanmedian(np.linalg.norm(track - still[name], axis=1))))
    if np.median(spreads) > STATIC_MAX_SPREAD_M:
        raise MarkerSetError(
            where=static.where,
            field="static trial",
            expected=f"quiet standing, markers within {STATIC_MAX_SPREAD_M:g} m",
            found=f"markers {np.median(spreads):.2f} m from their middle place",
            fix="Give a recording in which the person stands still.",
        )
    return still


def _ends(
    static: Trial, standing: dict[str, Float[np.ndarray, "3"]], side: str, joint: str
) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]] | None:
    found = [standing.get(static.known.roles.get(f"{side}_{joint}_{end}", "")) for end in ("lat", "med")]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _static_centre(
    static: Trial, standing: dict[str, Float[np.ndarray, "3"]], side: str, joint: str
) -> tuple[Float[np.ndarray, "3"], str]:
    """Give a joint's centre in the static trial: between its markers, else the file's own."""
    ends = _ends(static, standing, side, joint)
    own = standing.get(static.known.roles.get(f"{side}_{_OWN[joint]}", ""))
    if ends is not None:
        text = f"midpoint({static.label(f'{side}_{joint}_lat')}, {static.label(f'{side}_{joint}_med')})+static"
        return np.asarray((ends[0] + ends[1]) / 2), text
    if own is not None:
        return own, f"own:{static.label(f'{side}_{_OWN[joint]}')}+static"
    raise MarkerSetError(
        where=static.where,
        field=f"{side}_{joint}",
        expected=f"medial and lateral {joint} markers in the static trial",
        found=f"set {static.known.name} without both",
        fix="Give a static trial recorded with the medial markers on.",
    )


def _perpendicular(
    axis: Float[np.ndarray, "frames 3"], along: Float[np.ndarray, "frames 3"]
) -> Float[np.ndarray, "frames 3"]:
    """Give the unit part of `axis` at right angles to `along`."""
    direction = along / np.linalg.norm(along, axis=1, keepdims=True)
    across = axis - (axis * direction).sum(axis=1, keepdims=True) * direction
    return np.asarray(across / np.linalg.norm(across, axis=1, keepdims=True))
