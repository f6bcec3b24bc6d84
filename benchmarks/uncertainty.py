"""Whether the world model knows how far off it is: intervals that hold, what they lose under shift, and AUSE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from benchmarks.held_out_model import under_test
from benchmarks.progress import track
from benchmarks.uncertain_captures import by_capture
from benchmarks.uncertain_forecasts import HORIZONS, Forecasts, forecasts
from benchmarks.uncertain_shift import by_shift
from benchmarks.uncertain_where import by_asymmetry, by_phase
from kinetrace.models.calibration import (
    by_recording,
    coverage,
    gaussian_confidence,
    miscalibration_area,
    rank_correlation,
    sparsification_error,
)
from kinetrace.models.conformal import LEVELS, calibrate, p_values, split_recordings
from kinetrace.models.expected_error import fit_expected_error
from kinetrace.store.workspace import Workspace
from kinetrace.training.world_model.ensemble import STEPS, train_ensemble
from schemas.benchmark import Figure

Array = np.ndarray

ANCHORS = 12
PASSES = 10
SPLITS = 40
LEARNT_FROM = 1 / 3
LEVEL = 0.9
LOW, HIGH = 0.88, 0.92
SEED_COVERS = "MC-dropout as the seed does"


@dataclass(frozen=True)
class Judged:
    """Held-out forecasts with the expected error of each joint."""

    held_out: Forecasts
    expected: Float[Array, "anchors horizons joints"]

    @property
    def scores(self) -> Float[Array, "anchors horizons joints"]:
        """Error over expected error."""
        ratio: Array = self.held_out.error / self.expected
        return ratio

    def among(self, numbers: Int[Array, "recordings"]) -> Bool[Array, "anchors"]:
        """Say which anchors are of some recordings."""
        return np.isin(self.held_out.recording, numbers)


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Learn expected errors on a third of the held-out recordings as shipped, calibrate and judge on the rest.

    Expected errors of training recordings would be too small, for those the model knows. They are learnt from nevertheless
    where shifts are judged, so that nothing there has seen the people that are asked about.

    Raises:
        UncheckableError: There are no weights, or no recordings.
    """
    of = under_test()
    members = train_ensemble(of.model, of.data, STEPS, shown=lambda steps: track(steps, "ensemble", STEPS))
    trained = forecasts(of, members, of.division.train, ANCHORS, 0)
    held_out = np.array(of.division.held_out)
    first, second = (held_out[side] for side in split_recordings(len(held_out), LEARNT_FROM, 0))
    learnt_from = forecasts(of, members, tuple(first.tolist()), 2 * ANCHORS, 0)
    unseen = forecasts(of, members, of.unseen(), ANCHORS, PASSES)
    rest = unseen.of(np.isin(unseen.recording, second))
    taught, known = learnt_from.clues.without_ensemble(), rest.clues.without_ensemble()
    judged = Judged(rest, fit_expected_error(taught, learnt_from.error).of(known))
    strange = fit_expected_error(trained.clues.without_ensemble(), trained.error)
    strangers = strange.of(unseen.clues.without_ensemble())
    figures = _coverage(judged) | _dropout(judged) | _usefulness(judged, strangers[np.isin(unseen.recording, second)])
    helped = fit_expected_error(learnt_from.clues, learnt_from.error).of(rest.clues)
    for key, pose in (("ause", False), ("ause.pose", True)):
        said = "expected errors with the ensemble's spread among the clues; "
        figures[f"with_ensemble.{key}"] = _by_horizon(_ause(rest, helped, pose), said)
    figures |= by_shift(of, trained, unseen, strangers) | by_capture(of)
    return figures | by_phase(of, rest, judged.expected) | by_asymmetry(of, rest, judged.expected)


