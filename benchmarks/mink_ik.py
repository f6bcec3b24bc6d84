"""The peer of our inverse kinematics: mink (differential inverse kinematics by a QP), on the same humanoid and targets."""

from __future__ import annotations

import mink
import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import BODY21, joint_index
from kinetrace.physics.frames import to_mujoco
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_kinematics import INFERRED_WEIGHT

_FIRST_STEPS = 60


class MinkSolver:
    """Position tasks for every BODY21 point, one QP step a frame, warm-started from the frame before, joint limits on."""

    def __init__(
        self,
        humanoid: Humanoid,
        positions: Float[np.ndarray, "frames 21 3"],
        validity: UInt8[np.ndarray, "frames 21"],
    ) -> None:
        """Set the tasks up.

        Args:
            humanoid: The subject's model.
            positions: BODY21 positions in the world (Y up) [m].
            validity: 0 missing, 1 inferred, 2 measured.
        """
        self.humanoid, self.target, self.validity = humanoid, to_mujoco(positions), validity
        self.weight = np.array([0.0, INFERRED_WEIGHT, 1.0])[validity]
        self.tasks = [
            mink.FrameTask(frame_name=name, frame_type="site", position_cost=1.0, orientation_cost=0.0)
            for name in BODY21
        ]
        self.posture = mink.PostureTask(humanoid.model, cost=1e-3)
        self.limits = [mink.ConfigurationLimit(humanoid.model)]

    def residuals(self, frames: int) -> Float[np.ndarray, "frames 21"]:
        """Solve the first frames and give the distance to the recorded joints, 0 where one was missing [m]."""
        configuration = mink.Configuration(self.humanoid.model)
        start = self.humanoid.standing.copy()
        left, right, pelvis = self.target[0, joint_index("l_hip", "r_hip", "pelvis")]
        across = left - right
        yaw = np.arctan2(-across[0], across[1])
        start[:3], start[3:7] = pelvis, [np.cos(yaw / 2.0), 0.0, 0.0, np.sin(yaw / 2.0)]
        configuration.update(start)
        self.posture.set_target(self.humanoid.standing)
        out = np.zeros((frames, len(BODY21)))
        for t in range(frames):
            for task, target, weight in zip(self.tasks, self.target[t], self.weight[t], strict=True):
                task.set_position_cost(float(weight))
                task.set_target(mink.SE3.from_translation(target))
            for _ in range(_FIRST_STEPS if t == 0 else 1):
                velocity = mink.solve_ik(
                    configuration, [*self.tasks, self.posture], 1.0, "daqp", damping=1e-6, limits=self.limits
                )
                configuration.integrate_inplace(velocity, 1.0)
            places = configuration.data.site_xpos[self.humanoid.site_ids]
            out[t] = np.linalg.norm(places - self.target[t], axis=1) * (self.validity[t] > 0)
        return out
