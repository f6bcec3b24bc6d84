"""One joint turned and nothing else: what an action must be able to do, and what recordings hardly ever show.

In recordings a knee bends together with its hip; a model that has seen nothing else gives a part of "knee + 5 degrees",
and some of it to the hip. So a part of the pairs is edited: at the end of the step one limb is turned about one joint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from kinetrace.models.features import ROOT, HeadingFeatures
from kinetrace.models.heading import from_heading, to_heading

ARMS: Final = ("shoulder", "elbow", "wrist")
LEGS: Final = ("hip", "knee", "ankle", "heel", "toe")
UPPER: Final = ("spine", "thorax", "neck", "head", *(f"{side}_{name}" for side in "lr" for name in ARMS))
LIMBS: Final = (
    *((f"{side}_{LEGS[i]}", tuple(f"{side}_{name}" for name in LEGS[i + 1 :])) for i in (0, 1) for side in "lr"),
    *((f"{side}_{ARMS[i]}", tuple(f"{side}_{name}" for name in ARMS[i + 1 :])) for i in (0, 1) for side in "lr"),
    (ROOT, UPPER),
)  # fmt: skip
"""A joint and all that turns about it."""

LEAST_SCALE_M: Final = 2e-3

AXES: Final = 2
"""About the axis to the right (bending), and about the one forward."""


@dataclass(frozen=True)
class PoseEdits:
    """The turns that a skeleton knows.

    Attributes:
        pivot: Row of the joint of each.
        moved: 1 for joints that turn, else 0.
        place: Columns of x that are relative positions.
        scale: Of these columns, for every joint but the root [m].
        root: Row of the root.
        others: Rows of the other joints.
    """

    pivot: Int[Tensor, "limbs"]
    moved: Float[Tensor, "limbs joints"]
    place: slice
    scale: Float[Tensor, "others 3"]
    root: int
    others: Int[Tensor, "others"]

    @property
    def count(self) -> int:
        """How many turns there are to choose from: every limb about either axis."""
        return AXES * len(self.pivot)

    @staticmethod
    def of(view: HeadingFeatures, scale: Float[Tensor, "features"]) -> PoseEdits | None:
        """Gather the limbs of a skeleton.

        Args:
            view: Says which joints there are.
            scale: Of the standardised columns.

        Returns:
            The turns of limbs that move in the data at all; None where there are none. A turn of what never moves would be
            farther off, in units of its scale, than anything that can be learnt from.
        """
        least = dict(zip(view.others, scale[view.posed].reshape(-1, 3).amin(dim=1).tolist(), strict=True))
        known = []
        for pivot, limb in LIMBS:
            rows = [view.joints.index(j) for j in limb if j in view.joints]
            if pivot in view.joints and rows and min(least[row] for row in rows) >= LEAST_SCALE_M:
                known.append((view.joints.index(pivot), rows))
        if not known:
            return None
        moved = torch.zeros(len(known), len(view.joints))
        for number, (_, rows) in enumerate(known):
            moved[number, rows] = 1.0
        return PoseEdits(
            torch.tensor([row for row, _ in known]),
            moved,
            view.posed,
            scale[view.posed].reshape(-1, 3),
            view.root,
            torch.tensor(view.others),
        )

    def on(self, device: str) -> PoseEdits:
        """Give the same on a device."""
        parts = (getattr(self, name).to(device) for name in ("pivot", "moved", "scale", "others"))
        pivot, moved, scale, others = parts
        return PoseEdits(pivot, moved, self.place, scale, self.root, others)

    def apply(
        self,
        x: Float[Tensor, "*n features"],
        positions: Float[Tensor, "*n joints 3"],
        yaw: Float[Tensor, "*n"],
        edit: Int[Tensor, "*n"],
        angle: Float[Tensor, "*n"],
    ) -> tuple[Float[Tensor, "*n features"], Float[Tensor, "*n joints 3"]]:
        """Turn one limb of every pose about one joint.

        Args:
            x: Standardised features.
            positions: The same pose, world frame [m].
            yaw: Where the person faces [rad].
            edit: Which turn, below `count`.
            angle: How far [rad]; 0 changes nothing.

        Returns:
            Features and positions of the edited pose; velocities stay.
        """
        limb, forward = edit // AXES, edit % AXES == 1
        far = positions - torch.gather(positions, -2, self.pivot[limb][..., None, None].expand(*limb.shape, 1, 3))
        far = to_heading(far, yaw[..., None].expand(*far.shape[:-1]))
        cos, sin = torch.cos(angle)[..., None], torch.sin(angle)[..., None]
        ahead, up, right = far.unbind(-1)
        bent = torch.stack((ahead * cos - up * sin, up * cos + ahead * sin, right), dim=-1)
        leant = torch.stack((ahead, up * cos - right * sin, right * cos + up * sin), dim=-1)
        change = (torch.where(forward[..., None, None], leant, bent) - far) * self.moved[limb][..., None]
        step = (change[..., self.others, :] / self.scale).flatten(-2)
        wide = x.clone()
        wide[..., self.place] += step
        return wide, positions + from_heading(change, yaw[..., None].expand(*change.shape[:-1]))
