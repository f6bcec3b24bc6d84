"""What intervals lose, and whether latents look new, where what is asked is not what was calibrated on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from benchmarks.held_out_model import UnderTest
from benchmarks.uncertain_forecasts import HORIZONS, Forecasts
from kinetrace.models.calibration import by_recording, coverage
from kinetrace.models.conformal import calibrate
from kinetrace.models.novelty import LatentCloud, fit_cloud, fit_novelty
from schemas.benchmark import Figure
from schemas.corpus import CorpusRecording

Array = np.ndarray
Choice = Callable[[CorpusRecording], bool]

LEVEL = 0.9
UNUSUAL = 0.05


@dataclass(frozen=True)
class Shift:
    """One way in which what is asked differs from what was calibrated on.

    Attributes:
        name: Ends the keys.
        known: Held-out recordings to calibrate on.
        asked: Unseen recordings to judge on.
        what: In words.
    """

    name: str
    known: Choice
    asked: Choice
    what: str


def shifts(held_out: tuple[CorpusRecording, ...]) -> Iterator[Shift]:
    """List them: wrong repetitions, another movement, another data set, each held-out person of the largest set."""
    names = {r.name for r in held_out}
    yield Shift(
        "incorrect", lambda r: r.correct is True, lambda r: r.correct is False and r.name in names,
        "calibrated on correct repetitions, judged on those made wrong on purpose",
    )  # fmt: skip
    yield Shift(
        "gait", lambda r: r.kind == "squat", lambda r: r.kind == "gait", "calibrated on squats, judged on walking"
    )
    yield Shift(
        "elsewhere", lambda r: True, lambda r: r.name not in names, "judged on data sets that nothing was trained on"
    )
    people = sorted({r.subject for r in held_out if r.correct is not None})
    for person in people if len(people) > 1 else []:
        yield Shift(
            f"person.{person}",
            lambda r, one=person: r.correct is not None and r.subject != one,  # type: ignore[misc]
            lambda r, one=person: r.subject == one,  # type: ignore[misc]
            "calibrated on the other held-out people of the data set",
        )


def by_shift(
    of: UnderTest, trained: Forecasts, unseen: Forecasts, expected: Float[Array, "anchors horizons joints"]
) -> dict[str, Figure]:
    """Judge every shift: coverage of the 90 % regions, and the share of anchors that look new.

    The model, and expected errors, have learnt from training recordings of both sides of the first two shifts; the intervals
    have not.

    Args:
        of: The model under test.
        trained: Forecasts of training recordings, for the cloud of latents.
        unseen: Forecasts of all others.
        expected: Expected errors of these [m].
    """
    lines = of.about.recordings
    figures = {}
    for shift in shifts(tuple(lines[n] for n in of.division.held_out)):
        a = _of(unseen.recording, lines, shift.known) & np.isin(unseen.recording, of.division.held_out)
        b = _of(unseen.recording, lines, shift.asked)
        if a.any() and b.any():
            figures[f"shift.{shift.name}"] = _coverage(shift, unseen, expected, a, b)
            cloud = fit_cloud(trained.z[_of(trained.recording, lines, shift.known)])
            figures[f"novelty.{shift.name}"] = _novelty(cloud, unseen, a, b)
    return figures


def _coverage(
    shift: Shift,
    unseen: Forecasts,
    expected: Float[Array, "anchors horizons joints"],
    a: Bool[Array, "anchors"],
    b: Bool[Array, "anchors"],
) -> Figure:
    scores, record = unseen.error / expected, unseen.recording
    radius = calibrate(scores[a], record[a]).at(LEVEL)
    rates = by_recording((scores[b] <= radius).mean(axis=-1), record[b]).mean(axis=0)
    width = by_recording((2000 * radius * expected[b]).mean(axis=(1, 2)), record[b]).mean()
    plain = coverage(unseen.error[b] <= calibrate(unseen.error[a], record[a]).at(LEVEL), record[b])
    horizons = ", ".join(f"{h}: {100 * v:.1f}" for h, v in zip(HORIZONS, rates, strict=True))
    sizes = f"{len(np.unique(record[a]))} to {len(np.unique(record[b]))} recordings"
    return Figure(
        value=100 * float(rates.mean()), units="%", peer="90 % stated",
        note=f"{shift.what}; {sizes}, width {width:.0f} mm; one radius for all poses {100 * plain:.1f} %; "
        f"frames ahead {horizons}",
    )  # fmt: skip


def _novelty(cloud: LatentCloud, unseen: Forecasts, a: Bool[Array, "anchors"], b: Bool[Array, "anchors"]) -> Figure:
    p = fit_novelty(cloud, unseen.z[a], unseen.recording[a]).p_value(unseen.z[b])
    share = by_recording((p <= UNUSUAL).astype(float), unseen.recording[b]).mean()
    return Figure(
        value=100 * float(share), units="%", peer="5 % where nothing is new",
        note="anchors farther from training latents of the calibrated kind than its held-out ones are, p ≤ 0.05",
    )  # fmt: skip


def _of(recording: Int[Array, "anchors"], lines: tuple[CorpusRecording, ...], choice: Choice) -> Bool[Array, "anchors"]:
    wanted = np.array([n for n in np.unique(recording) if choice(lines[int(n)])], dtype=np.int64)
    found: Array = np.isin(recording, wanted)
    return found
