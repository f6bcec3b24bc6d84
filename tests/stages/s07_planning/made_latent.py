"""A world model in closed form: the latent is the pose, and it stays as it is."""

from __future__ import annotations

import numpy as np
from made_model import FPS, JOINTS


class PoseModel:
    """z = the joints' positions in a row; the predictor copies; decoding is relative to the anchor."""

    joints = JOINTS
    fps = FPS
    actions = 0
    latent_std = np.full(3 * len(JOINTS), 0.02, dtype=np.float32)

    def encode(self, states):
        return np.ascontiguousarray(states[..., :3]).reshape(len(states), -1).astype(np.float32)

    def predict(self, z, dt_s, action=None):
        return z

    def action_between(self, states, ahead):
        return np.zeros((len(states), 0), dtype=np.float32)

    def decode_path(self, path, z_anchor, anchor_states, step_s):
        moved = (path - z_anchor[:, None]).reshape(*path.shape[:2], -1, 3)
        return anchor_states[:, None, :, :3] + moved

    def reencoding_gap(self, z, z_anchor, anchor_states):
        return np.linalg.norm(z - z_anchor, axis=1) / np.linalg.norm(self.latent_std)


class ActingModel(PoseModel):
    """One that does what it is told: an action is the change of every coordinate, and 0.8 of it is done."""

    actions = 3 * len(JOINTS)

    def action_between(self, states, ahead):
        return self.encode(ahead) - self.encode(states)

    def predict(self, z, dt_s, action=None):
        return z if action is None else (z + 0.8 * action).astype(z.dtype)


class BrokenModel(PoseModel):
    """One that diverged."""

    def predict(self, z, dt_s, action=None):
        return np.full_like(z, np.nan)
