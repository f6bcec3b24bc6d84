"""Sealed captures to attack: random trees written by the real store, and a simulated recording taken through the real stages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.attacks.target import Target
from benchmarks.scratch import command, repro, scratch_project
from kinetrace.store.execute import SOURCE, execute
from kinetrace.store.params_file import read_params, set_capture
from kinetrace.store.plan import Plans, StagePlan
from kinetrace.store.seal import seal
from kinetrace.store.signature import NAMESPACE, SIGNERS
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import LOCK_FILE, Workspace
from schemas.errors import ComputeError
from schemas.manifest import LedgerEntry
from stages.registry import STAGES

ONE, TWO = "one", "two"
TINY: dict[str, dict[str, Any]] = {
    "world_model": {"epochs": 1, "hidden_dim": 16, "latent_dim": 8},
    "planning": {"cem_samples": 8, "cem_elites": 2, "cem_iterations": 1, "variants": 4},
    "sim_execution": {"max_variants": 2, "corrections": 1},
}
"""Parameters with which the ten stages take seconds; what they write has every file that a real run has."""


def random_target(root: Path, rng: np.random.Generator, stages: int, largest: int = 2000) -> Target:
    """Make a sealed project of random stages: names, parents, number and bytes of outputs drawn.

    Args:
        root: Where; made.
        rng: Random numbers.
        stages: How many stages.
        largest: Length of the longest file [bytes].
    """
    root.mkdir(parents=True)
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "params.yaml").write_text(f"capture: {ONE}\n")
    (root / LOCK_FILE).write_text("numpy==2.0.0\n")
    workspace = Workspace(root)
    plans = _random_plans(rng, stages)
    for capture in (TWO, ONE):
        folder = workspace.captures / capture
        folder.mkdir(parents=True)
        (folder / "body.jsonl").write_bytes(rng.bytes(int(rng.integers(1, largest))))
        (folder / "capture.json").write_text("{}\n")
        set_capture(workspace.params, capture)
        for plan in plans:
            execute(workspace, plan, _writer(rng, largest))
    return _sealed(workspace, plans, lambda: execute(workspace, plans[-1], _writer(rng, largest)))


def _random_plans(rng: np.random.Generator, stages: int) -> Plans:
    found: list[StagePlan] = []
    for number in range(stages):
        before = [p.name for p in found]
        parents = sorted(rng.choice(before, int(rng.integers(1, len(before) + 1)), replace=False)) if before else []
        outputs = [f"{'deep/' * int(rng.integers(2))}out{i}.bin" for i in range(int(rng.integers(1, 4)))]
        name = STAGES[number].name
        found.append(
            StagePlan(name, name[4:], tuple(map(str, parents)), tuple(sorted(outputs)), ("schemas/__init__.py",))
        )
    return tuple(found)


def _writer(rng: np.random.Generator, largest: int) -> Callable[[StageRun, Any], None]:
    def write(run: StageRun, _: Any) -> None:
        for name in run.plan.outputs:
            (run.draft / name).parent.mkdir(exist_ok=True)
            run.write_bytes(name, rng.bytes(int(rng.integers(2, largest))))

    return write


def simulated_target(root: Path) -> Target:
    """Take two simulated recordings of three seconds through the ten stages and the audit, and seal both.

    Raises:
        ComputeError: The pipeline failed.
    """
    project = scratch_project(root)
    value = yaml.safe_load(project.params.read_text())
    for section, changes in TINY.items():
        value[section] |= changes
    project.params.write_text(yaml.safe_dump(value, sort_keys=False))
    for capture, movement in ((TWO, "squat"), (ONE, "gait")):
        _must(command(project, "simulate", movement, "--seconds", "3", "--seed", "1", "--id", capture))
        set_capture(project.params, capture)
        _must(repro(project))

    def again() -> None:
        project.params.write_text(project.params.read_text().replace("curve_points: 101", "curve_points: 51"))
        _must(repro(project))

    return _sealed(project, STAGES, again)


def _sealed(workspace: Workspace, plans: Plans, again: Callable[[], object]) -> Target:
    """Seal both captures, keep the state of that moment in `old`, make the last stage anew and seal once more."""
    root = workspace.root
    (root / "keys").mkdir()
    for name in ("owner", "stranger"):
        make_key(root / "keys" / name)
    trust(root, root / "keys" / "owner.pub")
    for capture in (TWO, ONE):
        _seal(workspace, capture, plans)
    shutil.copytree(root / "artifacts", root / "old")
    again()
    line = _seal(workspace, ONE, plans)
    return Target(workspace, ONE, TWO, plans, read_params(workspace.params), SOURCE, line.hash)


def _seal(workspace: Workspace, capture: str, plans: Plans) -> LedgerEntry:
    params = read_params(workspace.params)
    _, line = seal(workspace, capture, plans, params, SOURCE, workspace.root / "keys" / "owner")
    return line


def make_key(path: Path) -> None:
    """Make a key pair without a passphrase."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)],
        check=True,
        capture_output=True,
    )


def trust(root: Path, public: Path) -> None:
    """List a key as the one that may seal in this project."""
    kind, key, *_ = public.read_text().split()
    (root / SIGNERS).write_text(f'owner@example.org namespaces="{NAMESPACE}" {kind} {key}\n')


def _must(ended: subprocess.CompletedProcess[str]) -> None:
    if ended.returncode:
        raise ComputeError(
            where="the simulated capture", field=" ".join(map(str, ended.args[-3:])), expected="exit 0",
            found=f"exit {ended.returncode}", fix=(ended.stdout + ended.stderr)[-600:],
        )  # fmt: skip
