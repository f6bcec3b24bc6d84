"""What is done to clean windows before the corrector sees them; drawn anew at every step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from kinetrace.models.corrector.groups import JOINTS, LIMBS, PARTNER, SINGLE, hidden_with
from kinetrace.models.corrector.network import WINDOW
from schemas.corrector import CorrectorParams

EDGE = 3
"""Frames of a window that a gap leaves at either end at least."""
WANDER = 12
"""Frames by which a gap's middle is off the window's at most: long recordings are read in overlapping windows."""
SECOND_GAP = 0.3
WITH_DERIVED = 0.7
"""Share of gaps that hide with a joint whatever is derived from it."""
SHAKY = 0.15
"""Share of gaps in recordings with a little noise of their own."""
LITTLE_NOISE = 0.15
"""Of the largest noise."""
_LIMBS = tuple(LIMBS.values())


class Shown(NamedTuple):
    """Windows as the corrector is shown them, and where the clean ones are wanted back."""

    positions: Float[Tensor, "n frames joints 3"]
    visible: Bool[Tensor, "n frames joints"]
    wanted: Bool[Tensor, "n frames joints"]


def axis_spread(distance: float) -> float:
    """Give the spread on each axis of isotropic noise with this mean distance: E‖n‖ = 2 √(2/π) σ (Maxwell)."""
    return distance / (2 * float(np.sqrt(2 / np.pi)))


def mirrored(positions: Float[Tensor, "n frames joints 3"]) -> Float[Tensor, "n frames joints 3"]:
    """Give windows in their own frame with their sides exchanged; twice gives them back."""
    return positions[:, :, list(PARTNER)] * torch.tensor((1.0, 1.0, -1.0), dtype=positions.dtype)


def corrupt(
    clean: Float[Tensor, "n frames joints 3"],
    present: Bool[Tensor, "n frames joints"],
    stature: Float[Tensor, "n"],
    params: CorrectorParams,
    random: np.random.Generator,
) -> Shown:
    """Hide stretches of joints in most windows, shake the others.

    Args:
        clean: In the window's frame [statures].
        present: Where it was recorded.
        stature: Of each window [m].
        params: How much.
        random: The source of chance.
    """
    visible, wanted = present.numpy().copy(), np.zeros(present.shape, dtype=bool)
    noise = np.zeros(clean.shape, dtype=np.float32)
    for n in range(len(clean)):
        if random.random() < params.absent_share:
            _lose_joints(visible[n], random)
        largest = axis_spread(params.noise_mm / 1000 / float(stature[n]))
        if random.random() < params.noise_share:
            noise[n] = _shake(visible[n], wanted[n], largest * random.random(), random)
            if random.random() < SECOND_GAP:
                _hide(visible[n], wanted[n], params, random)
            continue
        if random.random() < SHAKY:
            noise[n] = largest * LITTLE_NOISE * random.random() * random.standard_normal(noise[n].shape)
        for _ in range(1 + (random.random() < SECOND_GAP)):
            _hide(visible[n], wanted[n], params, random)
    shown = torch.from_numpy(visible)
    return Shown(
        torch.where(shown[..., None], clean + torch.from_numpy(noise), 0.0), shown, torch.from_numpy(wanted) & present
    )


def _lose_joints(visible: np.ndarray, random: np.random.Generator) -> None:
    """Take joints away throughout, as marker sets without arms, head or feet do; hips, knees and ankles stay."""
    for limb in (("r_arm", "l_arm"), ("r_arm",), ("l_arm",)):
        if random.random() < 1 / 3:
            visible[:, [c for name in limb for c in LIMBS[name]]] = False
            return
    visible[:, [c for name in ("r_leg", "l_leg") for c in LIMBS[name][2:]]] = False


def _shake(visible: np.ndarray, wanted: np.ndarray, spread: float, random: np.random.Generator) -> np.ndarray:
    """Draw white noise as it looks at 60 Hz when it was recorded at 60, 120 or 30 Hz; at 30 every other frame is hidden."""
    wanted |= visible
    kind = random.integers(3)
    if kind == 1:
        fast = random.standard_normal((2 * WINDOW + 1, JOINTS, 3))
        return np.asarray(spread * (fast[:-2:2] + 2 * fast[1:-1:2] + fast[2::2]) / 4, dtype=np.float32)
    if kind == 2:
        visible[int(random.integers(2)) :: 2] = False
    return np.asarray(spread * random.standard_normal((WINDOW, JOINTS, 3)), dtype=np.float32)


def _hide(visible: np.ndarray, wanted: np.ndarray, params: CorrectorParams, random: np.random.Generator) -> None:
    length = _length(params.longest_gap, random)
    middle = (WINDOW - length) / 2
    off = min(WANDER, middle - EDGE) * random.uniform(-1, 1)
    first = int(np.clip(round(middle + off), EDGE, WINDOW - EDGE - length))
    columns = _columns(params, random)
    stretch = np.zeros_like(visible)
    stretch[first : first + length, columns] = True
    wanted |= stretch & visible
    visible &= ~stretch


def _length(longest: int, random: np.random.Generator) -> int:
    """Draw a gap's frames: half of the gaps evenly, half with short ones preferred."""
    if random.random() < 0.5:
        return int(random.integers(1, longest + 1))
    return int(np.exp(random.uniform(0.0, np.log(longest + 1))))


def _columns(params: CorrectorParams, random: np.random.Generator) -> list[int]:
    kind = random.random()
    if kind < params.joint_drop:
        joint = SINGLE[random.integers(len(SINGLE))]
        return list(hidden_with(joint)) if random.random() < WITH_DERIVED else [joint]
    if kind < params.joint_drop + params.limb_drop:
        return list(_LIMBS[random.integers(len(_LIMBS))])
    if kind < params.joint_drop + params.limb_drop + params.frame_drop:
        return list(range(JOINTS))
    return np.flatnonzero(random.random(JOINTS) < random.uniform(0.1, 0.9)).tolist()
