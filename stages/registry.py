"""The one table of stages; `dvc.yaml` is tested to be equal to it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kinetrace.store.plan import Plans, StagePlan
from schemas.errors import UsageError

_STORE = ("schemas", "kinetrace/__init__.py", "kinetrace/store", "stages/__init__.py")
_MOTION = "kinetrace/motion"
_SEEING_AND_REPAIRING = (
    "kinetrace/models/__init__.py", "kinetrace/models/determinism.py", "kinetrace/models/heading.py",
    "kinetrace/models/keypoints.py", "kinetrace/models/weights_file.py", "kinetrace/models/lifter",
    "kinetrace/models/corrector",
    "kinetrace/models/weights/corrector.json", "kinetrace/models/weights/corrector.safetensors",
    "kinetrace/models/weights/lifter.json", "kinetrace/models/weights/lifter.safetensors",
)  # fmt: skip
"""What stage 0 needs of the models: not all of them, or every change of a world model would read every film again."""


def _plan(name: str, parents: tuple[str, ...], outputs: tuple[str, ...], code: tuple[str, ...] = ()) -> StagePlan:
    return StagePlan(name, name[4:], parents, outputs, tuple(sorted((*_STORE, *code, f"stages/{name}"))))


STAGES: Plans = (
    _plan("s00_adapter", (), ("motion.h5", "adapter_result.json"), (_MOTION, "adapters", *_SEEING_AND_REPAIRING)),
    _plan("s01_alignment", ("s00_adapter",), ("motion.h5", "alignment.json"), (_MOTION,)),
    _plan(
        "s02_physical_state", ("s00_adapter", "s01_alignment"), ("physical_state.h5", "physical_state.json"), (_MOTION,)
    ),
    _plan("s03_labels", ("s00_adapter", "s02_physical_state"), ("labels.json",), (_MOTION,)),
    _plan(
        "s04_sim_replay",
        ("s01_alignment", "s02_physical_state"),
        ("replay.h5", "replay.json", "humanoid.xml"),
        (_MOTION, "kinetrace/physics"),
    ),
    _plan("s05_dataset", ("s02_physical_state",), ("transitions.npz", "dataset.json"), (_MOTION,)),
    _plan(
        "s06_world_model",
        ("s05_dataset",),
        ("checkpoint.pt", "embeddings.npz", "uncertainty.npz", "training.json"),
        (_MOTION, "kinetrace/models", "kinetrace/training/__init__.py", "kinetrace/training/world_model"),
    ),
    _plan(
        "s07_planning",
        ("s02_physical_state", "s05_dataset", "s06_world_model"),
        ("variants.npz", "plan.json"),
        (_MOTION, "kinetrace/models"),
    ),
    _plan(
        "s08_sim_execution",
        ("s02_physical_state", "s04_sim_replay", "s07_planning"),
        ("outcomes.h5", "outcomes.json"),
        (_MOTION, "kinetrace/physics"),
    ),
    _plan(
        "s09_task_pack",
        (
            "s00_adapter", "s02_physical_state", "s03_labels", "s04_sim_replay", "s05_dataset", "s07_planning",
            "s08_sim_execution",
        ),
        ("task_pack.json", "metrics.json", "curves.parquet"),
        (_MOTION,),
    ),
    _plan(
        "s10_audit",
        (
            "s00_adapter", "s01_alignment", "s02_physical_state", "s03_labels", "s04_sim_replay", "s05_dataset",
            "s06_world_model", "s07_planning", "s08_sim_execution", "s09_task_pack",
        ),
        ("audit.json", "junit.xml"),
        ("stages/registry.py",),
    ),
)  # fmt: skip
"""The ten stages and the audit, in order."""

TITLES = {
    "s00_adapter": "Adapter",
    "s01_alignment": "Alignment",
    "s02_physical_state": "Physical state",
    "s03_labels": "Labels",
    "s04_sim_replay": "Sim replay",
    "s05_dataset": "Dataset",
    "s06_world_model": "World model",
    "s07_planning": "Planning",
    "s08_sim_execution": "Sim execution",
    "s09_task_pack": "Task pack",
    "s10_audit": "Audit",
}
"""What people call them."""


def find_stage(name: str) -> StagePlan:
    """Give the stage of this name, with or without its number.

    Raises:
        UsageError: There is none; the known names are listed.
    """
    for plan in STAGES:
        if name in (plan.name, plan.section):
            return plan
    raise UsageError(
        where="stage", field="NAME", expected=" | ".join(p.section for p in STAGES), found=repr(name)[:60],
        fix="Example: kinetrace stage adapter",
    )  # fmt: skip


def load(plan: StagePlan) -> Callable[..., None]:
    """Import a stage's `run`, and with it whatever it needs."""
    function: Callable[..., Any] = import_module(f"stages.{plan.name}.stage").run
    return function
