"""What tokens know of a movement: a linear probe and clusters against its label, beside PCA and the raw states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kinetrace.models.pinn.reconstruct import reconstruct
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.training.pinn_data import Recording
from schemas.errors import ComputeError

VIEWS = ("pinn", "pinn_joints", "pca", "raw")
Features = Float[np.ndarray, "recordings features"]


class Probed(NamedTuple):
    """How well movement labels can be read from one view of held-out recordings."""

    accuracy: float
    ari: float
    nmi: float
    features: int


class Described(NamedTuple):
    """One recording: what the encoder says of each frame, and what it was shown.

    Attributes:
        tokens: Mean of the joints that are there.
        joints: Tokens of all joints side by side.
        states: Standardised p, v, a, j of all joints.
    """

    tokens: Float[np.ndarray, "frames width"]
    joints: Float[np.ndarray, "frames all_tokens"]
    states: Float[np.ndarray, "frames all_channels"]


def describe(loaded: LoadedPinn, recordings: Sequence[Recording]) -> list[Described]:
    """Encode every recording, looking both ways in time."""
    found = []
    for r in recordings:
        p, seen = r.positions.astype(np.float32), r.present
        said = reconstruct(loaded, p, seen, r.fps).tokens
        visible, rate = torch.from_numpy(seen)[None], torch.tensor([r.fps], dtype=torch.float32)
        state, _ = loaded.network.look(torch.from_numpy(p)[None], visible, rate)
        shown = loaded.network.embedding.standardised(state, rate)[0].flatten(1).numpy()
        found.append(Described(said[:, seen.any(axis=0)].mean(axis=1), said.reshape(len(said), -1), shown))
    return found


def probe(
    loaded: LoadedPinn, known: Sequence[Recording], unknown: Sequence[Recording], seed: int = 0
) -> dict[str, Probed]:
    """Read movement labels of held-out subjects from four views of the same states.

    A recording is the mean and the spread over its frames of: the encoder's tokens (mean of the joints), as many
    principal components of all joints' tokens side by side, as many of the states, the states themselves. The probe is
    a logistic regression on the known subjects; clusters are k-means on the unknown ones, as many as there are
    movements.

    Args:
        loaded: The encoder.
        known: Recordings of subjects that probe and PCA may learn from.
        unknown: Of subjects that they may not.
        seed: Of k-means.

    Returns:
        For `pinn`, `pinn_joints`, `pca` and `raw`.

    Raises:
        ComputeError: There are not two movements among both.
    """
    labels, truth = [r.movement for r in known], [r.movement for r in unknown]
    if len(set(labels)) < 2 or len(set(truth)) < 2:
        raise ComputeError(
            where="pinn probe", field="movements", expected="two or more, among known and held-out subjects",
            found=f"{len(set(labels))} and {len(set(truth))}", fix="Give recordings of more movements.",
        )  # fmt: skip
    here, there = describe(loaded, known), describe(loaded, unknown)
    views = {
        "pinn": ([d.tokens for d in here], [d.tokens for d in there]),
        "pinn_joints": _reduced([d.joints for d in here], [d.joints for d in there], loaded.config.params.width, seed),
        "pca": _reduced([d.states for d in here], [d.states for d in there], loaded.config.params.width, seed),
        "raw": ([d.states for d in here], [d.states for d in there]),
    }
    return {name: _judge(_moments(a), labels, _moments(b), truth, seed) for name, (a, b) in views.items()}


def _reduced(
    known: list[np.ndarray], unknown: list[np.ndarray], components: int, seed: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Fit principal components on the frames of the known, and give both by them."""
    frames = np.concatenate(known)
    pca = PCA(min(components, *frames.shape), random_state=seed).fit(frames)
    return [pca.transform(one) for one in known], [pca.transform(one) for one in unknown]


def _moments(frames: Sequence[np.ndarray]) -> Features:
    return np.stack([np.concatenate((f.mean(axis=0), f.std(axis=0))) for f in frames]).astype(np.float64)


def _judge(
    known: Features, labels: list[str], unknown: Float[np.ndarray, "unseen features"], truth: list[str], seed: int
) -> Probed:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    accuracy = float(model.fit(known, labels).score(unknown, truth))
    standard = StandardScaler().fit(known).transform(unknown)
    clusters = KMeans(len(set(truth)), n_init=10, random_state=seed).fit_predict(standard)
    return Probed(
        accuracy, float(adjusted_rand_score(truth, clusters)), float(normalized_mutual_info_score(truth, clusters)),
        unknown.shape[1],
    )  # fmt: skip
