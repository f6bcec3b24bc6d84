"""The corpus: many recordings in one HDF5 of causal states, for training; with who, what and under which licence."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from schemas.base import Array, ArrayTable, Movement, Strict
from schemas.dataset import DatasetParams
from schemas.motion import JOINTS


class CorpusRecording(Strict):
    """One take as it stands in the arrays; its place in the list is its number."""

    name: str = Field(description="source/subject/movement/take, unique")
    source: str = Field(description="data set or folder")
    subject: str = Field(description="takes of one subject are on one side of any split")
    movement: str = Field(description="in the data set's words")
    kind: Movement = Field(description="what the pipeline takes it for")
    take: str
    licence: str
    correct: bool | None = Field(description="False: performed incorrectly on purpose; None: nobody says")
    native_fps: float = Field(gt=0.0)
    anchors: int = Field(ge=1)
    frames: int = Field(ge=1)
    joints: tuple[str, ...] = Field(description="BODY21 joints that its states have; the others are 0")
    phase_names: tuple[str, ...]


class RefusedTake(Strict):
    """One take that is not in the corpus, and why."""

    name: str
    reason: str


class Corpus(Strict):
    """What goes with the arrays; kept inside of the HDF5 as canonical JSON."""

    schema_name: Literal["kinetrace.corpus/1"] = "kinetrace.corpus/1"
    states: DatasetParams = Field(description="how the causal states were made; the split by time is not used here")
    recordings: tuple[CorpusRecording, ...] = Field(min_length=1)
    refused: tuple[RefusedTake, ...] = ()


class CorpusArrays(ArrayTable):
    """`corpus.h5`: all recordings one after the other; recording i has anchors (frames) from start i up to start i + 1."""

    max_bytes: ClassVar[int] = 4 << 30
    states: Annotated[np.ndarray[Any, Any], Array("float32", ("anchors", JOINTS, 9))]  # causal p v a, aligned world
    measured: Annotated[
        np.ndarray[Any, Any], Array("uint8", ("anchors", JOINTS))
    ]  # 0 = held from the past, or no joint
    contacts: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", 2))]  # left, right: 0 no, 1 yes, 2 unknown
    phases: Annotated[np.ndarray[Any, Any], Array("uint8", ("anchors", 2))]  # left, right; index into phase_names
    time: Annotated[np.ndarray[Any, Any], Array("float64", ("anchors",))]  # from each recording's own start [s]
    anchor_starts: Annotated[np.ndarray[Any, Any], Array("int64", ("bounds",))]
    positions: Annotated[
        np.ndarray[Any, Any], Array("float32", ("frames", JOINTS, 3))
    ]  # unfiltered, aligned, native rate
    validity: Annotated[np.ndarray[Any, Any], Array("uint8", ("frames", JOINTS))]
    frame_starts: Annotated[np.ndarray[Any, Any], Array("int64", ("bounds",))]
    about: Annotated[np.ndarray[Any, Any], Array("uint8", ("bytes",))]  # a `Corpus`
