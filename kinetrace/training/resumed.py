"""What every interrupted training has in its file: a torch archive of known keys, and AdamW's moments."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch
from torch import Tensor

from kinetrace.store.safe_io.checkpoint import read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError
from schemas.base import Strict
from schemas.errors import ArtifactError

MOMENTS: Final = ("step", "exp_avg", "exp_avg_sq")
Refuse = Callable[[str, str, str], ArtifactError]


def refusal(path: Path) -> Refuse:
    """Give what makes the errors of one file."""

    def refuse(field: str, expected: str, found: str) -> ArtifactError:
        fix = "Train from the start, into another folder."
        return ArtifactError(where=path.name, field=field, expected=expected, found=found, fix=fix)

    return refuse


def read_archive(path: Path, keys: frozenset[str], refuse: Refuse) -> dict[str, Any]:
    """Read a torch archive of tensors and plain values.

    Raises:
        ArtifactError: Not such a file, or with other keys.
    """
    try:
        found = torch.load(io.BytesIO(read_checkpoint(path)), map_location="cpu", weights_only=True)
    except FormatError as error:
        raise refuse(error.field, error.expected, error.found) from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, UnpicklingError) as error:
        raise refuse("file", "a torch archive of tensors and plain values", str(error).split("\n")[0]) from None
    if not isinstance(found, dict) or set(found) != keys:
        raise refuse("keys", ", ".join(sorted(keys)), "others")
    return found


def moments_of(optimiser: torch.optim.AdamW) -> dict[str, Tensor]:
    """Give the optimiser's state as named tensors."""
    state = optimiser.state_dict()["state"]
    return plain_tensors((f"{k}.{name}", state[k][name]) for k in state for name in MOMENTS)


def restore_moments(optimiser: torch.optim.AdamW, moments: Any, refuse: Refuse) -> None:
    """Put a state that `moments_of` gave back into an optimiser over the same weights.

    Raises:
        ArtifactError: Other tensors, other shapes, or numbers that are not finite.
    """
    weights = [w for group in optimiser.param_groups for w in group["params"]]
    want = {f"{k}.{n}": () if n == "step" else tuple(w.shape) for k, w in enumerate(weights) for n in MOMENTS}
    if not isinstance(moments, dict) or set(moments) != set(want):
        raise refuse("optimiser", f"{len(want)} tensors", "others")
    for name, shape in want.items():
        value = moments[name]
        if not isinstance(value, Tensor) or tuple(value.shape) != shape or not bool(value.isfinite().all()):
            raise refuse(f"optimiser.{name}", f"finite numbers of shape {shape}", "something else")
    state = {k: {n: moments[f"{k}.{n}"] for n in MOMENTS} for k in range(len(weights))}
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def plain_tensors(items: Iterable[tuple[str, Tensor]]) -> dict[str, Tensor]:
    """Give tensors as they are written: on the CPU, in one piece, without a graph."""
    return {name: value.detach().cpu().contiguous() for name, value in items}


def another_training(theirs: Strict, ours: Strict) -> ArtifactError:
    """Say in what a checkpoint's parameters differ from those that are given now; if in nothing, its recordings do."""
    was, wanted = theirs.model_dump(), ours.model_dump()
    differ = [f"{name} {was[name]}" for name in wanted if was[name] != wanted[name]]
    return ArtifactError(
        where="checkpoint.pt", field="training", expected="the parameters and recordings that are given now",
        found=f"a training with {', '.join(differ) or 'other recordings'}",
        fix="Resume with the same ones, or train into another folder.",
    )  # fmt: skip
