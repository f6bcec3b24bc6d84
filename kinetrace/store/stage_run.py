"""What a stage is handed: checked reading of its parents, writing into a draft, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kinetrace.store.arrays import read_h5, read_npz, write_h5, write_npz
from kinetrace.store.documents import Model, read_json, read_limited, write_json
from kinetrace.store.plan import StagePlan
from kinetrace.store.safe_io.caps import XML_BYTES
from kinetrace.store.workspace import MANIFEST, Workspace
from schemas.base import ArrayTable
from schemas.errors import ArtifactError
from schemas.manifest import FileRecord, Manifest

Table = TypeVar("Table", bound=ArrayTable)
Item = TypeVar("Item")


@dataclass
class StageRun:
    """One execution of one stage.

    Attributes:
        workspace: The project.
        capture: Id of the capture.
        plan: The stage, from the registry.
        draft: Folder that becomes the artifact when the stage ends well.
        device: Where numbers were crunched; stage 6 sets it, the manifest records it.
    """

    workspace: Workspace
    capture: str
    plan: StagePlan
    draft: Path
    device: str = "cpu"

    @property
    def capture_dir(self) -> Path:
        """The raw recording; only stage 0 may look."""
        if self.plan.parents:
            raise self._undeclared("the raw capture")
        return self.workspace.capture(self.capture)

    def path(self, stage: str, name: str) -> Path:
        """Give the path of a parent's file."""
        if stage not in self.plan.parents:
            raise self._undeclared(stage)
        return self.workspace.stage(self.capture, stage) / name

    def read_json(self, stage: str, name: str, model: type[Model]) -> Model:
        """Read a parent's document, checked against its schema."""
        return read_json(self.path(stage, name), model)

    def read_arrays(self, stage: str, name: str, model: type[Table]) -> Table:
        """Read a parent's arrays (.h5 or .npz), checked against their schema."""
        reader = read_npz if name.endswith(".npz") else read_h5
        return reader(self.path(stage, name), model)

    def read_text(self, stage: str, name: str) -> str:
        """Read a parent's text file, such as the humanoid's XML.

        Raises:
            ArtifactError: It is missing, not a plain file, too large or not UTF-8.
        """
        path = self.path(stage, name)
        try:
            return read_limited(path, XML_BYTES).decode()
        except UnicodeDecodeError as error:
            raise ArtifactError(
                where=str(path), field="file", expected="UTF-8 text", found=str(error)[:120], fix="Run the stage again."
            ) from error

    def outputs(self, stage: str) -> tuple[FileRecord, ...]:
        """List a parent's files with their digests."""
        return self.read_json(stage, MANIFEST, Manifest).outputs

    def sha256(self, stage: str, name: str) -> str:
        """Give the digest of a parent's file as its manifest says it.

        Raises:
            ArtifactError: The manifest does not speak of this file.
        """
        for record in self.outputs(stage):
            if record.path == name:
                return record.sha256
        raise ArtifactError(
            where=f"{stage}/{MANIFEST}",
            field="outputs",
            expected=name,
            found="no such output",
            fix="Run the stage again.",
        )

    def write_json(self, name: str, model: Model) -> None:
        """Write a document into the draft."""
        write_json(self.draft / name, model)

    def write_arrays(self, name: str, table: ArrayTable) -> None:
        """Write arrays (.h5 or .npz) into the draft."""
        writer = write_npz if name.endswith(".npz") else write_h5
        writer(self.draft / name, table)

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write bytes into the draft."""
        (self.draft / name).write_bytes(data)

    def note(self, text: str) -> None:
        """Tell the person at the terminal one line."""
        print(f"  {text}", file=sys.stderr, flush=True)

    def progress(self, items: Iterable[Item], description: str, total: float | None = None) -> Iterator[Item]:
        """Show a bar while going through `items`; silent where nobody watches."""
        from rich.console import Console
        from rich.progress import track

        console = Console(stderr=True)
        if not console.is_terminal:
            yield from items
            return
        yield from track(items, description=description, total=total, console=console, transient=True)

    def _undeclared(self, what: str) -> ArtifactError:
        return ArtifactError(
            where=self.plan.name, field="parents", expected=f"only {', '.join(self.plan.parents) or 'the raw capture'}",
            found=f"a read of {what}", fix="Declare the parent in stages/registry.py and dvc.yaml.",
        )  # fmt: skip
