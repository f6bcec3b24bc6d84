"""Takes become recordings of causal states, exactly as stages 0, 1, 2 and 5 make them; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from jaxtyping import Int, Shaped

from adapters.corpus import Take
from kinetrace.motion.skeletons import BODY21, joint_index
from kinetrace.store.corpus import packed
from schemas.corpus import Corpus, CorpusArrays, CorpusRecording, RefusedTake
from schemas.dataset import DatasetParams
from schemas.errors import CaptureError, KinetraceError
from stages.in_memory import measured
from stages.s05_dataset.anchors import make_anchors

MIN_ANCHORS = 10
"""A third of a second at 30 Hz: fewer make no forecast that could be judged."""
PER_ANCHOR = ("states", "measured", "contacts", "phases", "time")
PER_FRAME = ("positions", "validity")


@dataclass(frozen=True)
class Recorded:
    """One take's line and its part of each array."""

    line: CorpusRecording
    parts: dict[str, Shaped[np.ndarray, "rows ..."]]


def recorded(take: Take, params: DatasetParams) -> Recorded | RefusedTake:
    """Take one recording through stages 0, 1, 2 and 5's causal states; what cannot be used is given with its reason."""
    try:
        return _recorded(take, params)
    except KinetraceError as error:
        return RefusedTake(name=take.name, reason=str(error))


def _recorded(take: Take, params: DatasetParams) -> Recorded:
    of = measured(*take.open())
    anchors = make_anchors(of.arrays.positions_raw, of.arrays.validity, of.arrays.reasons, of.state.fps, params)
    if len(anchors.time) < MIN_ANCHORS:
        raise CaptureError(
            where=take.name, field="duration", expected=f"{MIN_ANCHORS} anchors at {params.fps:g} Hz",
            found=f"{len(anchors.time)}", fix="Record longer.",
        )  # fmt: skip
    columns = joint_index(*anchors.joints)
    states = np.zeros((len(anchors.time), len(BODY21), 9), dtype=np.float32)
    seen = np.zeros(states.shape[:2], dtype=np.uint8)
    states[:, columns], seen[:, columns] = anchors.states, anchors.measured
    line = CorpusRecording(
        name=take.name, source=take.source, subject=take.subject, movement=take.movement, kind=of.state.movement,
        take=take.take, licence=take.licence, correct=take.correct, native_fps=of.state.fps, anchors=len(states),
        frames=len(of.arrays.positions_raw), joints=anchors.joints, phase_names=of.state.phase_names,
    )  # fmt: skip
    parts = {
        "states": states, "measured": seen, "contacts": of.arrays.contacts[anchors.frame],
        "phases": of.arrays.phases[anchors.frame], "time": anchors.time,
        "positions": of.arrays.positions_raw, "validity": of.arrays.validity,
    }  # fmt: skip
    return Recorded(line, parts)


def record_all(takes: Iterable[Take], params: DatasetParams, processes: int) -> Iterator[Recorded | RefusedTake]:
    """Record takes in their order, in so many processes; the result does not depend on how many.

    Args:
        takes: As `adapters.corpus.takes` finds them.
        params: Rate, cut-off and prefix of the causal states.
        processes: 1: in this process.
    """
    work = partial(recorded, params=params)
    if processes == 1:
        yield from map(work, takes)
        return
    # A fresh interpreter a worker: forking one that has started threads (BLAS, torch) can hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, takes, chunksize=8)


def corpus(results: Iterable[Recorded | RefusedTake], params: DatasetParams) -> CorpusArrays:
    """Put recordings one after the other.

    Args:
        results: As `record_all` gives them; a name that came before is refused.
        params: How the states were made.

    Raises:
        CaptureError: No take could be used.
    """
    kept: dict[str, Recorded] = {}
    refused: list[RefusedTake] = []
    for result in results:
        if isinstance(result, RefusedTake):
            refused.append(result)
        elif result.line.name in kept:
            refused.append(RefusedTake(name=result.line.name, reason="a take of this name came before"))
        else:
            kept[result.line.name] = result
    if not kept:
        found = f"{len(refused)} refused, the first: {refused[0].reason}" if refused else "no take at all"
        raise CaptureError(
            where="corpus", field="takes", expected="at least one that can be used", found=found[:400],
            fix="Give folders that hold motion files, bundles or data set archives (docs/formats.md).",
        )  # fmt: skip
    lines = tuple(one.line for one in kept.values())
    about = Corpus(states=params, recordings=lines, refused=tuple(refused))
    columns = {n: np.concatenate([one.parts[n] for one in kept.values()]) for n in (*PER_ANCHOR, *PER_FRAME)}
    return CorpusArrays(
        **columns,
        anchor_starts=_starts([line.anchors for line in lines]),
        frame_starts=_starts([line.frames for line in lines]),
        about=packed(about),
    )


def _starts(counts: list[int]) -> Int[np.ndarray, "bounds"]:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))
