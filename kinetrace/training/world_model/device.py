"""Where the numbers are crunched, and what happens when there is not enough of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from schemas.errors import ComputeError


def choose_device(asked: str) -> str:
    """Turn the parameter into a device: `auto` takes a GPU where there is one.

    Raises:
        ComputeError: A GPU was asked for and there is none.
    """
    if asked == "cuda" and not torch.cuda.is_available():
        raise ComputeError(
            where="params.yaml",
            field="world_model.device",
            expected="a CUDA device",
            found="none",
            fix="Set it to auto or cpu.",
        )
    return "cpu" if asked == "cpu" or not torch.cuda.is_available() else "cuda"


def device_name(device: str) -> str:
    """Name a device for the record: cpu, or cuda with the model of the GPU."""
    return device if device == "cpu" else f"{device}:{torch.cuda.get_device_name()}"


@contextmanager
def enough_memory(batch_size: int) -> Iterator[None]:
    """Turn running out of memory into a refusal that says what would fit.

    Raises:
        ComputeError: The device, or this machine, has no more memory.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        text = str(error).split("\n")[0]
        other = not isinstance(error, (torch.OutOfMemoryError, MemoryError))
        if other and "memory" not in text.lower():
            raise
        raise ComputeError(
            where="world model",
            field="memory",
            expected="room for states, weights and a batch",
            found=text[:200] or "no more",
            fix=f"Lower `batch_size` (now {batch_size}), train fewer models at once, or use `device: cpu`.",
        ) from None
