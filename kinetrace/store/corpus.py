"""The corpus on disk: one HDF5, its arrays and its document checked against each other when written and when read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinetrace.store.arrays import encode_h5, read_h5
from kinetrace.store.documents import encode, parse
from kinetrace.store.publish import write_atomic
from schemas.corpus import Corpus, CorpusArrays
from schemas.errors import ArtifactError


def write_corpus(path: Path, arrays: CorpusArrays) -> None:
    """Write a corpus; same arrays, same bytes. A kill leaves the old file or the new one.

    Raises:
        ArtifactError: Arrays and document contradict each other.
        StorageError: The disk refused.
    """
    document(arrays, str(path))
    write_atomic(path, encode_h5(arrays))


def read_corpus(path: Path) -> tuple[CorpusArrays, Corpus]:
    """Read a corpus.

    Raises:
        ArtifactError: Missing, no HDF5 of ours, or arrays and document that contradict each other.
    """
    arrays = read_h5(path, CorpusArrays)
    return arrays, document(arrays, str(path))


def packed(document: Corpus) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Give a document as it is kept in `about`."""
    return np.frombuffer(encode(document), dtype=np.uint8).copy()


def document(arrays: CorpusArrays, where: str) -> Corpus:
    """Give the document in the arrays, held against them.

    Args:
        arrays: Of one corpus.
        where: The file, for refusals.

    Raises:
        ArtifactError: Recordings and arrays differ in number or length, or a name stands twice.
    """
    found = parse(arrays.about.tobytes(), Corpus, where)
    for name, starts, counts, total in (
        ("anchor_starts", arrays.anchor_starts, [r.anchors for r in found.recordings], len(arrays.states)),
        ("frame_starts", arrays.frame_starts, [r.frames for r in found.recordings], len(arrays.positions)),
    ):
        wanted = np.concatenate(([0], np.cumsum(counts)))
        if not np.array_equal(starts, wanted) or int(wanted[-1]) != total:
            raise _refusal(where, name, f"{len(counts)} recordings of {total} rows in all", "other starts")
    names = [recording.name for recording in found.recordings]
    if len(set(names)) != len(names):
        raise _refusal(where, "recordings", "each name once", "a name twice")
    return found


def _refusal(where: str, field: str, expected: str, found: str) -> ArtifactError:
    return ArtifactError(
        where=where, field=field, expected=expected, found=found, fix="Build it again: kinetrace corpus build"
    )
