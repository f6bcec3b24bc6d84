"""The closing summary of a run: the handful of figures a person asks for first."""

from __future__ import annotations

from pathlib import Path

from kinetrace.report.formatting import plain, units
from kinetrace.store.documents import read_json
from kinetrace.store.workspace import Workspace
from schemas.adapter import AdapterResult
from schemas.physical_state import PhysicalState
from schemas.planning import Plan
from schemas.sim_execution import Outcomes
from schemas.sim_replay import Replay
from schemas.task_pack import Metrics
from schemas.world_model import Training


def summarise(workspace: Workspace, capture: str) -> list[tuple[str, str]]:
    """Give label and text of each figure, in reading order.

    Raises:
        ArtifactError: A stage's output is missing or malformed.
    """
    at = workspace.artifacts(capture)
    return [
        _movement(at),
        _metrics(read_json(at / "s09_task_pack" / "metrics.json", Metrics)),
        _physics(read_json(at / "s04_sim_replay" / "replay.json", Replay)),
        _forecast(read_json(at / "s06_world_model" / "training.json", Training)),
        _plans(
            read_json(at / "s07_planning" / "plan.json", Plan),
            read_json(at / "s08_sim_execution" / "outcomes.json", Outcomes),
        ),
    ]


def _movement(at: Path) -> tuple[str, str]:
    result = read_json(at / "s00_adapter" / "adapter_result.json", AdapterResult)
    state = read_json(at / "s02_physical_state" / "physical_state.json", PhysicalState)
    seconds = result.source_info.frames / result.source_info.fps
    origin = "simulated" if result.source_info.simulated else "recorded"
    text = f"{state.movement} ({state.movement_source}), {seconds:.1f} s at {state.fps:g} Hz, {origin}"
    return "Movement", text


def _metrics(metrics: Metrics) -> tuple[str, str]:
    shown = [
        f"{plain(m.name)} {m.value:.3g} {units(m.units)}".rstrip()
        for m in metrics.metrics
        if m.side in {"none", "both"}
    ]
    return "Metrics", "; ".join(shown[:4]) or "none could be computed"


def _physics(replay: Replay) -> tuple[str, str]:
    axes = ", ".join(f"{axis} {score:.2f}" for axis, score in replay.axis_scores.items())
    return "Feasibility", f"{replay.total_score:.2f} ({axes})"


def _forecast(training: Training) -> tuple[str, str]:
    parts = [
        f"{h.horizon_s * 1000:.0f} ms: {h.model_mm:.1f} mm (zero velocity {h.zero_velocity_mm:.1f})"
        for h in training.held_out
    ]
    return "Forecast", "; ".join(parts) or "recording too short for a held-out horizon"


def _plans(plan: Plan, outcomes: Outcomes) -> tuple[str, str]:
    return (
        "Plans",
        f"{plan.accepted} of {len(plan.variants)} variants accepted, "
        f"{outcomes.succeeded} of {outcomes.executed} executions succeeded",
    )
