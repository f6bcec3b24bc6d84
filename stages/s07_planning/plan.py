"""The plan as a whole: proposals judged one by one, as table and document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.motion.skeletons import NEEDED, joint_index
from schemas.dataset import TransitionArrays
from schemas.errors import ComputeError
from schemas.motion import JOINTS, Validity
from schemas.planning import Plan, PlanningParams, Rejection, Variant, VariantArrays
from stages.s07_planning.goals import KneeGoal
from stages.s07_planning.keyframes import find_keyframes
from stages.s07_planning.phases import root_speed_phases
from stages.s07_planning.physics_filter import rejections
from stages.s07_planning.proposals import Proposals, propose
from stages.s07_planning.rollouts import LatentModel
from stages.s07_planning.variant_uncertainty import KnownErrors, VariantErrors, variant_errors
from stages.s07_planning.windows import SETTLING, settled_anchors


@dataclass(frozen=True)
class BuiltPlan:
    """What the stage writes."""

    table: VariantArrays
    document: Plan


def build_plan(
    model: LatentModel,
    transitions: TransitionArrays,
    soles: dict[str, float],
    params: PlanningParams,
    known: KnownErrors | None = None,
) -> BuiltPlan:
    """Propose `params.variants` motions, the last of them for the goal, and judge each.

    Args:
        model: Stage 6's world model.
        transitions: Stage 5's causal states.
        soles: Standing height of heel and toe points [m].
        params: How many, how far, and what is allowed.
        known: How far off the model's forecasts may be; None: nobody knows.

    Returns:
        Table and document.

    Raises:
        ComputeError: Too short a recording, or a model that diverged.
        ParamsError: A pose goal without a frame, or beyond the recording.
    """
    settled = settled_anchors(transitions.measured[:, [model.joints.index(joint) for joint in NEEDED]] > 0)
    if not settled.any():
        raise ComputeError(
            where="planning", field="transitions.npz", expected=f"hips, knees and ankles seen for {SETTLING} anchors on end",
            found="never", fix="Record with the legs in view, or planning has nothing to start from.",
        )  # fmt: skip
    phases = root_speed_phases(transitions.states[:, model.joints.index("pelvis"), 3:6], settled)
    keyframes, source = find_keyframes(phases)
    proposals = propose(model, transitions, keyframes, settled, soles, params)
    rollout = proposals.rollout
    judged = [_judge(proposals, i, rollout.positions[i], model, soles, params) for i in range(params.variants)]
    errors = None if known is None else variant_errors(model, known, transitions.states[proposals.starts], rollout)
    variants = tuple(_variant(proposals, i, judged[i], errors) for i in range(params.variants))
    steps = np.arange(rollout.positions.shape[1])
    table = VariantArrays(
        time=transitions.time[proposals.starts[:, None] + steps],
        positions=_on_body(rollout.positions, model.joints),
        validity=_validity_on_body(proposals.validity, model.joints),
        reference=_on_body(rollout.reference, model.joints),
        latent=rollout.latent.astype(np.float32),
        accepted=np.array([variant.accepted for variant in variants], dtype=np.uint8),
    )
    document = Plan(
        fps=float(model.fps),
        phases=phases,
        keyframes=keyframes,
        keyframe_source=source,
        goal=params.goal,
        variants=variants,
        accepted=sum(variant.accepted for variant in variants),
        baselines=proposals.goal_plan.baselines,
        notes=_notes(proposals, model, soles, params, accepted=sum(variant.accepted for variant in variants)),
    )
    return BuiltPlan(table, document)


def _judge(
    proposals: Proposals,
    i: int,
    positions: Float[np.ndarray, "steps joints 3"],
    model: LatentModel,
    soles: dict[str, float],
    params: PlanningParams,
) -> tuple[Rejection, ...]:
    """Hold one motion against the bounds, by its measured joints: a held joint jumps when it is seen again."""
    seen = np.flatnonzero(proposals.validity[i] == Validity.MEASURED)
    held = sum(proposals.validity[i, model.joints.index(joint)] != Validity.MEASURED for joint in NEEDED)
    blind = (Rejection(rule="needed_joints_held", value=float(held), bound=0.0, units="joints", step=0),)
    return (blind if held else ()) + rejections(
        positions[:, seen], proposals.rollout.reference[i][:, seen], proposals.gap[i],
        [model.joints[row] for row in seen], soles, model.fps, params.filter,
    )  # fmt: skip


def _variant(proposals: Proposals, i: int, broken: tuple[Rejection, ...], errors: VariantErrors | None) -> Variant:
    """Describe one motion; the last carries what the goal asked for and what the decoded pose reached."""
    window, rollout, goal = proposals.windows[i], proposals.rollout, proposals.goal
    is_goal = i == len(proposals.windows) - 1
    asked, reached, error = None, None, None
    pose = rollout.positions[i, window.keyframe - window.start][None]
    if is_goal and isinstance(goal, KneeGoal):
        asked = goal.change_deg
        reached = float(goal.reached(pose)[0])
    elif is_goal:
        error = proposals.goal_plan.error
    return Variant(
        index=i,
        kind="goal" if is_goal else "perturbation",
        keyframe_anchor=window.keyframe,
        accepted=not broken,
        rejections=broken,
        reencoding_gap=float(proposals.gap[i].max()),
        mean_change_mm=float(rollout.mean_change_m[i] * 1000.0),
        latent_change=float(rollout.latent_change[i]),
        through=proposals.goal_plan.through if is_goal else "latent",
        expected_error_mm=None if errors is None else float(errors.expected_mm[i]),
        radius_90_mm=None if errors is None else float(errors.radius_90_mm[i]),
        goal_leak_mm=1000.0 * float(goal.leak(pose)[0]) if asked is not None else None,
        goal_leak_deg=float(goal.leak_deg(pose)[0]) if asked is not None else None,
        goal_asked_deg=asked,
        goal_reached_deg=reached,
        goal_error=error,
    )


def _on_body(
    positions: Float[np.ndarray, "variants steps joints 3"], joints: tuple[str, ...]
) -> Float[np.ndarray, "variants steps 21 3"]:
    """Put the model's joints into the columns of BODY21; the others are 0."""
    body = np.zeros((*positions.shape[:2], JOINTS, 3), dtype=np.float32)
    body[:, :, joint_index(*joints)] = positions
    return body


