"""The pelvis from its four surface markers, and the hip joint centres from the pelvis."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.robotics.marker_sets import MarkerSet
from adapters.robotics.markers import Markers
from adapters.robotics.rigid_fit import carry_point
from schemas.errors import MarkerSetError


def hip_centres(
    markers: Markers, known: MarkerSet, where: str
) -> dict[str, tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames"], str]]:
    """Give both hip joint centres: the file's own where it has them, else by regression from the pelvis.

    Args:
        markers: Prepared markers.
        known: The set they belong to.
        where: The file, for the refusal.

    Returns:
        `r_hip` and `l_hip`: points [m], how measured each frame is (1 inferred, 2 measured), and the method's name.

    Raises:
        MarkerSetError: Neither hip centres nor the pelvis markers to find them.
    """
    own = {s: markers.get(known.roles[f"{s}_hjc"]) if f"{s}_hjc" in known.roles else None for s in "rl"}
    pelvis = _pelvis_markers(markers, known)
    out: dict[str, tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames"], str]] = {}
    for side in "rl":
        given = own[side]
        if given is not None:
            out[f"{side}_hip"] = _completed(given, pelvis, f"own:{markers.labels[known.roles[f'{side}_hjc']]}")
        elif pelvis is not None:
            shape = _pelvis_shape(pelvis)
            points = carry_point(shape, pelvis, harrington_hip(shape, side))
            out[f"{side}_hip"] = (points, np.full(len(points), 2.0), "Harrington 2007")
        else:
            raise MarkerSetError(
                where=where,
                field="hips",
                expected="a hip joint centre, or both ASIS markers with PSIS or sacrum",
                found=f"set {known.name} without them in most frames",
                fix="Record the pelvis markers, or give the hips with --mapping.",
            )
    return out


def harrington_hip(shape: Float[np.ndarray, "4 3"], side: str) -> Float[np.ndarray, "3"]:
    """Place a hip joint centre in the pelvis (Harrington 2007, J Biomech 40:595, adults and children together).

    With pelvic depth PD (mid-ASIS to mid-PSIS) and width PW (ASIS to ASIS) in mm, from mid-ASIS:
    forward −0.24 PD − 9.9, up −0.30 PW − 10.9, outward 0.33 PW + 7.3.

    Args:
        shape: Right ASIS, left ASIS, right PSIS, left PSIS in the pelvis frame (X forward, Y up, Z right) [m].
        side: `r` or `l`.
    """
    depth = float(np.linalg.norm((shape[0] + shape[1]) / 2 - (shape[2] + shape[3]) / 2))
    width = float(np.linalg.norm(shape[0] - shape[1]))
    outward = 0.33 * width + 0.0073
    return np.array([-0.24 * depth - 0.0099, -0.30 * width - 0.0109, outward if side == "r" else -outward])


def _pelvis_markers(markers: Markers, known: MarkerSet) -> Float[np.ndarray, "frames 4 3"] | None:
    """Give right and left ASIS, right and left PSIS; a sacral marker stands for both PSIS."""
    asis = [markers.get(known.roles.get(f"{s}_asis", "")) for s in "rl"]
    psis = [markers.get(known.roles.get(f"{s}_psis", "")) for s in "rl"]
    sacrum = markers.get(known.roles.get("sacrum", ""))
    back = [sacrum if one is None else one for one in psis]
    chosen = [one for one in (*asis, *back) if one is not None]
    return np.stack(chosen, axis=1) if len(chosen) == 4 else None


def _pelvis_shape(pelvis: Float[np.ndarray, "frames 4 3"]) -> Float[np.ndarray, "4 3"]:
    """Give the four markers in the pelvis frame (origin mid-ASIS), median over the frames that have all."""
    whole = pelvis[np.isfinite(pelvis).all(axis=(1, 2))]
    origin = (whole[:, 0] + whole[:, 1]) / 2
    right = _unit(whole[:, 0] - whole[:, 1])
    ahead = origin - (whole[:, 2] + whole[:, 3]) / 2
    forward = _unit(ahead - (ahead * right).sum(axis=1, keepdims=True) * right)
    axes = np.stack((forward, np.cross(right, forward), right), axis=1)
    local = np.einsum("tij,tmj->tmi", axes, whole - origin[:, None])
    return np.asarray(np.median(local, axis=0))


def _completed(
    given: Float[np.ndarray, "frames 3"], pelvis: Float[np.ndarray, "frames 4 3"] | None, name: str
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames"], str]:
    """Fill a given hip centre's missing frames from where it sits in the pelvis, marked inferred."""
    mark = np.full(len(given), 2.0)
    lost = ~np.isfinite(given).all(axis=1)
    if pelvis is None or not lost.any():
        return given, mark, name
    whole = np.isfinite(pelvis).all(axis=(1, 2)) & ~lost
    if not whole.any():
        return given, mark, name
    at = int(np.flatnonzero(whole)[0])
    carried = carry_point(pelvis[at], pelvis, given[at])
    filled = np.where(lost[:, None], carried, given)
    mark[lost] = 1.0
    return filled, mark, f"{name}, carried by the pelvis where missing"


def _unit(vectors: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... 3"]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
