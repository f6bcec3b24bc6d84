"""The corpus that the lifter is judged on."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.store.corpus import document, read_corpus
from kinetrace.training.lifter.division import ARMS, JUDGES, SOURCES
from schemas.corpus import Corpus, CorpusArrays


def recordings_corpus() -> tuple[CorpusArrays, Corpus]:
    """Read the corpus in the file `KINETRACE_CORPUS`, or make one of what the lifter needs.

    Raises:
        UncheckableError: Neither is there.
    """
    named = os.environ.get("KINETRACE_CORPUS")
    if named:
        return read_corpus(Path(named))
    from adapters.corpus import takes
    from schemas.dataset import DatasetParams
    from stages.corpus import corpus, record_all

    folder, params = data_folder(), DatasetParams()
    found = [take for take in takes([folder]) if take.source in (*SOURCES, *JUDGES, ARMS[0])]
    arrays = corpus(track(record_all(found, params, 2), "reading takes", len(found)), params)
    return arrays, document(arrays, str(folder))
