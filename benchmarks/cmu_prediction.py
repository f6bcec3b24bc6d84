"""Short-term prediction of CMU motion, as published and in true millimetres, beside ridge regression and MSR-GCN."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float

from adapters.cmu_prediction import ProtocolFiles, read_protocol
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.models.cmu_protocol import PUBLISHED_SCALE, REPORTED, Ridge, pooled, zero_velocity
from kinetrace.models.motion_prediction.forecast import forecast
from kinetrace.models.motion_prediction.judging import errors_by_action
from kinetrace.models.motion_prediction.weights import read_predictor
from kinetrace.store.workspace import Workspace
from kinetrace.training.motion_prediction.division import divided
from schemas.benchmark import Figure

ARCHIVE = "cmu_mocap/cmu_mocap_expmap.zip"
MSR_GCN = {2: 10.1, 4: 18.1, 8: 34.0, 10: 41.8, 14: 55.2, 25: 78.4}
"""Dang 2021, tables 4 and 5: mean of the six actions that have test files here; trained with washwindow, too."""
MARGIN = 1.05
PENALTIES = (1e4, 1e5, 3e5, 1e6, 3e6, 1e7)
TRUE_SCALE = 56.44
"""Millimetres a CMU unit."""
MOST_PARAMETERS = 200_000
Errors = Mapping[str, Float[np.ndarray, "25"]]


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Hold the shipped predictor against the test files.

    Raises:
        UncheckableError: The recordings are not there.
        ArtifactError: The shipped weights are not those of their card.
    """
    torch.set_num_threads(1)
    network, card = read_predictor()
    archive = data_folder() / ARCHIVE
    published, true = read_protocol(archive), read_protocol(archive, None)
    penalty = choose_penalty(published)
    ridge = errors_by_action(Ridge([f for takes in published.train.values() for f in takes], penalty), published.test)
    still = errors_by_action(zero_velocity, published.test)
    ours = errors_by_action(lambda some: forecast(network, some), published.test)
    in_mm = errors_by_action(lambda some: forecast(network, some, TRUE_SCALE), true.test)
    trained = f"{sum(card.frames.values())} frames of {len(card.frames)} actions, washwindow not among them"
    figures = held_against("published", ours, ridge, still, 1.0, trained)
    root = "56.44 mm a unit; the root's translation and rotation dropped, as published; MSR-GCN's figure × 56.44 / 70"
    figures |= held_against("physical", in_mm, ridge, still, TRUE_SCALE / PUBLISHED_SCALE, root)
    figures["parameters"] = Figure(
        value=float(card.parameters), units="", goal=f"< {MOST_PARAMETERS}", holds=card.parameters < MOST_PARAMETERS
    )
    figures["ridge.penalty"] = Figure(value=penalty, units="", note="chosen on one held-out training file an action")
    return figures


def choose_penalty(files: ProtocolFiles) -> float:
    """Give the ridge penalty with the least mean error on held-out training files, each reported frame weighing alike."""
    training, chosen_by = divided(files.train)
    every = [places for takes in training.values() for places in takes]
    still = pooled(errors_by_action(zero_velocity, chosen_by))

    def share(penalty: float) -> float:
        off = pooled(errors_by_action(Ridge(every, penalty), chosen_by))
        return float(np.mean([off[frame] / still[frame] for frame in REPORTED]))

    return min(track(PENALTIES, "ridge penalties", len(PENALTIES)), key=share)


def held_against(key: str, ours: Errors, ridge: Errors, still: Errors, unit: float, note: str) -> dict[str, Figure]:
    """Give a figure a reported frame: mean over actions, better than ridge and near MSR-GCN or not.

    Args:
        key: Before the frame.
        ours: Errors by action, in the unit of the figures.
        ridge: In the published unit.
        still: The same of zero velocity.
        unit: What a published millimetre is worth in the figures.
        note: What to say beside every figure.
    """
    found, linear, zero = pooled(ours), pooled(ridge), pooled(still)
    figures = {}
    for frame in REPORTED:
        best, peer = linear[frame] * unit, MSR_GCN[frame] * unit
        actions = ", ".join(f"{action} {errors[frame - 1]:.1f}" for action, errors in ours.items())
        figures[f"{key}.f{frame}"] = Figure(
            value=found[frame], units="mm", goal=f"< ridge {best:.1f} and ≤ {MARGIN} × MSR-GCN = {MARGIN * peer:.1f}",
            holds=found[frame] < best and found[frame] <= MARGIN * peer,
            peer=f"MSR-GCN {peer:.1f}, ridge {best:.1f}, zero velocity {zero[frame] * unit:.1f}", note=f"{actions}; {note}",
        )  # fmt: skip
    return figures
