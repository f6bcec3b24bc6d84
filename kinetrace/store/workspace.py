"""Where things lie: the project's folders for one capture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import CaptureError, UsageError

CAPTURE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LOCK_FILE = "requirements.lock"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Workspace:
    """The folders of one project.

    Attributes:
        root: Holds ``dvc.yaml``, ``params.yaml``, ``captures/`` and ``artifacts/``.
    """

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """Find the project that `start` lies in.

        Raises:
            UsageError: No folder from here upward holds ``dvc.yaml`` and ``params.yaml``.
        """
        for folder in (start, *start.parents):
            if (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file():
                return cls(folder)
        raise UsageError(
            where=str(start), field="project", expected="a folder with dvc.yaml and params.yaml, here or above",
            found="none", fix="Change into your clone of kinetrace and run the command again.",
        )  # fmt: skip

    @property
    def params(self) -> Path:
        """`params.yaml`."""
        return self.root / "params.yaml"

    @property
    def captures(self) -> Path:
        """Raw recordings."""
        return self.root / "captures"

    @property
    def ledger(self) -> Path:
        """The append-only ledger."""
        return self.root / "artifacts" / "ledger.jsonl"

    def capture(self, capture: str) -> Path:
        """Give the raw recording's folder.

        Raises:
            CaptureError: There is no such capture.
        """
        folder = self.captures / check_capture_id(capture)
        if not folder.is_dir() or folder.is_symlink():
            known = sorted(p.name for p in self.captures.glob("*") if p.is_dir()) if self.captures.is_dir() else []
            raise CaptureError(
                where=f"captures/{capture}", field="capture", expected="a folder with a recording", found="none",
                fix=f"Captures here: {', '.join(known[:10]) or 'none'}. "
                "Bring a recording in with: kinetrace ingest PATH --id ID",
            )  # fmt: skip
        return folder

    def artifacts(self, capture: str) -> Path:
        """Give the folder that holds a capture's stage outputs."""
        return self.root / "artifacts" / check_capture_id(capture)

    def stage(self, capture: str, stage: str) -> Path:
        """Give the folder of one stage's outputs."""
        return self.artifacts(capture) / stage

    def runs(self, capture: str) -> Path:
        """Give the git-ignored folder for reports, timings and logs of a capture."""
        return self.root / "runs" / check_capture_id(capture)


def check_capture_id(capture: str) -> str:
    """Hold a capture id against its alphabet, before it becomes part of any path.

    Raises:
        CaptureError: The id has anything but lower-case letters, digits, ``_`` and ``-``, or is too long.
    """
    if not CAPTURE_ID.fullmatch(capture):
        raise CaptureError(
            where="capture id", field="capture", expected="1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit",
            found=repr(capture)[:80], fix="Choose an id such as clinic_walk_01.",
        )  # fmt: skip
    return capture
