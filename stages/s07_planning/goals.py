"""Goals: what the planner is asked to reach, and how far a pose is from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

Side = Literal["left", "right"]
_PREFIX: Final[dict[Side, str]] = {"left": "l", "right": "r"}
_BELOW_KNEE = ("ankle", "heel", "toe")
_BENDS: Final = (("hip", "knee", "ankle"), ("shoulder", "hip", "knee"), ("shoulder", "elbow", "wrist"))
"""The knee first; then the angles that a knee's change must leave alone."""
SIDES: Final[tuple[Side, ...]] = ("left", "right")


@dataclass(frozen=True)
class KneeGoal:
    """The knees' flexion changed by an angle, everything else as recorded.

    Attributes:
        joints: Joint of every row.
        sides: Knees that are meant.
        change_deg: How much more flexed than recorded [deg].
        recorded: The recorded pose at the goal's step [m].
    """

    joints: tuple[str, ...]
    sides: tuple[Side, ...]
    change_deg: float
    recorded: Float[np.ndarray, "joints 3"]

    units = "deg"
    tolerance = 0.5
    """[deg]; under the 4-5 degrees that gait laboratories call a meaningful difference (McGinley 2009)."""

    def reached(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Give the change of flexion that poses have, mean of the sides [deg]."""
        return np.asarray(self._changes(poses).mean(axis=1))

    def error(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Give the RMS over the sides of reached minus asked [deg]."""
        return np.asarray(np.sqrt(np.mean((self._changes(poses) - self.change_deg) ** 2, axis=1)))

    def leak(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Give the RMS change of the joints that were not to move, relative to the pelvis [m]."""
        below = {f"{_PREFIX[side]}_{part}" for side in self.sides for part in _BELOW_KNEE}
        rest = [i for i, joint in enumerate(self.joints) if joint not in below]
        root = self.joints.index("pelvis")
        moved = (poses - poses[:, root : root + 1]) - (self.recorded - self.recorded[root])
        return np.asarray(np.sqrt(np.mean(np.sum(moved[:, rest] ** 2, axis=2), axis=1)))

    def leak_deg(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Give the RMS change of the angles at hips, elbows and the knees that were not meant [deg]."""
        found = []
        for side in SIDES:
            for a, b, c in _BENDS if side not in self.sides else _BENDS[1:]:
                names = [f"{_PREFIX[side]}_{name}" for name in (a, b, c)]
                if set(names) <= set(self.joints):
                    found.append(
                        _bend_deg(poses, self.joints, names) - _bend_deg(self.recorded[None], self.joints, names)
                    )
        return np.asarray(np.sqrt(np.mean(np.square(found), axis=0))) if found else np.zeros(len(poses))

    def target(self) -> Float[np.ndarray, "joints 3"]:
        """Give the recorded pose with the shanks turned about the hips' axis: the goal by construction [m]."""
        pose = self.recorded.copy()
        across = pose[self.joints.index("r_hip")] - pose[self.joints.index("l_hip")]
        turn = Rotation.from_rotvec(-np.radians(self.change_deg) * across / np.linalg.norm(across))
        for side in self.sides:
            knee = pose[self.joints.index(f"{_PREFIX[side]}_knee")]
            for part in _BELOW_KNEE:
                if f"{_PREFIX[side]}_{part}" in self.joints:
                    row = self.joints.index(f"{_PREFIX[side]}_{part}")
                    pose[row] = knee + turn.apply(pose[row] - knee)
        return pose

    def _changes(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n sides"]:
        return np.stack(
            [
                knee_flexion_deg(poses, self.joints, side) - knee_flexion_deg(self.recorded[None], self.joints, side)
                for side in self.sides
            ],
            axis=1,
        )


@dataclass(frozen=True)
class PoseGoal:
    """A whole pose, wherever in the room and whichever way it faces.

    Attributes:
        joints: Joint of every row.
        pose: The pose to reach [m].
    """

    joints: tuple[str, ...]
    pose: Float[np.ndarray, "joints 3"]

    units = "m"
    tolerance = 0.01
    """[m]; how well marker-based joint centres are known (Leardini 1999: hip 1-2 cm)."""

    def error(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Give the RMS distance of the joints, both poses put at the origin and facing X [m]."""
        apart = np.stack([facing_pose(pose, self.joints) for pose in poses]) - facing_pose(self.pose, self.joints)
        return np.asarray(np.sqrt(np.mean(np.sum(apart**2, axis=2), axis=1)))

    def leak(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Nothing is forbidden to move."""
        return np.zeros(len(poses))

    def leak_deg(self, poses: Float[np.ndarray, "n joints 3"]) -> Float[np.ndarray, "n"]:
        """Nothing is forbidden to change."""
        return np.zeros(len(poses))

    def target(self) -> Float[np.ndarray, "joints 3"]:
        """Give the pose itself [m]."""
        return self.pose


Goal = KneeGoal | PoseGoal


def knee_flexion_deg(
    poses: Float[np.ndarray, "n joints 3"], joints: Sequence[str], side: Side
) -> Float[np.ndarray, "n"]:
    """Give the angle between thigh and shank, 0 when straight [deg].

    Args:
        poses: Joint positions [m].
        joints: Joint of every row.
        side: Which knee.
    """
    return _bend_deg(poses, joints, [f"{_PREFIX[side]}_{name}" for name in _BENDS[0]])


def _bend_deg(
    poses: Float[np.ndarray, "n joints 3"], joints: Sequence[str], names: Sequence[str]
) -> Float[np.ndarray, "n"]:
    first, middle, last = (poses[:, list(joints).index(name)] for name in names)
    one, other = middle - first, last - middle
    across = np.linalg.norm(np.cross(one, other), axis=1)
    return np.asarray(np.degrees(np.arctan2(across, np.sum(one * other, axis=1))))


def facing_pose(pose: Float[np.ndarray, "joints 3"], joints: tuple[str, ...]) -> Float[np.ndarray, "joints 3"]:
    """Put the pelvis above the origin and turn the hips' axis to Z; heights stay [m]."""
    across = pose[joints.index("r_hip")] - pose[joints.index("l_hip")]
    root = pose[joints.index("pelvis")] * np.array([1.0, 0.0, 1.0])
    turned = Rotation.from_rotvec([0.0, -np.arctan2(across[0], across[2]), 0.0]).apply(pose - root)
    return np.asarray(turned)
