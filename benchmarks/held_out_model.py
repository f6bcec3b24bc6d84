"""The world model under test, the recordings it was trained on, and those it has never seen."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.models import pretrained
from kinetrace.models.inference import LoadedModel, load
from kinetrace.store.corpus import document, read_corpus
from kinetrace.store.documents import read_json
from kinetrace.training.world_model.pool import Division, Pool, divide, pool
from kinetrace.training.world_model.pooled import train_pooled
from kinetrace.training.world_model.run import CARD, WEIGHTS
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import UncheckableError
from schemas.world_model import WorldModelCard, WorldModelParams

SEED_STEPS = 4000
"""Stage 6's budget; the seed's own 50 epochs over the pooled pairs would be seven million steps."""


@dataclass(frozen=True)
class UnderTest:
    """A trained model and the corpus, divided as its card says.

    Attributes:
        model: The model.
        card: What it was trained on.
        arrays: Of the corpus.
        about: Its document.
        division: Recordings trained on, and held out.
        data: Those trained on, with their mirror images.
    """

    model: LoadedModel
    card: WorldModelCard
    arrays: CorpusArrays
    about: Corpus
    division: Division
    data: Pool

    def states(self, number: int) -> np.ndarray:
        """Give one recording's causal states."""
        found: np.ndarray = self.arrays.states[
            self.arrays.anchor_starts[number] : self.arrays.anchor_starts[number + 1]
        ]
        return found

    def unseen(self) -> tuple[int, ...]:
        """Give the whole-body recordings that were not trained on: held out, or of sources that were left out."""
        joints = len(self.model.joints)
        known = set(self.division.train)
        return tuple(i for i, r in enumerate(self.about.recordings) if i not in known and len(r.joints) == joints)


def under_test() -> UnderTest:
    """Load the weights that come with Kinetrace, or those in the folder `KINETRACE_WORLD_MODEL`, and their corpus.

    The corpus is read from the file `KINETRACE_CORPUS` where that is set, else made from the recordings.

    Raises:
        UncheckableError: There are no weights, or no recordings.
    """
    torch.set_num_threads(1)
    folder = weights_folder()
    if not (folder / WEIGHTS).is_file() or not (folder / CARD).is_file():
        raise UncheckableError(
            where=str(folder), field="weights", expected=f"{WEIGHTS} and {CARD}", found="none",
            fix="Train them: kinetrace train world-model; then set KINETRACE_WORLD_MODEL to their folder.",
        )  # fmt: skip
    card = read_json(folder / CARD, WorldModelCard)
    arrays, about = _corpus()
    division = divide(about, card.sources, card.held_out_patterns)
    model = load(folder / WEIGHTS, card.sha256)
    return UnderTest(model, card, arrays, about, division, pool(arrays, about, division.train))


def weights_folder() -> Path:
    """Give the folder of the weights under test: `KINETRACE_WORLD_MODEL`, or that of those that come with Kinetrace."""
    named = os.environ.get("KINETRACE_WORLD_MODEL")
    return Path(named) if named else pretrained.WEIGHTS.parent


def seed_arm(of: UnderTest) -> LoadedModel:
    """Train the seed's recipe on the same recordings."""
    from kinetrace.models.inference import loaded_model

    params = WorldModelParams(recipe="seed", pretrained=False, max_steps=SEED_STEPS)
    trained = train_pooled(of.data, params, "cpu", lambda steps: track(steps, "seed arm", SEED_STEPS))
    return loaded_model(trained.model, trained.config)


def _corpus() -> tuple[CorpusArrays, Corpus]:
    named = os.environ.get("KINETRACE_CORPUS")
    if named:
        return read_corpus(Path(named))
    from adapters.corpus import takes
    from schemas.dataset import DatasetParams
    from stages.corpus import corpus, record_all

    folder, params = data_folder(), DatasetParams()
    found = list(takes([folder]))
    arrays = corpus(track(record_all(found, params, 2), "reading takes", len(found)), params)
    return arrays, document(arrays, str(folder))
