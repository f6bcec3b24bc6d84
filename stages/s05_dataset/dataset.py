"""The dataset as a whole: the table of states with its pairs, and the document that describes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinetrace.motion.skeletons import BODY21
from schemas.dataset import Dataset, DatasetParams, Feature, Part, TransitionArrays
from schemas.physical_state import PhysicalStateArrays
from stages.s05_dataset.anchors import Anchors, make_anchors
from stages.s05_dataset.pairs import make_pairs, split_parts

QUANTITIES = (("position", "m"), ("velocity", "m/s"), ("acceleration", "m/s2"))


@dataclass(frozen=True)
class BuiltDataset:
    """What the stage writes."""

    table: TransitionArrays
    document: Dataset


def feature_table(joints: tuple[str, ...]) -> tuple[Feature, ...]:
    """Name every column of x, the state flattened: joint, then quantity, then axis."""
    columns = [(j, q, a, u) for j in joints for q, u in QUANTITIES for a in "xyz"]
    return tuple(Feature(index=i, joint=j, quantity=q, axis=a, units=u) for i, (j, q, a, u) in enumerate(columns))


def build_dataset(
    state: PhysicalStateArrays, native_fps: float, phase_names: tuple[str, ...], params: DatasetParams
) -> BuiltDataset:
    """Turn a physical state into causal states and pairs.

    Only the unfiltered positions enter the states; the zero-phase state knows the future and would give every
    one-frame forecast away. Contacts and phases go along as labels.

    Args:
        state: Stage 2's arrays.
        native_fps: Their rate [Hz].
        phase_names: Names of the phase codes.
        params: How to resample and split.

    Returns:
        Table and document.

    Raises:
        CaptureError: Too short, or a needed joint is never there.
        ParamsError: Too many pairs.
    """
    anchors = make_anchors(state.positions_raw, state.validity, state.reasons, native_fps, params)
    part = split_parts(anchors.time, params)
    train, held_out = make_pairs(part, params)
    table = TransitionArrays(
        time=anchors.time,
        states=anchors.states.astype(np.float32),
        measured=anchors.measured.astype(np.uint8),
        part=part,
        phases=state.phases[anchors.frame],
        contacts=state.contacts[anchors.frame],
        train_pairs=train,
        held_out_pairs=held_out,
    )
    horizons, counts = np.unique(np.concatenate((train[:, 1], held_out[:, 1])), return_counts=True)
    starts = float(anchors.time[part == Part.HELD_OUT][0])
    document = Dataset(
        fps=params.fps,
        native_fps=native_fps,
        anchors=len(anchors.time),
        joints=anchors.joints,
        features=feature_table(anchors.joints),
        train_pairs=len(train),
        held_out_pairs=len(held_out),
        horizons={str(h): int(n) for h, n in zip(horizons.tolist(), counts.tolist(), strict=True)},
        held_out_from_s=starts,
        gap_s=starts - float(anchors.time[part == Part.TRAIN][-1]),
        phase_names=phase_names,
        dropped_anchors=anchors.dropped,
        notes=_notes(anchors, native_fps, params),
    )
    return BuiltDataset(table, document)


def _notes(anchors: Anchors, native_fps: float, params: DatasetParams) -> tuple[str, ...]:
    found = []
    left_out = [name for name in BODY21 if name not in anchors.joints]
    if left_out:
        found.append(f"joints left out, seen too little or too late: {', '.join(left_out)}")
    if anchors.dropped:
        found.append(f"{anchors.dropped} anchors dropped at the start, before every joint had been seen")
    held = int(np.count_nonzero(~anchors.measured))
    if held:
        share = 100 * held / anchors.measured.size
        found.append(f"{share:.1f} % of joint samples are held from the past")
    if params.fps > native_fps:
        found.append(f"anchors at {params.fps:g} Hz between frames at {native_fps:g} Hz are carried by v and a")
    return tuple(found)
