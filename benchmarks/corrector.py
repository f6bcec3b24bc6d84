"""The joint corrector on people it has not seen: gaps beside interpolation and smoothing, noise beside Savitzky–Golay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.signal import savgol_filter

from benchmarks.corrector_gaps import GAPS, JUDGED, KINDS, LEARNED, Error, Holed, errors, holed, tuned_kalman
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.models.corrector.groups import BONDS
from kinetrace.models.corrector.network import Corrector
from kinetrace.models.corrector.repair import denoise
from kinetrace.models.corrector.weights import read_corrector
from kinetrace.store.workspace import Workspace
from kinetrace.training.corrector.corruption import axis_spread
from kinetrace.training.corrector.recordings import RATE, Recording, at_rate, complete_stretch
from schemas.benchmark import Figure
from schemas.errors import CaptureError

if TYPE_CHECKING:
    from adapters.corpus import Take

SOURCES: Final = {"ui_prmd_vicon": "UI-PRMD", "cmu_expmap": "CMU", "opencap_s4": "OpenCap"}
EVERY_UI_PRMD: Final = 4
"""Every fourth repetition of UI-PRMD's held-out subjects: 59 of 233 say the same."""
ROUNDS: Final = {"ui_prmd_vicon": 1, "cmu_expmap": 2, "opencap_s4": 2}
"""Times that gaps are made anew in a recording; errors are averaged within it."""
TUNED_ON: Final = 24
"""Training recordings of UI-PRMD, and as many of CMU, that the smoothers are tuned on."""
BOUNDS: Final = {5: {"joint": 0.9, "limb": 0.9, "all": 0.9}} | {
    gap: {"joint": 0.5, "limb": 0.5, "all": 0.9} for gap in (15, 30)
}
NOISE_MM: Final = 20.0
NOISE_RATES: Final = (30.0, 100.0, 120.0)
"""At 30 Hz all recordings; 100 and 120 Hz are the rates that the data sets were recorded at."""
NOISE_BOUND: Final = 0.7
WINDOWS: Final = tuple(range(5, 102, 2))
ORDERS: Final = (2, 3, 4)
LEAST_FRAMES: Final = 60
DRAWS: Final = 2000


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Judge the corrector that comes with Kinetrace.

    Raises:
        UncheckableError: The recordings are not there.
        ArtifactError: The weights are not those of their card.
    """
    torch.set_num_threads(1)
    corrector, card = read_corrector()
    known, unknown = _recordings(card.held_out)
    figures = {
        "parameters": Figure(
            value=float(card.parameters), units="", note=f"{card.steps} steps, {card.minutes:.0f} min of motion"
        )
    }
    moved = 0
    for gap in GAPS:
        for kind in KINDS:
            tried = [c for k, r in enumerate(known) if (c := holed(at_rate(r, RATE), gap, kind, k)) is not None]
            kalman = tuned_kalman(tried, RATE)
            cases = list(_cases(unknown, gap, kind))
            found = list(track(errors(corrector, cases, kalman), f"gap {gap}, {kind}", len(cases)))
            moved += sum(number for _, number in found)
            table = _by_recording([c.recording for c in cases], [one for one, _ in found])
            figures |= _gap_figures(f"gap{gap}.{kind}", table, BOUNDS[gap][kind], f"kalman, jerk {kalman.jerk:g}")
    figures["measured_moved"] = Figure(
        value=float(moved),
        units="samples",
        goal="0",
        holds=moved == 0,
        note="measured samples changed, or gaps left, in all of the above",
    )
    for rate in NOISE_RATES:
        figures |= _noise_figures(corrector, known, unknown, rate)
    return figures


def _recordings(held_out: Sequence[str]) -> tuple[list[Recording], list[Recording]]:
    """Open training recordings to tune smoothers on, and the recordings of people who were not trained on."""
    from adapters.corpus import takes

    every = [t for t in takes([data_folder()]) if t.source in SOURCES]
    apart = [t for t in every if t.source == "opencap_s4" or any(fnmatchcase(t.name, p) for p in held_out)]
    names = {t.name for t in apart}
    ui_prmd = [t for t in apart if t.source == "ui_prmd_vicon"][::EVERY_UI_PRMD]
    apart = ui_prmd + [t for t in apart if t.source != "ui_prmd_vicon"]
    training: list[Take] = []
    for source in ("ui_prmd_vicon", "cmu_expmap"):
        own = [t for t in every if t.source == source and t.name not in names]
        training += own[:: max(1, len(own) // TUNED_ON)][:TUNED_ON]
    return list(_opened(training, "to tune on")), list(_opened(apart, "held out"))


def _opened(found: Sequence[Take], what: str) -> Iterator[Recording]:
    for take in track(found, f"reading takes {what}", len(found)):
        try:
            _, a = take.open()
        except CaptureError:
            continue  # what cannot be read is not judged on; the corpus command lists it
        fps = round(1 / float(a.time[1] - a.time[0]), 3)
        one = complete_stretch(take.name, take.source, take.licence, a.positions.astype(np.float64), a.validity, fps)
        if len(one.positions) / fps * RATE >= LEAST_FRAMES:
            yield one


def _cases(recordings: Sequence[Recording], gap: int, kind: str) -> Iterator[Holed]:
    for number, recording in enumerate(recordings):
        at_60 = at_rate(recording, RATE)
        for turn in range(ROUNDS[recording.source]):
            case = holed(at_60, gap, kind, 1_000_003 * (turn + 1) + 1009 * gap + number)
            if case is not None:
                yield case


class Table(NamedTuple):
    """Mean errors a recording: names, data sets, and by the way of filling an array (recordings, 4)."""

    sources: tuple[str, ...]
    rows: dict[str, Float[np.ndarray, "recordings 4"]]


def _by_recording(recordings: Sequence[Recording], found: Sequence[dict[str, Error]]) -> Table:
    names = sorted({r.name for r in recordings})
    rows = {
        way: np.array([
            np.mean([np.array(e[way]) for r, e in zip(recordings, found, strict=True) if r.name == name], axis=0)
            for name in names
        ])
        for way in found[0]
    }  # fmt: skip
    source = {r.name: r.source for r in recordings}
    return Table(tuple(source[name] for name in names), rows)


def _gap_figures(key: str, table: Table, bound: float, kalman: str) -> dict[str, Figure]:
    means = {way: float(rows[:, 0].mean()) for way, rows in table.rows.items()}
    best = min(JUDGED, key=lambda way: means[way])
    ours, theirs = table.rows[LEARNED], table.rows[best]
    ratio = means[LEARNED] / means[best]
    low, high = _interval(ours[:, 0], theirs[:, 0])
    apart = []
    for source, name in SOURCES.items():
        of = np.array([s == source for s in table.sources])
        if of.any():
            least = min(float(table.rows[way][of, 0].mean()) for way in JUDGED)
            apart.append(f"{name} {ours[of, 0].mean():.2f} against its own best {least:.2f}")
    others = ", ".join(f"{way} {mean:.2f}" for way, mean in means.items() if way not in (LEARNED, best))
    figures = {
        key: Figure(
            value=means[LEARNED], units="mm", goal=f"≤ {bound:g} × {best} {means[best]:.2f}", holds=ratio <= bound, peer=others,
            note=f"ratio {ratio:.2f} (95 % {low:.2f}–{high:.2f} over {len(ours)} recordings); {'; '.join(apart)};"
            f" expected {ours[:, 3].mean():.2f}",
        ),
        f"best_baseline.{key}": Figure(value=means[best], units="mm", note=kalman if best == "kalman" else best),
    }  # fmt: skip
    bones, smooth = float(ours[:, 1].mean()), float(ours[:, 2].mean())
    figures[f"bones.{key}"] = Figure(
        value=bones, units="mm", goal=f"≤ {best} {theirs[:, 1].mean():.2f}", holds=bool(bones <= theirs[:, 1].mean()),
        note="how far bones at hidden joints are from their true lengths",
    )  # fmt: skip
    figures[f"acceleration.{key}"] = Figure(value=smooth, units="m/s²", peer=f"{best} {theirs[:, 2].mean():.2f}")
    return figures


def _interval(ours: Float[np.ndarray, "recordings"], theirs: Float[np.ndarray, "recordings"]) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of the ratio of means, drawing recordings."""
    drawn = np.random.default_rng(0).integers(len(ours), size=(DRAWS, len(ours)))
    ratios = ours[drawn].mean(axis=1) / theirs[drawn].mean(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(low), float(high)


def _noise_figures(
    corrector: Corrector, known: Sequence[Recording], unknown: Sequence[Recording], rate: float
) -> dict[str, Figure]:
    """Shake recordings by white noise of 20 mm mean distance, and clean them."""
    tried = [_read_at(r, rate) for r in known]
    window, order = _tuned_filter([r for r in tried if r is not None])
    ours, theirs, bones = [], [], []
    cases = [one for r in unknown if (one := _read_at(r, rate)) is not None]
    for number, one in enumerate(track(cases, f"noise at {rate:g} Hz", len(cases))):
        noisy, seen = _shaken(one, number), np.broadcast_to(one.recorded, one.positions.shape[:2])
        cleaned = denoise(corrector, noisy, seen, one.fps).positions
        filtered = _filtered(noisy, window, order)
        ours.append(_left(cleaned, one))
        theirs.append(_left(filtered, one))
        bones.append((_bone_spread(cleaned, one), _bone_spread(filtered, one)))
    a, b = np.array(ours), np.array(theirs)
    ratio, (low, high) = float(a.mean() / b.mean()), _interval(a, b)
    spread = np.mean(bones, axis=0)
    return {
        f"denoise.{rate:g}": Figure(
            value=float(a.mean()), units="mm", goal=f"≤ {NOISE_BOUND:g} × Savitzky–Golay {b.mean():.2f}",
            holds=ratio <= NOISE_BOUND,
            peer=f"Savitzky–Golay, {window} frames, order {order}, tuned on training recordings",
            note=f"of {NOISE_MM:g} mm; ratio {ratio:.2f} (95 % {low:.2f}–{high:.2f} over {len(a)} recordings)",
        ),
        f"bones.denoise.{rate:g}": Figure(
            value=float(spread[0]), units="mm", goal=f"≤ filter {spread[1]:.2f}", holds=bool(spread[0] <= spread[1]),
            note="spread of bone lengths in time",
        ),
    }  # fmt: skip


def _read_at(recording: Recording, rate: float) -> Recording | None:
    """Read a recording at 30 Hz or at its own rate; at another it is None."""
    if rate != NOISE_RATES[0] and abs(rate / recording.fps - 1) > 0.01:
        return None
    one = at_rate(recording, rate)
    return one if len(one.positions) >= LEAST_FRAMES * rate / RATE / 2 else None


def _shaken(recording: Recording, seed: int) -> Float[np.ndarray, "frames joints 3"]:
    noise = np.random.default_rng((17, seed)).standard_normal(recording.positions.shape)
    return np.asarray(recording.positions + axis_spread(NOISE_MM / 1000) * noise)


def _filtered(
    positions: Float[np.ndarray, "frames joints 3"], window: int, order: int
) -> Float[np.ndarray, "frames joints 3"]:
    fits = min(window, len(positions) - 1 + len(positions) % 2)
    return np.asarray(savgol_filter(positions, fits, order, axis=0)) if fits > order else positions


def _tuned_filter(recordings: Sequence[Recording]) -> tuple[int, int]:
    noisy = [_shaken(r, 10_000 + k) for k, r in enumerate(recordings)]

    def left(choice: tuple[int, int]) -> float:
        return float(np.mean([_left(_filtered(p, *choice), r) for p, r in zip(noisy, recordings, strict=True)]))

    return min(((window, order) for window in WINDOWS for order in ORDERS), key=left)


def _left(positions: Float[np.ndarray, "frames joints 3"], recording: Recording) -> float:
    off = np.linalg.norm(positions - recording.positions, axis=-1)
    return float(1000 * off[:, recording.recorded].mean())


def _bone_spread(positions: Float[np.ndarray, "frames joints 3"], recording: Recording) -> float:
    spreads = [
        float(np.linalg.norm(positions[:, a] - positions[:, b], axis=-1).std())
        for a, b in BONDS
        if recording.recorded[a] and recording.recorded[b]
    ]
    return 1000 * float(np.mean(spreads))