def _coverage(judged: Judged) -> dict[str, Figure]:
    """Calibrate on half of the held-out recordings and judge on the other half, many times over."""
    numbers = np.unique(judged.held_out.recording)
    runs = [_split(judged, *split_recordings(len(numbers), 0.5, number)) for number in range(SPLITS)]
    rate, width = np.stack([run.rate for run in runs]), np.stack([run.width_mm for run in runs])
    what = f"{len(numbers)} held-out recordings, half to calibrate, half to judge, {SPLITS} splits; a third more taught the scale"
    figures = {}
    for row, level in enumerate(LEVELS):
        goal, name = level == LEVEL, f"{100 * level:.0f}"
        for key, columns in (("", slice(None)), *((f".h{h}", slice(k, k + 1)) for k, h in enumerate(HORIZONS))):
            if key and not goal:
                continue
            shares = rate[:, row, columns].mean(axis=1)
            value, ends = float(shares.mean()), np.percentile(shares, (2.5, 97.5))
            figures[f"coverage.{name}{key}"] = Figure(
                value=100 * value, units="%", goal="88–92" if goal else None, holds=LOW <= value <= HIGH if goal else None,
                note=f"95 % of splits {100 * ends[0]:.1f} to {100 * ends[1]:.1f}; {what}",
            )  # fmt: skip
            where = "mean of joints" if key else "mean of joints and horizons"
            figures[f"width{'' if goal else f'.{name}'}.mm{key}"] = _width(
                width[:, row, columns], f"diameter of the {name} % region of a joint, {where}"
            )
    note = "the same without expected errors: one radius a joint and horizon"
    plain = 100 * float(np.mean([run.plain_rate for run in runs]))
    figures["unscaled.coverage.90"] = Figure(value=plain, units="%", note=note)
    figures["unscaled.width.mm"] = _width(np.array([run.plain_width_mm for run in runs]), note)
    return figures


@dataclass(frozen=True)
class Split:
    """What one division of the recordings gives.

    Attributes:
        rate: Share of joints inside of their regions.
        width_mm: Mean diameter of these.
        plain_rate: Share inside at 90 % where every pose gets the same regions.
        plain_width_mm: Mean diameter of these.
    """

    rate: Float[Array, "levels horizons"]
    width_mm: Float[Array, "levels horizons"]
    plain_rate: float
    plain_width_mm: float


def _split(judged: Judged, first: Int[Array, "calibrated"], second: Int[Array, "judged"]) -> Split:
    same, numbers = judged.held_out, np.unique(judged.held_out.recording)
    a, b = judged.among(numbers[first]), judged.among(numbers[second])
    radius = calibrate(judged.scores[a], same.recording[a]).radius
    even = calibrate(same.error[a], same.recording[a]).at(LEVEL)
    return Split(
        rate=_rates(judged.scores[b][:, None] <= radius[None], same.recording[b]),
        width_mm=_rates(2000 * radius[None] * judged.expected[b][:, None], same.recording[b]),
        plain_rate=coverage(same.error[b] <= even, same.recording[b]),
        plain_width_mm=float(2000 * even.mean()),
    )


def _width(millimetres: Float[Array, "..."], note: str) -> Figure:
    mean = float(np.mean(millimetres))
    if not np.isfinite(mean):
        return Figure(value=None, units="mm", note=f"too few recordings to calibrate that level; {note}")
    return Figure(value=mean, units="mm", note=note)


def _rates(values: Array, recording: Int[Array, "anchors"]) -> Float[Array, "levels horizons"]:
    means: Array = by_recording(values.mean(axis=-1).astype(np.float64), recording).mean(axis=0)
    return means


