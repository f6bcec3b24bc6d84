"""What figures mean, in plain words, and only as far as the figures carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.sim_execution import Outcomes
from schemas.uncertainty import AsymmetryUncertainty, Uncertainty
from schemas.world_model import HorizonMetrics, Training

SUB_SCORE_QUESTIONS: Final = {
    "joint_velocity": "Do the joints stay within speeds that people reach?",
    "joint_acceleration": "Do the joints start and stop as bodies can?",
    "self_penetration": "Do the limbs stay out of each other?",
    "foot_slip": "Do the feet stay put while they bear weight?",
    "ground_penetration": "Do the feet stay above the floor?",
    "foot_float": "Do the feet touch the floor when they must carry the body?",
    "balance": "Is the body held up within reach of its feet?",
    "joint_torque": "Are the joint torques within human strength?",
    "ground_reaction_force": "Are the ground forces ones that a floor and this body could make?",
    "metabolic_effort": "Is the effort one that a person could keep up?",
}
AXIS_WORDS: Final = {
    "kinematic": "How the body moves",
    "contact": "How it meets the floor",
    "dynamic": "What forces it would take",
}
TRUST_WORDS: Final = {
    "trusted": "trusted",
    "screening": "screening",
    "not_applicable": "—",
}


@dataclass(frozen=True)
class HorizonVerdict:
    """The model beside the best baseline at one horizon."""

    row: HorizonMetrics
    best_name: str
    best_mm: float
    beats: bool

    @property
    def margin_percent(self) -> float:
        """Give by how much of the best baseline's error the model's is smaller; negative when it is larger [%]."""
        return 100.0 * (self.best_mm - self.row.model_mm) / self.best_mm if self.best_mm > 0.0 else 0.0


def against_baselines(training: Training) -> tuple[HorizonVerdict, ...]:
    """Hold the model against the best of its four baselines at each horizon.

    Args:
        training: Stage 6's metrics.

    Returns:
        One verdict a horizon, in the order of the artifact; a tie is not a win.
    """
    verdicts = []
    for row in training.held_out:
        baselines = {
            "zero velocity": row.zero_velocity_mm,
            "constant velocity": row.constant_velocity_mm,
            "damped velocity": row.damped_velocity_mm,
            "ridge": row.ridge_mm,
        }
        name = min(baselines, key=lambda key: baselines[key])
        verdicts.append(HorizonVerdict(row, name, baselines[name], row.model_mm < baselines[name]))
    return tuple(verdicts)


def model_sentence(verdicts: tuple[HorizonVerdict, ...]) -> str:
    """Say in one sentence whether the world model beats the simple forecasts on the part it was not trained on."""
    if not verdicts:
        return "No horizon could be measured on the held-out part, so nothing is known about the model's forecasts."
    won = sum(verdict.beats for verdict in verdicts)
    if won == len(verdicts):
        return f"On the held-out part the model beats every simple forecast at all {won} horizons measured."
    if won == 0:
        return (
            "On the held-out part the model beats the best simple forecast at none of the "
            f"{len(verdicts)} horizons measured: for this capture, use the simple forecast instead."
        )
    where = ", ".join(f"{verdict.row.horizon_s:.2f} s" for verdict in verdicts if verdict.beats)
    return f"On the held-out part the model beats every simple forecast at {won} of {len(verdicts)} horizons ({where})."


def coverage_sentence(training: Training) -> str:
    """Say whether the 90 % intervals hold what they promise."""
    if not training.held_out:
        return ""
    share = sum(row.mc_coverage_90 for row in training.held_out) / len(training.held_out)
    if share < 0.85:
        verdict = "too narrow: the model is surer of itself than it should be"
    elif share > 0.95:
        verdict = "too wide: the model is less sure of itself than it could be"
    else:
        verdict = "about right"
    return f"Its 90 % intervals hold the truth in {100 * share:.0f} % of cases on average ({verdict})."


def uncertainty_sentence(known: Uncertainty) -> str:
    """Say how far off forecasts may be, what that was calibrated on, and whether it held on the held-out part."""
    middle = min(known.horizons, key=lambda row: abs(row.horizon_s - known.ahead_s))
    judged = [row for row in known.horizons if row.held_out_coverage_90 is not None]
    words = (
        f"{1000 * middle.horizon_s:.0f} ms ahead a joint is expected to be off by {middle.expected_mm:.0f} mm, and lies within "
        f"{middle.radius_90_mm:.0f} mm of its forecast in 90 % of cases. Calibration: {known.calibration}."
    )
    if judged:
        share = sum(row.held_out_coverage_90 or 0.0 for row in judged) / len(judged)
        words += f" On the held-out part of this capture the radii as shipped held {100 * share:.0f} %."
    return words


def asymmetry_sentence(found: AsymmetryUncertainty) -> str:
    """Say whether uncertainty rises where left and right differ; frames of one capture tell each other, so it is a hint."""

    def rho(value: float | None) -> str:
        return "not defined" if value is None else f"{value:.2f}"

    return (
        f"Left-right asymmetry ({found.low_mm:.0f} to {found.high_mm:.0f} mm over {found.anchors} moments) against expected "
        f"error: rank correlation {rho(found.expected_rho)}; against MC-dropout's spread {rho(found.mc_dropout_rho)}. "
        "Moments of one capture are not independent: read it as a hint."
    )


def execution_sentence(outcomes: Outcomes) -> str:
    """Say how many planned motions could be carried out, apart from the recorded motion run for reference."""
    planned = [outcome for outcome in outcomes.outcomes if outcome.variant >= 0]
    reference = [outcome for outcome in outcomes.outcomes if outcome.variant < 0]
    good = sum(outcome.success for outcome in planned)
    words = f"{good} of {len(planned)} planned motions could be carried out in forward simulation."
    if reference:
        words += f" The motion as recorded, run for reference, {'succeeded' if reference[0].success else 'failed'}."
    return words
