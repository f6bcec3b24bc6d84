"""Run one stage: read params, describe inputs, let it write a draft, seal the draft with a manifest, publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemas
from kinetrace.store.lock import stage_lock
from kinetrace.store.manifest import (
    describe_code,
    describe_environment,
    describe_inputs,
    describe_params,
    records,
    write_manifest,
)
from kinetrace.store.params_file import read_params
from kinetrace.store.plan import StagePlan
from kinetrace.store.publish import disk_errors, publish, sweep
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.manifest import Manifest
from schemas.params import Params

SOURCE = Path(schemas.__file__).resolve().parent.parent
"""The folder that holds the project's packages."""


def execute(workspace: Workspace, plan: StagePlan, function: Callable[[StageRun, Any], None]) -> Path:
    """Run one stage of the active capture and publish its artifact.

    One stage of a capture runs at a time: what a stage reads cannot be published anew beneath it. What killed runs left
    among the capture's artifacts is swept first.

    Args:
        workspace: The project; its `params.yaml` names the active capture.
        plan: The stage.
        function: The stage's `run`.

    Returns:
        The artifact folder.

    Raises:
        KinetraceError: Anything the stage or the store refuses; nothing is published then.
    """
    params = read_params(workspace.params)
    with stage_lock(workspace, params.capture):
        return _execute(workspace, plan, function, params)


def _execute(workspace: Workspace, plan: StagePlan, function: Callable[[StageRun, Any], None], params: Params) -> Path:
    inputs = describe_inputs(workspace, params.capture, plan)
    target = workspace.stage(params.capture, plan.name)
    with disk_errors(target.parent):
        sweep(target.parent)
    with publish(target) as draft:
        run = StageRun(workspace, params.capture, plan, draft)
        function(run, getattr(params, plan.section))
        manifest = Manifest(
            capture=params.capture,
            stage=plan.name,
            inputs=inputs,
            outputs=records(draft, plan.outputs),
            params=describe_params(params, plan),  # type: ignore[arg-type]
            code=describe_code(plan, SOURCE),
            environment=describe_environment(workspace, run.device),
            digest="0" * 64,
        )
        write_manifest(draft, manifest)
    return target
