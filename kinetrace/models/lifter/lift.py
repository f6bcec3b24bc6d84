"""From rays to image points, over a clip, to BODY21 around the pelvis in statures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.determinism import reproducible
from kinetrace.models.heading import from_heading
from kinetrace.models.keypoints import KEYPOINTS
from kinetrace.models.lifter.features import seen
from kinetrace.models.lifter.mirror import JOINT_PARTNER, POINT_PARTNER, mirrored_joints, mirrored_rays
from kinetrace.models.lifter.network import LifterNetwork
from kinetrace.models.lifter.rate import at_film_rate, at_training_rate
from kinetrace.models.lifter.rigid import with_rigid_bones
from kinetrace.models.lifter.weights import Lifter, shipped_lifter
from schemas.errors import ComputeError

Array = np.ndarray


@dataclass(frozen=True)
class Lifted:
    """A skeleton without a place.

    Attributes:
        positions: BODY21 from the pelvis, in statures, in the frame of the rays.
        spread: Expected distance of each joint from the truth, in statures; 0 of the pelvis.
    """

    positions: Float[Array, "frames 21 3"]
    spread: Float[Array, "frames 21"]


def lift(
    directions: Float[Array, "_ _ 3"],
    confidence: Float[Array, "_ _"],
    fps: float,
    model: Lifter | None = None,
) -> Lifted:
    """Lift a clip: each frame from its past and its future, 1.3 s to each side.

    Args:
        directions: (frames, 19, 3) rays from the camera to KEYPOINTS, Y up (within some 5 degrees), heading as you
            like; a missing point is 0 with confidence 0.
        confidence: (frames, 19), 0 (missing) to 1.
        fps: Of the clip [Hz]; inside it is 30.
        model: Default: the project's own.

    Returns:
        One skeleton a frame, its bones of one length over the clip. Where no point was seen for long it is a guess, and its
        spread says so.

    Raises:
        ComputeError: No frame, another number of points, a rate that is no rate, or numbers that are not finite.
        ArtifactError: The project's own weights cannot be used.
    """
    _check(directions, confidence, fps)
    lifter = model or shipped_lifter()
    rays, trust = at_training_rate(directions, confidence, fps)
    with reproducible(0, "cpu"):
        places, spread = lifted(
            lifter.network,
            torch.from_numpy(rays.astype(np.float32))[None],
            torch.from_numpy(np.clip(trust, 0.0, 1.0).astype(np.float32))[None],
        )
    found = at_film_rate(places[0].numpy().astype(np.float64), len(directions), fps)
    stated = at_film_rate(spread[0].numpy().astype(np.float64), len(directions), fps)
    return Lifted(with_rigid_bones(found), np.maximum(stated, 0.0) * lifter.card.spread_factor)


@torch.no_grad()
def lifted(
    network: LifterNetwork, rays: Float[Tensor, "clips frames points 3"], trust: Float[Tensor, "clips frames points"]
) -> tuple[Float[Tensor, "clips frames joints 3"], Float[Tensor, "clips frames joints"]]:
    """Lift clips of 30 Hz: the mean of what the network says of them and of their mirror images.

    Returns:
        Joints from the pelvis in the frame of the rays, and expected errors, both in statures.
    """
    straight, spread = answer(network, rays, trust)
    turned, other = answer(network, mirrored_rays(rays), trust[..., list(POINT_PARTNER)])
    return (straight + mirrored_joints(turned)) / 2, (spread + other[..., list(JOINT_PARTNER)]) / 2


def answer(
    network: LifterNetwork, rays: Float[Tensor, "clips frames points 3"], trust: Float[Tensor, "clips frames points"]
) -> tuple[Float[Tensor, "clips frames joints 3"], Float[Tensor, "clips frames joints"]]:
    """Give the network's own answer with the pelvis added, in the frame of the rays."""
    clip = seen(rays, trust)
    places, spread = network(clip.features)
    pelvis = torch.zeros_like(places[:, :, :1])
    turned = from_heading(torch.cat((pelvis, places), 2), clip.yaw[..., None])
    return turned, torch.cat((pelvis[..., 0], spread), 2)


def _check(directions: Float[Array, "..."], confidence: Float[Array, "..."], fps: float) -> None:
    want = (len(directions), len(KEYPOINTS), 3)
    if directions.shape != want or confidence.shape != want[:2] or not len(directions):
        raise _refuse("shape", f"(frames, {len(KEYPOINTS)}, 3) and (frames, {len(KEYPOINTS)}), one frame or more",
                      f"{directions.shape} and {confidence.shape}")  # fmt: skip
    if not (math.isfinite(fps) and 1.0 <= fps <= 10_000.0):
        raise _refuse("fps", "1 to 10 000 Hz", f"{fps}")
    if not (np.isfinite(directions).all() and np.isfinite(confidence).all()):
        raise _refuse("directions", "finite numbers; a missing point is 0 with confidence 0", "NaN or infinity")


def _refuse(field: str, expected: str, found: str) -> ComputeError:
    return ComputeError(
        where="lifter",
        field=field,
        expected=expected,
        found=found,
        fix=f"Give rays to the points {', '.join(KEYPOINTS)}.",
    )
