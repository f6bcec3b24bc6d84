"""Arms and trunk: shoulders, elbows and wrists from markers; thorax, spine, neck and head from those."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.robotics.body import Body, Method
from adapters.robotics.joint_centres import Trial
from adapters.robotics.proportions import SHOULDER_BELOW_ACROMION, trunk_ratios
from schemas.base import Sex
from schemas.motion import Validity

_OWN: Final = {"shoulder": "sjc", "elbow": "ejc", "wrist": "wjc"}


def place_arms(body: Body, trial: Trial) -> None:
    """Put shoulders, elbows and wrists: the file's own centres where it has them, else from their markers."""
    for side in "rl":
        for joint, role in _OWN.items():
            own = trial.role(f"{side}_{role}")
            if own is not None:
                label = trial.label(f"{side}_{role}")
                body.put(f"{side}_{joint}", own, Method(f"own:{label}", (label,)))
        wrist = _one_or_both(trial, f"{side}_wrist_rad", f"{side}_wrist_uln")
        elbow = _one_or_both(trial, f"{side}_elbow_lat", f"{side}_elbow_med")
        for joint, found in ((f"{side}_wrist", wrist), (f"{side}_elbow", elbow)):
            if found is not None and not body.has(joint):
                body.put(joint, *found)
    acromia = [trial.role(f"{side}_acromion") for side in "rl"]
    if acromia[0] is None or acromia[1] is None:
        return
    down = _unit(body.get("pelvis") - (acromia[0] + acromia[1]) / 2)
    for side, acromion in zip("rl", acromia, strict=True):
        if acromion is None or not body.has(f"{side}_elbow") or body.has(f"{side}_shoulder"):
            continue
        arm = np.linalg.norm(body.get(f"{side}_elbow") - acromion, axis=1)
        drop = SHOULDER_BELOW_ACROMION * float(np.nanmedian(arm)) if np.isfinite(arm).any() else 0.0
        label = trial.label(f"{side}_acromion")
        body.put(
            f"{side}_shoulder", acromion + drop * down, Method(f"{label} {drop:.3f} m down (de Leva 1996)", (label,))
        )


def place_trunk(
    body: Body,
    sex: Sex,
    c7: Float[np.ndarray, "frames 3"] | None = None,
    vertex: Float[np.ndarray, "frames 3"] | None = None,
    above_band: Float[np.ndarray, "frames 3"] | None = None,
) -> None:
    """Put thorax, spine, neck and head; a C7 or vertex that was not recorded is inferred along the trunk.

    Thorax is the midpoint of the shoulders, spine of pelvis and thorax; neck lies a third of the way from C7 to the
    vertex; the lengths that are missing are de Leva's, scaled by the person's own trunk.

    Args:
        body: With pelvis, and shoulders if the source has them; without shoulders nothing is put.
        sex: For de Leva's proportions.
        c7: Seventh cervical vertebra [m], if recorded.
        vertex: Top of the head [m], if recorded.
        above_band: Top of the head inferred from a band of markers around it [m]; taken where `vertex` is None.
    """
    if not body.has("l_shoulder", "r_shoulder"):
        return
    thorax = (body.get("l_shoulder") + body.get("r_shoulder")) / 2
    body.put("thorax", thorax, Method("midpoint(l_shoulder, r_shoulder)"), body.weakest("l_shoulder", "r_shoulder"))
    spine = (body.get("pelvis") + body.get("thorax")) / 2
    body.put("spine", spine, Method("midpoint(pelvis, thorax)"), body.weakest("pelvis", "thorax"))
    along = body.get("thorax") - body.get("pelvis")
    length = np.linalg.norm(along, axis=1)
    if not np.isfinite(length).any():
        return
    ratios, trunk, up = trunk_ratios(sex), float(np.nanmedian(length)), _unit(along)
    neck_base = body.get("thorax") + ratios.c7_above_thorax * trunk * up if c7 is None else c7
    top, text, mark = neck_base + ratios.head * trunk * up, "along the trunk, de Leva 1996", Validity.INFERRED
    if vertex is not None:
        top, text, mark = vertex, "vertex marker", Validity.MEASURED
    elif above_band is not None:
        top, text = above_band, "above the head band, de Leva 1996"
    body.put("head", top, Method(text), mark)
    both = Validity.MEASURED if vertex is not None and c7 is not None else Validity.INFERRED
    source = "C7 marker" if c7 is not None else "C7 along the trunk, de Leva 1996"
    body.put("neck", neck_base + (top - neck_base) / 3, Method(f"a third from {source} to the head"), both)


def _one_or_both(trial: Trial, first: str, second: str) -> tuple[Float[np.ndarray, "frames 3"], Method, int] | None:
    """Give the midpoint of two markers, measured, or one alone, inferred."""
    found = [(trial.role(role), role) for role in (first, second)]
    there = [(track, trial.label(role)) for track, role in found if track is not None]
    if not there:
        return None
    labels = tuple(label for _, label in there)
    if len(there) == 1:
        return there[0][0], Method(f"{labels[0]} alone", labels), Validity.INFERRED
    return (there[0][0] + there[1][0]) / 2, Method(f"midpoint({labels[0]}, {labels[1]})", labels), Validity.MEASURED


def _unit(vectors: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