def _validity_on_body(
    validity: UInt8[np.ndarray, "variants joints"], joints: tuple[str, ...]
) -> UInt8[np.ndarray, "variants 21"]:
    body = np.full((len(validity), JOINTS), Validity.MISSING, dtype=np.uint8)
    body[:, joint_index(*joints)] = validity
    return body


def _notes(
    proposals: Proposals, model: LatentModel, soles: dict[str, float], params: PlanningParams, accepted: int
) -> tuple[str, ...]:
    horizon = proposals.rollout.positions.shape[1] - 1
    notes = []
    if horizon < params.horizon_frames:
        notes.append(f"horizon shortened from {params.horizon_frames} to {horizon} steps: half of the recording")
    early = sum(w.start < w.keyframe for w in proposals.windows[:-1])
    if early:
        notes.append(
            f"{early} of {len(proposals.windows)} windows begin before their keyframe: "
            "it is too near the end, or to a stretch without hips"
        )
    if params.goal.through == "action" and proposals.goal_plan.through == "latent":
        notes.append("the world model knows no actions: the goal is planned through its latent")
    held = int((proposals.validity < Validity.MEASURED).sum())
    if held:
        notes.append(f"{held} joints of variants are held from the past somewhere and were not judged")
    if not soles:
        notes.append("no foot was calibrated: ground penetration is measured from the floor itself")
    own = {
        r.rule for i in range(len(proposals.windows))
        for r in _judge(proposals, i, proposals.rollout.reference[i], model, soles, params) if r.rule != "reencoding_gap"
    }  # fmt: skip
    notes += [f"the recorded motion itself breaks {rule} in at least one window" for rule in sorted(own)]
    lost = int((proposals.plain_gap.max(axis=1) > params.filter.max_reencoding_gap).sum())
    if lost:
        notes.append(
            f"in {lost} of {len(proposals.windows)} windows the model's forecast of the recorded motion itself "
            "does not re-encode"
        )
    if not accepted:
        notes.append("no variant passed the physics filter; stage 8 executes the recorded motion alone")
    return tuple(notes)
