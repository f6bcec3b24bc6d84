"""Equal seeds, equal numbers: a scope in which torch neither inherits nor leaves any state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def reproducible(seed: int, device: str) -> Iterator[torch.Generator]:
    """Seed torch and use one thread; give both back as they were.

    One thread makes sums on the CPU independent of the machine's core count, and is the faster choice for networks
    this small.

    Args:
        seed: Seed of weights, dropout and sampling.
        device: Where the work is done.

    Yields:
        A generator on the device for sampling.
    """
    threads = torch.get_num_threads()
    devices = [torch.device(device)] if device != "cpu" else []
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            yield torch.Generator(device=device).manual_seed(seed)
    finally:
        torch.set_num_threads(threads)
