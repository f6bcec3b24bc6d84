"""A sealed capture that is attacked: where it lies, what it consists of, what the audit says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kinetrace.store.audit import AUDIT_STAGE, Ask, audit
from kinetrace.store.plan import Plans
from kinetrace.store.signature import SIGNERS
from kinetrace.store.workspace import LOCK_FILE, Workspace
from schemas.errors import KinetraceError
from schemas.manifest import AuditReport
from schemas.params import Params

DATA = ("artifacts", "captures")
MEMBERS = (*DATA, "old", "keys", "dvc.yaml", "params.yaml", LOCK_FILE, SIGNERS)
LISTED = "CURRENT"
"""The promise that a change of code breaks; an attack on files is not found by it."""


@dataclass(frozen=True)
class Target:
    """A project with two sealed captures, of which one is attacked.

    Attributes:
        workspace: The project; ``old`` holds its ``artifacts`` at the first seal, ``keys`` the owner's and a stranger's.
        capture: The capture that is attacked.
        other: A sealed capture beside it, to swap with.
        plans: Its stages.
        params: The project's parameters.
        source: The folder with the project's packages, for CURRENT.
        head: Hash of the ledger's last line, as somebody outside remembers it.
    """

    workspace: Workspace
    capture: str
    other: str
    plans: Plans
    params: Params
    source: Path
    head: str

    def audit(self, fast: bool, head: bool = False) -> AuditReport:
        """Audit the attacked capture, with the remembered head or without."""
        return audit(
            self.workspace, self.capture, self.plans, self.params, self.source,
            ask=Ask(fast=fast, known_head=self.head if head else None),
        )  # fmt: skip

    @property
    def artifacts(self) -> Path:
        """Folder of the attacked capture's stages."""
        return self.workspace.artifacts(self.capture)

    def stages(self) -> list[Path]:
        """List the stage folders."""
        return [self.artifacts / plan.name for plan in self.plans]

    def sealed(self) -> list[Path]:
        """List the stages under the root: all but the audit, whose verdict of its moment nothing leans on."""
        return [folder for folder in self.stages() if folder.name != AUDIT_STAGE]

    def folders(self) -> list[Path]:
        """List every folder that belongs to the capture."""
        tops = [self.artifacts, self.workspace.capture(self.capture)]
        return [*tops, *(p for top in tops for p in sorted(top.rglob("*")) if p.is_dir())]

    def files(self) -> list[Path]:
        """List every file: outputs, manifests, seals, signatures, the raw recording and the ledger."""
        found = [p for folder in self.folders() for p in sorted(folder.iterdir()) if p.is_file()]
        return [*found, self.workspace.ledger]

    def copy(self, root: Path) -> Target:
        """Copy the project into a new folder, times and permissions included."""
        root.mkdir(parents=True)
        for name in MEMBERS:
            source = self.workspace.root / name
            if source.is_dir():
                shutil.copytree(source, root / name)
            else:
                shutil.copy2(source, root / name)
        return replace(self, workspace=Workspace(root))

    def restore(self, pristine: Target) -> None:
        """Put the captures and artifacts back as they are in an untouched copy."""
        for name in DATA:
            place = self.workspace.root / name
            if place.is_symlink():
                place.unlink()
            else:
                shutil.rmtree(place)
            shutil.copytree(pristine.workspace.root / name, place)


Attack = Callable[[Target, np.random.Generator], None]
"""Changes something on disk for the worse."""


@dataclass(frozen=True)
class Verdict:
    """What an audit said after an attack.

    Attributes:
        codes: Codes of its findings, the merely stale left out.
        promises: The promises that these break.
        crash: What it died of, if not one of our refusals.
    """

    codes: tuple[str, ...]
    promises: tuple[str, ...] = ()
    crash: str | None = None

    @property
    def detected(self) -> bool:
        """Whether anything was found."""
        return bool(self.codes)


def judge(target: Target, fast: bool, head: bool = False) -> Verdict:
    """Audit, and say what came of it; a refusal of ours counts as found, anything else as a crash."""
    try:
        report = target.audit(fast, head)
    except KinetraceError as error:
        return Verdict((type(error).__name__,))
    except Exception as error:  # a crash is what is being counted
        return Verdict((), crash=f"{type(error).__name__}: {error}"[:200])
    found = [f for f in report.findings if f.promise != LISTED]
    tampered = report.summary.exit_code == 1
    return Verdict(tuple(f.code for f in found) if tampered else (), tuple(sorted({f.promise for f in found})))
