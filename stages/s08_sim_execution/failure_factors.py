"""Failure factors: which parameters of the variants tell failure from success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from schemas.planning import Variant
from schemas.sim_execution import FailureFactor
from stages.s08_sim_execution.permutation import failure_auc, permutation_importance


def variant_parameters(
    variants: Sequence[Variant], positions: Float[np.ndarray, "variants steps 21 3"], fps: float
) -> dict[str, list[float]]:
    """Describe each variant by what was known before it was executed.

    Args:
        variants: As planned.
        positions: Their planned joints [m].
        fps: Steps a second.

    Returns:
        A list a parameter, in the order of the variants; names end in their units.
    """
    speed = np.linalg.norm(np.diff(positions, axis=1), axis=3).max(axis=(1, 2), initial=0.0) * fps
    acceleration = np.linalg.norm(np.diff(positions, n=2, axis=1), axis=3).max(axis=(1, 2), initial=0.0) * fps**2
    known: dict[str, list[float]] = {
        "mean_change_mm": [variant.mean_change_mm for variant in variants],
        "reencoding_gap": [variant.reencoding_gap for variant in variants],
        "peak_speed_m_s": speed.tolist(),
        "peak_acceleration_m_s2": acceleration.tolist(),
    }
    if all(variant.latent_change is not None for variant in variants):
        known["latent_change"] = [float(variant.latent_change or 0.0) for variant in variants]
    return known


def failure_factors(parameters: Mapping[str, Sequence[float]], failed: Sequence[bool]) -> tuple[FailureFactor, ...]:
    """Say of every parameter how well it separates failures from successes.

    Args:
        parameters: Values by name, one a variant.
        failed: Whether each variant failed.
    """
    bad = np.array(failed, dtype=bool)
    found = permutation_importance(np.array(list(parameters.values()), dtype=np.float64).T, bad) if parameters else None
    shares = [(None, None, None)] * len(parameters) if found is None else [tuple(map(float, row)) for row in found]
    return tuple(
        FailureFactor(
            parameter=name,
            auc=failure_auc(np.array(values, dtype=np.float64), bad),
            mean_success=_mean(np.array(values, dtype=np.float64)[~bad]),
            mean_failure=_mean(np.array(values, dtype=np.float64)[bad]),
            importance=share[0],
            importance_low=share[1],
            importance_high=share[2],
        )
        for (name, values), share in zip(parameters.items(), shares, strict=True)
    )


def _mean(values: Float[np.ndarray, "n"]) -> float | None:
    return float(values.mean()) if len(values) else None
