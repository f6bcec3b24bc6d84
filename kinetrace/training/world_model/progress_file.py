"""Progress of a run on disk: enough to go on to the very weights that it would have reached."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from kinetrace.models.world_model import WorldModel
from kinetrace.store.publish import write_atomic
from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.errors import ArtifactError

KEYS = {"step", "fingerprint", "weights", "moments", "losses"}


@dataclass(frozen=True)
class Progress:
    """What a run has reached.

    Attributes:
        step: Steps taken, a whole number of hundreds unless it is the end.
        weights: State of the stacked model.
        optimiser: State of the optimiser.
        losses: Loss of every step so far and every model.
    """

    step: int
    weights: dict[str, Tensor]
    optimiser: dict[str, Any]
    losses: Tensor


@dataclass(frozen=True)
class ProgressFile:
    """Where it is kept.

    Attributes:
        path: The file.
        fingerprint: Digest of everything that the run depends on: data, features, parameters.
        every: Steps between two writes.
        resume: Whether what lies there is taken up.
    """

    path: Path
    fingerprint: str
    every: int
    resume: bool

    def due(self, step: int) -> bool:
        """Say whether it is time to write."""
        return step % self.every == 0

    def write(self, progress: Progress) -> None:
        """Replace the file in one move."""
        state = progress.optimiser["state"]
        buffer = io.BytesIO()
        torch.save(
            {
                "step": progress.step,
                "fingerprint": self.fingerprint,
                "weights": {k: v.detach().cpu().contiguous() for k, v in progress.weights.items()},
                "moments": {f"{n}.{k}": v.detach().cpu() for n, s in state.items() for k, v in s.items()},
                "losses": progress.losses,
            },
            buffer,
        )
        write_atomic(self.path, buffer.getvalue())

    def read(self, model: WorldModel, optimiser: torch.optim.Optimizer) -> Progress | None:
        """Put weights and optimiser back; None where there is nothing to take up, or it is not wanted.

        Raises:
            ArtifactError: Not such a file, or of a run on other data, features or parameters.
        """
        if not self.resume or not self.path.exists():
            return None
        found = self._load()
        if found["fingerprint"] != self.fingerprint:
            raise self._refuse(
                "fingerprint", "a run on the same data, features and parameters", "another's progress",
                "Give the options and the corpus it was begun with, another --out, or leave out --resume.",
            )  # fmt: skip
        try:
            model.load_state_dict(found["weights"])
            moments: dict[int, dict[str, Tensor]] = {}
            for name, value in found["moments"].items():
                number, _, key = name.partition(".")
                moments.setdefault(int(number), {})[key] = value
            optimiser.load_state_dict({**optimiser.state_dict(), "state": moments})
        except (RuntimeError, ValueError, KeyError, AttributeError) as error:
            raise self._refuse("weights", "this run's networks", str(error).split("\n")[0][:200]) from None
        return Progress(int(found["step"]), found["weights"], found["moments"], found["losses"])

    def _load(self) -> dict[str, Any]:
        try:
            found = torch.load(io.BytesIO(read_checkpoint(self.path)), map_location="cpu", weights_only=True)
        except (FormatError, OSError, RuntimeError, ValueError, EOFError, KeyError, UnpicklingError) as error:
            raise self._refuse("file", "the progress of a run", str(error).split("\n")[0][:200]) from None
        if not isinstance(found, dict) or set(found) != KEYS:
            raise self._refuse("keys", ", ".join(sorted(KEYS)), "others")
        return found

    def _refuse(
        self, field: str, expected: str, found: str, fix: str = "Leave out --resume, or give another --out."
    ) -> ArtifactError:
        return ArtifactError(where=self.path.name, field=field, expected=expected, found=found, fix=fix)
