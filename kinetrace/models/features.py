"""What the world model sees of a causal state, and the way back from it to joints in the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.heading import facing_yaw, facing_yaw_rate, from_heading, to_heading
from schemas.errors import ArtifactError

ROOT = "pelvis"
HEADING_AXES = ("forward", "up", "right")
WORLD_AXES = ("x", "y", "z")
QUANTITIES = ("position", "velocity", "acceleration")


class FeatureMap(Protocol):
    """A fixed, parameter-free view of causal states, and its inverse along a path in time."""

    joints: tuple[str, ...]
    spread_floor: ClassVar[float]

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every column: joint.quantity.axis."""

    def extract(self, states: Float[Tensor, "anchors joints 9"]) -> Float[Tensor, "anchors features"]:
        """Give the features of causal states [p v a], aligned world frame [m, m/s, m/s2]."""

    def world_path(
        self,
        path: Float[Tensor, "anchors steps features"],
        anchor_states: Float[Tensor, "anchors joints 9"],
        step_s: Float[Tensor, "anchors"],
    ) -> Float[Tensor, "anchors steps joints 3"]:
        """Give world joint positions [m] of features that follow the anchor at equal steps of `step_s` seconds."""


@dataclass(frozen=True)
class WorldFeatures:
    """The seed's view: position, velocity and acceleration of every joint, in the world frame, flattened.

    Every column that moves at all is brought to unit spread, as in the seed.
    """

    joints: tuple[str, ...]
    spread_floor: ClassVar[float] = 1e-6

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every column, in the order of the state: joint, quantity, axis."""
        return tuple(f"{j}.{q}.{a}" for j in self.joints for q in QUANTITIES for a in WORLD_AXES)

    def extract(self, states: Float[Tensor, "anchors joints 9"]) -> Float[Tensor, "anchors features"]:
        """Flatten the states."""
        return states.flatten(1)

    def world_path(
        self,
        path: Float[Tensor, "anchors steps features"],
        anchor_states: Float[Tensor, "anchors joints 9"],
        step_s: Float[Tensor, "anchors"],
    ) -> Float[Tensor, "anchors steps joints 3"]:
        """Read the position columns back."""
        return path.reshape(*path.shape[:2], anchor_states.shape[1], 9)[..., :3]


@dataclass(frozen=True)
class HeadingFeatures:
    """Root height, root velocity and yaw rate, then every other joint relative to the root, in the heading frame.

    Nothing here says where in the room the person is or which way the room lies, so a walker does not leave the
    training set by walking. Columns: root height [m]; root velocity (forward, up, right) [m/s]; yaw rate [rad/s]; for
    every joint but the root position [m] and then velocity [m/s] relative to the root.

    A column with less than half the median spread keeps more of its smallness: it is mostly noise, which at unit spread
    would weigh as much as a knee. Measured on six recordings: 0.5 decodes better than 0.05 on all but the shortest.
    """

    joints: tuple[str, ...]
    spread_floor: ClassVar[float] = 0.5

    def __post_init__(self) -> None:
        missing = [j for j in (ROOT, "r_hip", "l_hip") if j not in self.joints]
        if missing:
            raise ArtifactError(
                where="world model features",
                field="joints",
                expected=f"{ROOT}, r_hip and l_hip, which give root and heading",
                found=f"no {', '.join(missing)}",
                fix="Capture the hips, or use `world_model.recipe: seed`, which needs no heading.",
            )

    @property
    def others(self) -> list[int]:
        """Rows of every joint but the root."""
        return [i for i, joint in enumerate(self.joints) if joint != ROOT]

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every column."""
        root = (f"{ROOT}.height", *(f"{ROOT}.velocity.{a}" for a in HEADING_AXES), f"{ROOT}.yaw_rate")
        rest = [self.joints[i] for i in self.others]
        return root + tuple(f"{j}.{q}.{a}" for q in QUANTITIES[:2] for j in rest for a in HEADING_AXES)

    def yaw(self, states: Float[Tensor, "anchors joints 9"]) -> Float[Tensor, "anchors"]:
        """Give the direction the pelvis faces [rad]."""
        return facing_yaw(states[:, self.joints.index("r_hip"), :3], states[:, self.joints.index("l_hip"), :3])

    def extract(self, states: Float[Tensor, "anchors joints 9"]) -> Float[Tensor, "anchors features"]:
        """Give the features of causal states; the unused acceleration is left to the seed's view."""
        root = states[:, self.joints.index(ROOT)]
        across = states[:, self.joints.index("r_hip")] - states[:, self.joints.index("l_hip")]
        yaw = self.yaw(states)
        relative = (states - root[:, None])[:, self.others]
        turn = yaw[:, None].expand(-1, len(self.others))
        return torch.cat(
            (
                root[:, 1:2],
                to_heading(root[:, 3:6], yaw),
                facing_yaw_rate(across[:, :3], across[:, 3:6])[:, None],
                to_heading(relative[..., :3], turn).flatten(1),
                to_heading(relative[..., 3:6], turn).flatten(1),
            ),
            dim=1,
        )

    def world_path(
        self,
        path: Float[Tensor, "anchors steps features"],
        anchor_states: Float[Tensor, "anchors joints 9"],
        step_s: Float[Tensor, "anchors"],
    ) -> Float[Tensor, "anchors steps joints 3"]:
        """Place features in the world by integrating yaw rate and root velocity from the anchor (trapezoid rule).

        Pose and height are exact at every step; the horizontal place and the yaw carry the integration error of
        `step_s`, which is why long horizons are best walked in single frames.
        """
        start = self.extract(anchor_states)[:, None]
        whole = torch.cat((start, path), dim=1)
        step = step_s[:, None]
        turned = torch.cumsum((whole[:, 1:, 4] + whole[:, :-1, 4]) * step / 2, dim=1)
        yaw = self.yaw(anchor_states)[:, None] + torch.cat((torch.zeros_like(turned[:, :1]), turned), dim=1)
        velocity = from_heading(whole[..., 1:4], yaw)
        walked = torch.cumsum((velocity[:, 1:] + velocity[:, :-1]) * step[..., None] / 2, dim=1)
        place = anchor_states[:, None, self.joints.index(ROOT), :3] + walked
        root = torch.stack((place[..., 0], path[..., 0], place[..., 2]), dim=-1)
        rest = len(self.others)
        relative = path[..., 5 : 5 + 3 * rest].reshape(*path.shape[:2], rest, 3)
        placed = root[..., None, :] + from_heading(relative, yaw[:, 1:, None].expand(-1, -1, rest))
        at = self.joints.index(ROOT)
        return torch.cat((placed[..., :at, :], root[..., None, :], placed[..., at:, :]), dim=-2)


def feature_map(recipe: Literal["kinetrace", "seed"], joints: tuple[str, ...]) -> WorldFeatures | HeadingFeatures:
    """Give the view that a recipe uses."""
    return WorldFeatures(joints) if recipe == "seed" else HeadingFeatures(joints)
