"""How much larger errors are on people who were not trained on than the network expects: one factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from kinetrace.models.lifter.judging import joint_errors
from kinetrace.models.lifter.lift import lift
from kinetrace.models.lifter.weights import Lifter
from kinetrace.training.lifter.division import JUDGES, LifterRecording
from kinetrace.training.lifter.trials import chosen, statures, trials

ROUND: Final = 1
"""Cameras of their own: those of round 0 judge."""
RATE_HZ: Final = 30.0


def spread_factor(lifter: Lifter, held_out: Sequence[LifterRecording]) -> float:
    """Give what stated errors have to be multiplied by.

    Fitted on the held-out people of the sources that were trained on, each data set's person counting the same; whoever
    is in JUDGES is left out, and tells how well the factor carries over.

    Args:
        lifter: Its card's factor is taken as 1.
        held_out: Takes that were not trained on.

    Returns:
        The mean over people of true over stated error; 1 where nobody is held out.
    """
    some = [one for one in held_out if one.source not in JUDGES]
    ratios: dict[str, list[tuple[float, float]]] = {}
    for trial in trials(chosen(some), statures(some), RATE_HZ, 1.0, ROUND):
        found = lift(trial.rays, trial.confidence, trial.fps, lifter)
        error = joint_errors(found.positions, trial.truth)[trial.whole][:, trial.judged]
        stated = found.spread[trial.whole][:, trial.judged] / lifter.card.spread_factor
        ratios.setdefault(trial.who, []).append((float(error.mean()), float(stated.mean())))
    if not ratios:
        return 1.0
    means = [np.mean(ratios[who], axis=0) for who in sorted(ratios)]
    return float(np.mean([error / stated for error, stated in means]))
