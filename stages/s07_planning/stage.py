"""The edge of stage 7: reads states and world model, writes variants and plan."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.dataset import TransitionArrays
from schemas.physical_state import PhysicalState
from schemas.planning import PlanningParams
from schemas.uncertainty import UncertaintyArrays


def run(run: StageRun, params: PlanningParams) -> None:
    """Write `variants.npz` and `plan.json`."""
    from kinetrace.models.determinism import reproducible
    from kinetrace.models.inference import load
    from kinetrace.models.uncertainty_file import read_uncertainty
    from stages.s07_planning.physics_filter import standing_heights
    from stages.s07_planning.plan import build_plan
    from stages.s07_planning.variant_uncertainty import LEVEL, KnownErrors

    about = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    transitions = run.read_arrays("s05_dataset", "transitions.npz", TransitionArrays)
    model = load(run.path("s06_world_model", "checkpoint.pt"), run.sha256("s06_world_model", "checkpoint.pt"))
    errors = run.read_arrays("s06_world_model", "uncertainty.npz", UncertaintyArrays)
    shipped = read_uncertainty(model.config.pretrained) if model.config.pretrained and len(errors.levels) else None
    known = None if shipped is None else KnownErrors(shipped, errors.radius[shipped.levels.index(LEVEL)])
    with reproducible(params.seed, "cpu"):
        built = build_plan(model, transitions, standing_heights(about.calibration), params, known)
    run.write_arrays("variants.npz", built.table)
    run.write_json("plan.json", built.document)
    for note in built.document.notes:
        run.note(note)
    run.note(f"{built.document.accepted} of {len(built.document.variants)} variants pass the physics filter")
    goal = built.document.variants[-1]
    if goal.goal_asked_deg is not None:
        run.note(f"knee flexion: asked {goal.goal_asked_deg:+.1f} deg, reached {goal.goal_reached_deg:+.2f} deg")
