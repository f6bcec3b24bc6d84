"""A corpus of made squats by four persons of two sources."""

from __future__ import annotations

import numpy as np
from made_model import squat_states

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.store.corpus import packed
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording
from schemas.dataset import DatasetParams

SEVEN = ("pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle")


def body(anchors: int, phase: int) -> np.ndarray:
    """The made squats with every other joint near the pelvis."""
    seven = squat_states(anchors + phase)[phase:]
    whole = np.repeat(seven[:, :1], 21, axis=1)
    whole[..., :3] += np.random.default_rng(0).uniform(-0.3, 0.5, (21, 3))
    for i, name in enumerate(SEVEN):
        whole[:, INDEX[name]] = seven[:, i]
    return whole.astype(np.float32)


def made_corpus(anchors: int = 60) -> tuple[CorpusArrays, Corpus]:
    """Four recordings."""
    recordings, states = [], []
    for person in range(4):
        source = "lab" if person % 2 else "clinic"
        states.append(body(anchors + person, 3 * person))
        recordings.append(
            CorpusRecording(
                name=f"{source}/p{person}/squat/one", source=source, subject=f"p{person}", movement="squat",
                kind="squat", take="one", licence="made", correct=None, native_fps=30.0, anchors=anchors + person,
                frames=1, joints=BODY21, phase_names=("none",),
            )
        )  # fmt: skip
    about = Corpus(states=DatasetParams(), recordings=tuple(recordings))
    every = np.concatenate(states)
    starts = np.cumsum([0, *(len(s) for s in states)])
    arrays = CorpusArrays(
        states=every, measured=np.ones((len(every), 21), np.uint8), contacts=np.ones((len(every), 2), np.uint8),
        phases=np.zeros((len(every), 2), np.uint8), time=np.arange(len(every)) / 30.0, anchor_starts=starts,
        positions=np.zeros((4, 21, 3), np.float32), validity=np.ones((4, 21), np.uint8), frame_starts=np.arange(5),
        about=packed(about),
    )  # fmt: skip
    return arrays, about
