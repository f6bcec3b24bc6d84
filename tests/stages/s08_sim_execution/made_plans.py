"""A plan of three variants of standing still: as recorded, a little bent, and thrown into the air."""

from __future__ import annotations

import numpy as np
from made_people import joints_of, still

from schemas.planning import GoalParams, Plan, PlanPhase, Variant, VariantArrays

FPS, STEPS = 30.0, 16


def made_plan(humanoid, accepted=(1, 1, 1)):
    """Plan and arrays; the third variant rises by 0.4 m and hangs there."""
    standing = joints_of(humanoid, still(humanoid, STEPS)).astype(np.float32)
    moved = np.tile(standing, (3, 1, 1, 1))
    rise = np.clip(np.arange(STEPS) / 8.0, 0.0, 1.0) ** 2
    moved[1, :, :, 1] -= 0.02 * rise[:, None] * (standing[..., 1] > 0.7)
    moved[2, :, :, 1] += 0.4 * rise[:, None]
    table = VariantArrays(
        time=np.tile(np.arange(STEPS) / FPS, (3, 1)),
        positions=moved,
        validity=np.full((3, 21), 2, dtype=np.uint8),
        reference=np.tile(standing, (3, 1, 1, 1)),
        latent=np.zeros((3, STEPS, 4), dtype=np.float32),
        accepted=np.array(accepted, dtype=np.uint8),
    )
    variants = tuple(
        Variant(
            index=i,
            kind="perturbation",
            keyframe_anchor=0,
            accepted=bool(accepted[i]),
            rejections=(),
            reencoding_gap=0.1 * i,
            mean_change_mm=float(1000 * np.linalg.norm(moved[i] - standing, axis=2).mean()),
            latent_change=float(i),
        )
        for i in range(3)
    )
    plan = Plan(
        fps=FPS,
        phases=(PlanPhase(name="static", start_anchor=0, end_anchor=STEPS - 1),),
        keyframes=(0, STEPS - 1),
        keyframe_source="even",
        goal=GoalParams(),
        variants=variants,
        accepted=sum(accepted),
        baselines={},
    )
    return table, plan
