"""Small PINN encoders and made recordings that tests share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.joints import CHANNELS, JOINTS
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.store.corpus import packed, write_corpus
from kinetrace.training.pinn_data import Recording
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording
from schemas.dataset import DatasetParams
from schemas.pinn import PinnConfig, PinnParams

TINY = {"width": 16, "layers": 2, "d_state": 8, "graph_heads": 2, "window": 16, "batch_size": 4, "learning_rate": 3e-3,
        "rates_hz": (30.0,), "steps": 6, "target_bone_std_mm": 100.0}  # fmt: skip

STANDING = np.array([
    (0.0, 1.0, 0.0), (0.0, 0.95, 0.1), (0.0, 0.5, 0.1), (0.0, 0.1, 0.1), (0.0, 0.95, -0.1), (0.0, 0.5, -0.1),
    (0.0, 0.1, -0.1), (0.0, 1.2, 0.0), (0.0, 1.4, 0.0), (0.0, 1.5, 0.0), (0.0, 1.7, 0.0), (0.0, 1.4, -0.2),
    (0.0, 1.1, -0.2), (0.0, 0.9, -0.2), (0.0, 1.4, 0.2), (0.0, 1.1, 0.2), (0.0, 0.9, 0.2),
])  # fmt: skip
"""Someone who stands and faces X: the 17 joints, X forward, Y up, Z right [m]."""


def tiny_params(**changed: object) -> PinnParams:
    """Parameters of an encoder that trains in a second."""
    return PinnParams.model_validate(TINY | changed)


def tiny_config(**changed: object) -> PinnConfig:
    """A configuration with plausible statistics."""
    params = tiny_params(**changed)
    spread = tuple((0.1,) * 3 + (0.5,) * 3 + (5.0,) * 3 + (100.0,) * 3 for _ in JOINTS)
    mean = tuple((*row, *(0.0,) * 9) for row in (STANDING - STANDING[0]).tolist())
    limits = tuple(100.0 for _ in params.rates_hz)
    return PinnConfig(joints=JOINTS, channels=CHANNELS, mean=mean, spread=spread, jerk_limits=limits, params=params)


def tiny_loaded(seed: int = 0, **changed: object) -> LoadedPinn:
    """An untrained encoder whose head already says something."""
    config = tiny_config(**changed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = PinnEncoder(config).eval()
        torch.nn.init.normal_(network.head.linear.weight, std=0.1)
    return LoadedPinn(network, config)


def made_recording(
    frames: int = 40, fps: float = 30.0, subject: str = "one", movement: str = "bow", speed: float = 1.0, seed: int = 0
) -> Recording:
    """Someone whose joints sway by some centimetres, each in its own way."""
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 2 * np.pi, (1, 17, 3))
    time = np.arange(frames)[:, None, None] / fps
    sway = 0.05 * np.sin(2 * np.pi * speed * time + phase)
    positions = (STANDING + sway).astype(np.float32)
    present = np.ones((frames, 17), dtype=bool)
    return Recording(f"made/{subject}/{movement}/{seed}", subject, movement, positions, present, fps)


def write_made_corpus(path: Path, recordings: Sequence[Recording]) -> Path:
    """Write recordings as a corpus, heels and toes missing; the causal states are zeros, which the encoder does not use."""
    frames = np.cumsum([0, *(len(r.positions) for r in recordings)])
    lines = tuple(
        CorpusRecording(
            name=r.name, source="made", subject=r.subject, movement=r.movement, kind="other", take=str(k), licence="made",
            correct=None, native_fps=r.fps, anchors=1, frames=len(r.positions), joints=JOINTS, phase_names=("other",),
        )
        for k, r in enumerate(recordings)
    )  # fmt: skip
    total, n = int(frames[-1]), len(recordings)
    positions, validity = np.zeros((total, 21, 3), np.float32), np.zeros((total, 21), np.uint8)
    positions[:, :17] = np.concatenate([r.positions for r in recordings])
    validity[:, :17] = 2 * np.concatenate([r.present for r in recordings])
    arrays = CorpusArrays(
        states=np.zeros((n, 21, 9), np.float32), measured=np.zeros((n, 21), np.uint8), contacts=np.zeros((n, 2), np.uint8),
        phases=np.zeros((n, 2), np.uint8), time=np.zeros(n), anchor_starts=np.arange(n + 1), positions=positions,
        validity=validity, frame_starts=frames.astype(np.int64), about=packed(Corpus(states=DatasetParams(), recordings=lines)),
    )  # fmt: skip
    write_corpus(path, arrays)
    return path
