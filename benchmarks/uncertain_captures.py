"""Whether the shipped intervals hold on captures of other laboratories: as shipped, adapted, and recalibrated on the capture."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from benchmarks.adapted import Opening, openings
from benchmarks.held_out_model import UnderTest, weights_folder
from benchmarks.progress import track
from kinetrace.models.inference import LoadedModel, loaded_model
from kinetrace.models.uncertainty import ForecastUncertainty, forecasts_at
from kinetrace.models.uncertainty_file import read_uncertainty
from kinetrace.training.world_model.adapt import adapt
from schemas.benchmark import Figure
from schemas.world_model import WorldModelParams

Array = np.ndarray
LEVEL = 0.9


def by_capture(of: UnderTest) -> dict[str, Figure]:
    """Judge the 90 % radii on what comes after the first 5 s of recordings that are long enough.

    Recalibrated: one factor from the first half of that, judged on the second half, as stage 6 does with the held-out part.
    """
    known = read_uncertainty(of.card.sha256, weights_folder())
    cases = openings(of)
    if known is None or not cases:
        return {}
    begun = (of.model.network, of.model.config, of.card.sha256)
    shares: dict[str, list[float]] = {"as_shipped": [], "adapted": [], "recalibrated": []}
    for case in track(cases, "adapting", len(cases)):
        one = adapt(case.capture, begun, WorldModelParams(device="cpu"))
        score = _scores(loaded_model(one.model, one.config), known, case)
        half = len(score) // 2
        shares["as_shipped"].append(float((_scores(of.model, known, case) <= 1).mean()))
        shares["adapted"].append(float((score <= 1).mean()))
        shares["recalibrated"].append(float((score[half:] <= np.quantile(score[:half], LEVEL)).mean()))
    what = {
        "as_shipped": "neither model nor radii adapted",
        "adapted": "model adapted to the first 5 s, radii as shipped",
        "recalibrated": "model adapted to the first 5 s, radii times one factor from the first half of the rest",
    }
    return {
        f"capture.{name}.coverage.90": Figure(
            value=100 * float(np.mean(values)), units="%", peer="90 % stated",
            note=f"{what[name]}; {len(values)} recordings, {100 * min(values):.0f} to {100 * max(values):.0f} %",
        )
        for name, values in shares.items()
    }  # fmt: skip


def _scores(model: LoadedModel, known: ForecastUncertainty, case: Opening) -> Float[Array, "anchors horizons joints"]:
    frames = [round(h * model.fps) for h in known.horizons_s]
    count = len(case.rest) - frames[-1]
    states = case.rest[:count]
    forecast = forecasts_at(model, states, known.horizons_s)
    truth = np.stack([case.rest[h : h + count, :, :3] for h in frames], axis=1)
    away = np.linalg.norm((forecast - truth).astype(np.float64), axis=-1)
    scores: Array = away / known.of_forecast(states, forecast) / known.at(LEVEL)
    return scores
