"""How much noise a trained encoder takes out of recordings that it has not seen, beside the best Savitzky–Golay filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.signal import savgol_filter

from kinetrace.models.pinn.corruption import axis_spread
from kinetrace.models.pinn.reconstruct import reconstruct
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.training.pinn_data import Recording, bone_std_mm, resampled
from schemas.errors import ComputeError
from schemas.pinn import PinnDenoising

WINDOWS = tuple(range(5, 62, 2))
ORDERS = (2, 3)
MAX_TUNING = 24
"""Recordings that the filter is tuned on, evenly taken from the training ones: the optimum is flat."""

Motion = Float[np.ndarray, "frames joints 3"]


class SavgolChoice(NamedTuple):
    """Window [frames] and order of a Savitzky–Golay filter."""

    window: int
    order: int

    def smooth(self, positions: Motion) -> Motion:
        """Filter along time; a recording below the window is filtered with the longest odd window that fits."""
        window = min(self.window, len(positions) - 1 + len(positions) % 2)
        if window <= self.order:
            return positions
        return np.asarray(savgol_filter(positions, window, self.order, axis=0))


def shaken(recording: Recording, noise_mm: float, seed: int) -> Motion:
    """Add white noise of this mean distance [mm] to every joint."""
    noise = np.random.default_rng(seed).standard_normal(recording.positions.shape)
    return (recording.positions + axis_spread(noise_mm / 1000) * noise).astype(np.float32)


def tuned_savgol(recordings: Sequence[Recording], noise_mm: float, seed: int) -> SavgolChoice:
    """Find the window and order that leave the least of the noise in these recordings, all at one rate."""
    some = recordings[:: max(1, -(-len(recordings) // MAX_TUNING))]
    noisy = [shaken(r, noise_mm, seed + k) for k, r in enumerate(some)]

    def left(choice: SavgolChoice) -> float:
        return float(np.mean([_distance(choice.smooth(p), r) for p, r in zip(noisy, some, strict=True)]))

    return min((SavgolChoice(w, o) for w in WINDOWS for o in ORDERS), key=left)


def at_rate(recordings: Sequence[Recording], rate: float, least_frames: int) -> list[Recording]:
    """Bring recordings to a rate; slower ones, short ones and those with gaps are left out."""
    found = [resampled(r, rate) for r in recordings]
    return [r for r in found if r is not None and len(r.positions) >= least_frames and _gapless(r)]


def denoising(
    loaded: LoadedPinn,
    training: Sequence[Recording],
    held_out: Sequence[Recording],
    rate: float,
    noise_mm: float,
    seed: int = 0,
) -> PinnDenoising:
    """Shake held-out recordings and clean them again, with the encoder and with the filter tuned on the training ones.

    Args:
        loaded: The encoder.
        training: What it was trained on.
        held_out: What it was not.
        rate: Frame rate at which this is done [Hz].
        noise_mm: Mean distance of the noise.
        seed: Of the noise.

    Raises:
        ComputeError: No recording of one of the two kinds reaches this rate.
    """
    least = loaded.config.params.window // 2
    known, unknown = at_rate(training, rate, least), at_rate(held_out, rate, least)
    if not known or not unknown:
        raise ComputeError(
            where="pinn evaluation", field="recordings", expected=f"gap-free ones of {least} frames or more at {rate:g} Hz",
            found=f"{len(known)} to tune the filter on, {len(unknown)} held out", fix="Give more recordings.",
        )  # fmt: skip
    choice = tuned_savgol(known, noise_mm, seed)
    noisy = [shaken(r, noise_mm, seed + 1000 + k) for k, r in enumerate(unknown)]
    model = [reconstruct(loaded, p, r.present, r.fps).positions for p, r in zip(noisy, unknown, strict=True)]
    filtered = [choice.smooth(p) for p in noisy]

    def over(measure: Callable[[Motion, Recording], float], motions: list[Motion]) -> float:
        return float(np.mean([measure(p, r) for p, r in zip(motions, unknown, strict=True)]))

    clean = [r.positions for r in unknown]
    calm = max(over(_jerk, clean), 1e-9)
    return PinnDenoising(
        rate_hz=rate, recordings=len(unknown), noise_mm=over(_distance, noisy),
        model_mm=over(_distance, model), savgol_mm=over(_distance, filtered),
        savgol_window=choice.window, savgol_order=choice.order,
        bone_std_mm=over(bone_std_mm, model), bone_std_noisy_mm=over(bone_std_mm, noisy),
        bone_std_savgol_mm=over(bone_std_mm, filtered), bone_std_clean_mm=over(bone_std_mm, clean),
        jerk=over(_jerk, model) / calm, jerk_noisy=over(_jerk, noisy) / calm, jerk_savgol=over(_jerk, filtered) / calm,
    )  # fmt: skip


def _gapless(recording: Recording) -> bool:
    seen = recording.present
    return bool((seen.all(axis=0) | ~seen.any(axis=0)).all() and seen.any())


def _distance(positions: Motion, recording: Recording) -> float:
    """Mean distance of present samples from the recording [mm]."""
    far = np.linalg.norm(positions - recording.positions, axis=-1)
    return float(1000 * far[recording.present].mean())


def _jerk(positions: Motion, recording: Recording) -> float:
    """Mean jerk of present joints [m/s³]."""
    third = np.diff(positions.astype(np.float64), n=3, axis=0) * recording.fps**3
    return float(np.linalg.norm(third, axis=-1)[:, recording.present.any(axis=0)].mean())
