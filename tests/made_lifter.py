"""A small lifter, someone who bends and waves, and a corpus of such people, that tests share."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from kinetrace.models.lifter.features import TABLE
from kinetrace.models.lifter.network import LifterNetwork, count_parameters
from kinetrace.models.lifter.weights import CARD, WEIGHTS, Lifter, to_safetensors
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.store.corpus import packed, write_corpus
from kinetrace.store.documents import encode
from kinetrace.training.lifter.division import LifterRecording
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording
from schemas.dataset import DatasetParams
from schemas.lifter import LifterCard, LifterParams

TINY = LifterParams(width=8, dilations=(2,), clip_frames=24, batch_size=4, steps=6, dropout=0.0)

STANDING = np.array([
    (0.0, 0.93, 0.0), (0.0, 0.93, 0.09), (0.0, 0.51, 0.09), (0.0, 0.08, 0.09), (0.0, 0.93, -0.09), (0.0, 0.51, -0.09),
    (0.0, 0.08, -0.09), (0.0, 1.18, 0.0), (0.0, 1.43, 0.0), (0.02, 1.60, 0.0), (0.02, 1.75, 0.0), (0.0, 1.43, -0.18),
    (0.0, 1.13, -0.18), (0.0, 0.88, -0.18), (0.0, 1.43, 0.18), (0.0, 1.13, 0.18), (0.0, 0.88, 0.18), (-0.06, 0.02, 0.09),
    (0.14, 0.02, 0.09), (-0.06, 0.02, -0.09), (0.14, 0.02, -0.09),
])  # fmt: skip
"""Someone 1.75 m tall who stands and faces X: BODY21, X forward, Y up, Z right [m]."""


def made_positions(frames: int, fps: float = 30.0, seed: int = 0) -> np.ndarray:
    """Someone who walks slowly ahead and sways by a few centimetres."""
    random = np.random.default_rng(seed)
    time = np.arange(frames)[:, None, None] / fps
    sway = 0.02 * np.sin(2 * np.pi * (0.5 * time + random.uniform(0, 1, (1, len(BODY21), 3))))
    found = STANDING + sway
    found[:, INDEX["thorax"]] = (found[:, INDEX["l_shoulder"]] + found[:, INDEX["r_shoulder"]]) / 2
    found[:, INDEX["pelvis"]] = (found[:, INDEX["l_hip"]] + found[:, INDEX["r_hip"]]) / 2
    found[..., 0] += 0.5 * time[..., 0]
    return found


def made_take(
    frames: int = 60, fps: float = 30.0, source: str = "ui_prmd_vicon", subject: str = "ui_prmd_s01",
    movement: str = "deep_squat", take: str = "e01", seed: int = 0,
) -> LifterRecording:  # fmt: skip
    """A take of that person."""
    name = "/".join((source, subject, movement, take))
    return LifterRecording(name, source, subject, movement, "made", made_positions(frames, fps, seed), fps)


def write_takes(path: Path, takes: list[LifterRecording]) -> Path:
    """A corpus file of these takes; the causal states are empty, the lifter does not read them."""
    write_corpus(path, corpus_arrays(takes))
    return path


def corpus_arrays(takes: list[LifterRecording]) -> CorpusArrays:
    """The same in memory."""
    entries = tuple(
        CorpusRecording(
            name=t.name, source=t.source, subject=t.subject, movement=t.movement, kind="other",
            take=t.name.rpartition("/")[2], licence=t.licence, correct=None, native_fps=t.fps, anchors=1,
            frames=len(t.positions), joints=BODY21, phase_names=("unknown",),
        ) for t in takes
    )  # fmt: skip
    about = Corpus(states=DatasetParams(), recordings=entries)
    positions = np.concatenate([t.positions for t in takes]).astype(np.float32)
    count = len(takes)
    return CorpusArrays(
        states=np.zeros((count, 21, 9), np.float32), measured=np.ones((count, 21), np.uint8),
        contacts=np.zeros((count, 2), np.uint8), phases=np.zeros((count, 2), np.uint8), time=np.zeros(count),
        anchor_starts=np.arange(count + 1), positions=positions,
        validity=np.full(positions.shape[:2], 2, np.uint8),
        frame_starts=np.concatenate(([0], np.cumsum([len(t.positions) for t in takes]))), about=packed(about),
    )  # fmt: skip


def everybody() -> list[LifterRecording]:
    """Takes as a corpus for the lifter has them: people to train on, held-out people, a test file, a judge."""
    return [
        made_take(seed=1), made_take(subject="ui_prmd_s02", seed=2), made_take(subject="ui_prmd_s05", seed=3),
        made_take(subject="ui_prmd_s06", seed=4),
        made_take(fps=120.0, frames=200, source="cmu_expmap", subject="cmu_walking", movement="walking",
                  take="train_walking_1", seed=5),
        made_take(fps=120.0, frames=200, source="cmu_expmap", subject="cmu_walking", movement="walking",
                  take="test_walking_1", seed=6),
        made_take(source="opencap_s4", subject="opencap_s4", movement="squat", take="squats1", seed=7),
        made_take(source="rajagopal_walk", subject="rajagopal_walk", movement="walking", take="markers_walk", seed=8),
        made_take(source="ui_prmd_kinect", movement="standing_shoulder_abduction", seed=9),
        made_take(source="ui_prmd_kinect", movement="deep_squat", seed=10),
        made_take(source="ui_prmd_kinect", subject="ui_prmd_s06", movement="standing_shoulder_abduction", seed=11),
    ]  # fmt: skip


def tiny_lifter(seed: int = 0, spread_factor: float = 1.0, params: LifterParams = TINY) -> Lifter:
    """An untrained lifter and a card for it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = LifterNetwork(params).eval()
    data = to_safetensors(network)
    card = LifterCard(
        weights_sha256=hashlib.sha256(data).hexdigest(), parameters=count_parameters(network), features=TABLE,
        subjects=("ui_prmd_s01",), held_out=("ui_prmd_s05",), licences=("made",), minutes=1.0,
        spread_factor=spread_factor, final_loss=0.1, params=params,
    )  # fmt: skip
    return Lifter(network, card)


def write_lifter(folder: Path, lifter: Lifter, **changed: object) -> bytes:
    """Put a lifter's two files into a folder."""
    data = to_safetensors(lifter.network)
    (folder / WEIGHTS).write_bytes(data)
    (folder / CARD).write_bytes(encode(lifter.card.model_copy(update=changed)))
    return data
