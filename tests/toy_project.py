"""A whole project of three toy stages in a temporary folder, run by the real store."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from kinetrace.store.audit import Ask, audit
from kinetrace.store.execute import SOURCE, execute
from kinetrace.store.params_file import read_params
from kinetrace.store.plan import StagePlan
from kinetrace.store.seal import seal
from kinetrace.store.seals import Sealed
from kinetrace.store.stage_run import StageRun
from kinetrace.store.workspace import Workspace
from schemas.base import Array, ArrayTable, Strict
from schemas.manifest import AuditReport, LedgerEntry

CODE = ("schemas/__init__.py",)
ADAPTER = StagePlan("s00_adapter", "adapter", (), ("words.json",), CODE)
ALIGNMENT = StagePlan("s01_alignment", "alignment", ("s00_adapter",), ("numbers.h5",), CODE)
LABELS = StagePlan("s03_labels", "labels", ("s00_adapter", "s01_alignment"), ("numbers.npz", "words.json"), CODE)
PLANS = (ADAPTER, ALIGNMENT, LABELS)


class Words(Strict):
    """A toy document."""

    text: str
    count: int


class Numbers(ArrayTable):
    """A toy table."""

    values: Annotated[np.ndarray[Any, Any], Array("float64", ("n",))]


def adapter(run: StageRun, params: Any) -> None:
    """Count the words of the recording."""
    text = (run.capture_dir / "body.jsonl").read_text()
    run.write_json("words.json", Words(text=text, count=len(text.split())))


def alignment(run: StageRun, params: Any) -> None:
    """Turn the count into a ramp."""
    words = run.read_json("s00_adapter", "words.json", Words)
    run.write_arrays("numbers.h5", Numbers(values=np.arange(words.count) * params.max_tilt_deg))


def labels(run: StageRun, params: Any) -> None:
    """Carry both on."""
    words = run.read_json("s00_adapter", "words.json", Words)
    numbers = run.read_arrays("s01_alignment", "numbers.h5", Numbers)
    run.write_json("words.json", words)
    run.write_arrays("numbers.npz", numbers)


FUNCTIONS = {"s00_adapter": adapter, "s01_alignment": alignment, "s03_labels": labels}


@dataclass(frozen=True)
class Project:
    """A toy project on disk."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def artifacts(self) -> Path:
        return self.workspace.artifacts("toy")

    def run(self, *plans: StagePlan) -> None:
        for plan in plans or PLANS:
            execute(self.workspace, plan, FUNCTIONS[plan.name])

    def audit(self, source: Path = SOURCE, **asked: Any) -> AuditReport:
        return audit(self.workspace, "toy", PLANS, read_params(self.workspace.params), source, ask=Ask(**asked))

    def seal(self, key: Path) -> tuple[Sealed, LedgerEntry]:
        return seal(self.workspace, "toy", PLANS, read_params(self.workspace.params), SOURCE, key)

    def codes(self) -> list[str]:
        return [f.code for f in self.audit().findings]


def make_project(root: Path) -> Project:
    """Make a toy project that has not run yet."""
    capture = root / "captures" / "toy"
    capture.mkdir(parents=True)
    (capture / "body.jsonl").write_text("one two three\n")
    (capture / "capture.json").write_text(json.dumps({"subject": "toy"}))
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "params.yaml").write_text("capture: toy\nalignment:\n  max_tilt_deg: 10.0\n")
    (root / "requirements.lock").write_text("numpy==2.0.0\n")
    return Project(Workspace(root))


def make_key(folder: Path, name: str = "key") -> Path:
    """Make a signing key."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return folder / name


def trust(project: Project, key: Path, identity: str = "auditor@example.org") -> None:
    """Add a key to the project's list of trusted ones."""
    with (project.root / "allowed_signers").open("a") as stream:
        stream.write(f'{identity} namespaces="kinetrace-seal" {Path(f"{key}.pub").read_text()}')