def _dropout(judged: Judged) -> dict[str, Figure]:
    same = judged.held_out
    share = by_recording(same.dropout_inside, same.recording).mean(axis=0)
    wide = by_recording(same.dropout_width, same.recording).mean(axis=0)
    note = f"{SEED_COVERS}: {PASSES} passes, mean ± 1.64 standard deviations of every coordinate"
    figures = {
        "mc.coverage.90": Figure(value=100 * float(share.mean()), units="%", note=note),
        "mc.width.mm": Figure(value=1000 * float(wide.mean()), units="mm", note="of a coordinate"),
    }
    for k, h in enumerate(HORIZONS):
        figures[f"mc.coverage.90.h{h}"] = Figure(value=100 * float(share[k]), units="%", note=SEED_COVERS)
    stated = gaussian_confidence(same.dropout_distance.reshape(-1), same.dropout_spread.reshape(-1), 3)
    figures["mc.miscalibration"] = Figure(value=miscalibration_area(stated), units="", note="0 is true, 0.5 the worst")
    numbers = np.unique(same.recording)
    first, second = split_recordings(len(numbers), 0.5, 0)
    a, b = judged.among(numbers[first]), judged.among(numbers[second])
    shape = judged.scores.reshape(len(a), -1)
    ours = [1 - p_values(shape[a, k], same.recording[a], shape[b, k]) for k in range(shape.shape[1])]
    figures["miscalibration"] = Figure(
        value=miscalibration_area(np.concatenate(ours)), units="", peer=f"MC-dropout {miscalibration_area(stated):.3f}",
        note="area between stated and observed probability, one split",
    )  # fmt: skip
    return figures


def _usefulness(judged: Judged, strangers: Float[Array, "anchors horizons joints"]) -> dict[str, Figure]:
    """AUSE of a joint's forecast and of a whole pose's, at each horizon alone; never over horizons.

    Args:
        judged: Forecasts and their expected errors.
        strangers: Errors expected from training recordings alone.
    """
    same = judged.held_out
    figures = {}
    for key, pose in (("ause", False), ("ause.pose", True)):
        peer = _ause(same, same.dropout_spread, pose)
        mine = _ause(same, judged.expected, pose)
        figures[key] = _by_horizon(mine, "").model_copy(
            update={
                "goal": "≤ half of MC-dropout's", "holds": bool(mine.mean() <= peer.mean() / 2),
                "peer": f"MC-dropout {peer.mean():.3f}",
            }
        )  # fmt: skip
        figures[f"mc.{key}"] = _by_horizon(peer, "MC-dropout's spread; ")
        figures[f"ensemble.{key}"] = _by_horizon(_ause(same, _spread(same), pose), "the ensemble's spread alone; ")
        alone = "expected errors learnt from training recordings alone, of other people; "
        figures[f"strangers.{key}"] = _by_horizon(_ause(same, strangers, pose), alone)
    guesses = {"": judged.expected, "mc.": same.dropout_spread, "ensemble.": _spread(same)}
    for who, guess in guesses.items():
        rho = [rank_correlation(same.error[:, k].mean(axis=1), guess[:, k].mean(axis=1)) for k in range(len(HORIZONS))]
        figures[f"{who}spearman"] = _by_horizon(np.array([v or 0.0 for v in rho]), "error and uncertainty of a pose; ")
    return figures


def _spread(same: Forecasts) -> Float[Array, "anchors horizons joints"]:
    if same.clues.spread is None:
        raise RuntimeError("forecasts without an ensemble")
    return same.clues.spread


def _ause(same: Forecasts, guess: Float[Array, "anchors horizons joints"], pose: bool) -> Float[Array, "horizons"]:
    pairs = [(same.error[:, k], guess[:, k]) for k in range(len(HORIZONS))]
    if pose:
        return np.array([sparsification_error(e.mean(axis=1), g.mean(axis=1)) for e, g in pairs])
    return np.array([sparsification_error(e.ravel(), g.ravel()) for e, g in pairs])


def _by_horizon(values: Float[Array, "horizons"], what: str) -> Figure:
    each = ", ".join(f"{h}: {v:.3f}" for h, v in zip(HORIZONS, values, strict=True))
    return Figure(value=float(values.mean()), units="", note=f"{what}mean of horizons {each}")
