"""Knees and ankles from markers: with a static trial the medial–lateral midpoints, without one an inferred centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

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
AXIS_ITERATIONS = 3
"""The segment depends on the centre that is sought; each round takes the error down by a factor of six (0.06 m in 0.4 m)."""
STATIC_MAX_SPREAD_M = 0.03
"""In a static trial the pelvis and thigh stay within this (median absolute deviation); a step takes them 0.5 m away."""


@dataclass(frozen=True)
class Trial:
    """Prepared markers, the set they belong to and the file's name."""

    markers: Markers
    known: MarkerSet
    where: str

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
        if static is None:
            _leg_without_static(body, trial, side)
        else:
            _leg_with_static(body, trial, static, standing, side)
    return body


def _leg_with_static(
    body: Body, trial: Trial, static: Trial, standing: dict[str, Float[np.ndarray, "3"]], side: str
) -> None:
    """Carry the static trial's midpoints: the knee by the thigh's markers and hip, the ankle by the shank's and knee."""
    for joint, segment, proximal in (("knee", "thigh", "hip"), ("ankle", "shank", "knee")):
        target = _midpoint(static, standing, side, joint)
        standing[f"{side}_{joint}"] = target
        names = [*trial.known.clusters.get(f"{side}_{segment}", ()), trial.known.roles.get(f"{side}_{joint}_lat", "")]
        if segment == "shank":
            names.append(trial.known.roles.get(f"{side}_knee_lat", ""))
        shared = [n for n in names if trial.markers.get(n) is not None and n in standing]
        tracks = [trial.markers.points[n] for n in shared] + [body.get(f"{side}_{proximal}")]
        reference = np.stack([standing[n] for n in shared] + [standing[f"{side}_{proximal}"]])
        carried = carry_point(reference, np.stack(tracks, axis=1), target)
        labels = tuple(trial.markers.labels[n] for n in shared)
        text = f"midpoint({static.label(f'{side}_{joint}_lat')}, {static.label(f'{side}_{joint}_med')})+static"
        body.put(f"{side}_{joint}", carried, Method(text, labels), body.weakest(f"{side}_{proximal}"))
        if not body.has(f"{side}_{joint}"):
            raise MarkerSetError(
                where=trial.where,
                field=f"{side}_{joint}",
                expected=f"three markers of the {segment} shared with the static trial",
                found=", ".join(labels) or "none",
                fix="Use a static trial of the same marker set and person.",
            )


def _leg_without_static(body: Body, trial: Trial, side: str) -> None:
    """Move the lateral markers in by half a joint width along the medio-lateral axis; marked inferred.

    At the knee the axis is the hips' own, made perpendicular to the thigh; at the ankle the foot's (shank × heel-to-toe).
    """
    both = [trial.role(f"{side}_{joint}_{end}") for joint in ("knee", "ankle") for end in ("lat", "med")]
    knee, knee_med, ankle, ankle_med = both
    if knee is None or ankle is None:
        raise MarkerSetError(
            where=trial.where,
            field=f"{side}_knee and {side}_ankle",
            expected="lateral knee and ankle markers",
            found=f"set {trial.known.name} without them in this recording",
            fix="Give the static trial of the same session with --static FILE.",
        )
    inward = 1.0 if side == "l" else -1.0
    across = body.get("r_hip") - body.get("l_hip")
    if knee_med is not None:
        _put_midpoint(body, trial, side, "knee", knee, knee_med)
    else:
        text = f"{trial.label(f'{side}_knee_lat')} in by {KNEE_WIDTH_M / 2:.3f} m"
        centre = _moved_in(knee, body.get(f"{side}_hip"), across, inward * KNEE_WIDTH_M / 2)
        body.put(f"{side}_knee", centre, Method(text), Validity.INFERRED)
    if ankle_med is not None:
        _put_midpoint(body, trial, side, "ankle", ankle, ankle_med)
        return
    heel, toe, upper = trial.role(f"{side}_heel"), trial.role(f"{side}_toe"), body.get(f"{side}_knee")
    if heel is not None and toe is not None:
        foot = np.cross(toe - heel, upper - ankle)
        across = np.where(np.isfinite(foot), foot, across)
    text = f"{trial.label(f'{side}_ankle_lat')} in by {ANKLE_WIDTH_M / 2:.3f} m"
    centre = _moved_in(ankle, upper, across, inward * ANKLE_WIDTH_M / 2)
    body.put(f"{side}_ankle", centre, Method(text), Validity.INFERRED)


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


def _put_midpoint(
    body: Body,
    trial: Trial,
    side: str,
    joint: str,
    lateral: Float[np.ndarray, "frames 3"],
    medial: Float[np.ndarray, "frames 3"],
) -> None:
    labels = (trial.label(f"{side}_{joint}_lat"), trial.label(f"{side}_{joint}_med"))
    body.put(f"{side}_{joint}", (lateral + medial) / 2, Method(f"midpoint({labels[0]}, {labels[1]})", labels))


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


def _midpoint(
    static: Trial, standing: dict[str, Float[np.ndarray, "3"]], side: str, joint: str
) -> Float[np.ndarray, "3"]:
    ends = [static.known.roles.get(f"{side}_{joint}_{end}", "") for end in ("lat", "med")]
    if not all(end in standing for end in ends):
        raise MarkerSetError(
            where=static.where,
            field=f"{side}_{joint}",
            expected=f"medial and lateral {joint} markers in the static trial",
            found=f"set {static.known.name} without both",
            fix="Give a static trial recorded with the medial markers on.",
        )
    return np.asarray((standing[ends[0]] + standing[ends[1]]) / 2)


def _perpendicular(
    axis: Float[np.ndarray, "frames 3"], along: Float[np.ndarray, "frames 3"]
) -> Float[np.ndarray, "frames 3"]:
    """Give the unit part of `axis` at right angles to `along`."""
    direction = along / np.linalg.norm(along, axis=1, keepdims=True)
    across = axis - (axis * direction).sum(axis=1, keepdims=True) * direction
    return np.asarray(across / np.linalg.norm(across, axis=1, keepdims=True))
