"""A small made motion, its dataset and a barely trained world model on it, for tests."""

from __future__ import annotations

import numpy as np

from kinetrace.models.checkpoint import to_bytes
from kinetrace.training.world_model.train import Trained, train
from schemas.dataset import Part, TransitionArrays
from schemas.world_model import WorldModelParams

JOINTS = ("pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle")
FPS = 30.0


def squat_states(anchors: int) -> np.ndarray:
    """Squats at 0.5 Hz while walking slowly along a curve: p, v, a in closed form (anchors, 7, 9)."""
    t = np.arange(anchors) / FPS
    w = np.pi
    depth = np.array([0.2, 0.2, 0.1, 0.0, 0.2, 0.1, 0.0])
    home = np.array(
        [[0, 0.95, 0], [0, 0.9, 0.1], [0, 0.5, 0.1], [0, 0.1, 0.1], [0, 0.9, -0.1], [0, 0.5, -0.1], [0, 0.1, -0.1]]
    )
    states = np.zeros((anchors, 7, 9))
    states[..., :3] = home
    states[..., 0] += 0.3 * t[:, None]
    states[..., 3] = 0.3
    states[..., 1] -= depth * (1 - np.cos(w * t))[:, None]
    states[..., 4] = -depth * (w * np.sin(w * t))[:, None]
    states[..., 7] = -depth * (w * w * np.cos(w * t))[:, None]
    return states.astype(np.float32)


def tiny_table(anchors: int = 90) -> TransitionArrays:
    """A dataset of made squats: the first half for training, a margin of 15, the rest held out."""
    half = anchors // 2
    part = np.full(anchors, Part.MARGIN, dtype=np.uint8)
    part[:half], part[half + 15 :] = Part.TRAIN, Part.HELD_OUT
    pairs = [
        np.array([(t, u - t) for t in rows for u in rows if u > t], dtype=np.int32)
        for rows in (np.flatnonzero(part == Part.TRAIN).tolist(), np.flatnonzero(part == Part.HELD_OUT).tolist())
    ]
    zeros = np.zeros((anchors, 2), dtype=np.uint8)
    return TransitionArrays(
        time=np.arange(anchors) / FPS,
        states=squat_states(anchors),
        measured=np.ones((anchors, 7), dtype=np.uint8),
        part=part,
        phases=zeros,
        contacts=zeros,
        train_pairs=pairs[0],
        held_out_pairs=pairs[1],
    )


def tiny_params(**changes: object) -> WorldModelParams:
    """Twenty steps of a small budget."""
    return WorldModelParams.model_validate({"max_steps": 20, "device": "cpu", **changes})


def tiny_trained(**changes: object) -> Trained:
    """A model that has seen twenty batches: good for nothing but its shape."""
    return train(tiny_table(), JOINTS, FPS, tiny_params(**changes))


def tiny_checkpoint(**changes: object) -> bytes:
    """The same as the bytes of a checkpoint."""
    trained = tiny_trained(**changes)
    return to_bytes(trained.model, trained.config, trained.loss_curve)
