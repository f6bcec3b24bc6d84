"""A training of the PINN encoder that is killed in the middle: does it go on to the same weights?"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kinetrace.models.pinn.joints import JOINTS
from kinetrace.store.publish import write_atomic
from kinetrace.training.pinn import train
from kinetrace.training.pinn_checkpoint import Progress, from_file, to_bytes
from kinetrace.training.pinn_data import Recording, WindowTable, window_table
from schemas.errors import ComputeError
from schemas.pinn import PinnParams

PARAMS = PinnParams(width=16, layers=1, d_state=8, graph_heads=2, window=16, rates_hz=(30.0,), batch_size=2, steps=80)
KEEP_EVERY = 5
PATIENCE_S = 120.0


def resume_difference() -> float:
    """Train in another process, kill it (SIGKILL) after its first checkpoint, go on, and compare with one that ran through.

    Returns:
        Largest absolute difference of any weight.

    Raises:
        ComputeError: The other process wrote no checkpoint, or was done before it could be killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        child = subprocess.Popen([sys.executable, "-m", "benchmarks.pinn_killed", str(path)])
        waited = time.monotonic()
        while not path.exists() and child.poll() is None and time.monotonic() - waited < PATIENCE_S:
            time.sleep(0.01)
        child.kill()
        child.wait()
        half = from_file(path, "cpu") if path.exists() else None
        if half is None or half.step >= PARAMS.steps:
            raise ComputeError(
                where="pinn benchmark", field="kill", expected="a checkpoint of a training under way",
                found="none" if half is None else "one that was done", fix="Run the benchmark again.",
            )  # fmt: skip
        resumed = train(_table(), PARAMS, progress=half)
    whole = train(_table(), PARAMS)
    return max(map(_largest, _weights(whole), _weights(resumed)))


def _table() -> WindowTable:
    random = np.random.default_rng(0)
    steps = random.standard_normal((60, len(JOINTS), 3)) * 0.01
    positions = (random.standard_normal((1, len(JOINTS), 3)) + steps.cumsum(axis=0)).astype(np.float32)
    present = np.ones(positions.shape[:2], dtype=bool)
    return window_table([Recording("made", "nobody", "drift", positions, present, 30.0)], PARAMS)


def _weights(progress: Progress) -> list[np.ndarray]:
    return [w.numpy() for w in progress.network.state_dict().values()]


def _largest(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).max())


if __name__ == "__main__":
    target = Path(sys.argv[1])
    train(_table(), PARAMS, keep=lambda p: write_atomic(target, to_bytes(p)), keep_every=KEEP_EVERY)
