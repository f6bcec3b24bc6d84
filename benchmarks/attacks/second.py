"""The second verifier beside the first: both are asked about the same random trees, good and tampered."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.attacks.made import random_target
from benchmarks.attacks.structural import HEAD_NEEDED, STRUCTURAL
from benchmarks.attacks.target import Target, judge
from kinetrace.store.execute import SOURCE

VERIFIER = SOURCE / "tools" / "verify.sh"
PROGRAMS = ("bash", "jq", "sha256sum", "ssh-keygen")
MAX_STAGES = 5


@dataclass(frozen=True)
class Pair:
    """What the two said of one tree: None for sound, else what was found."""

    what: str
    first: str | None
    second: str | None

    @property
    def agree(self) -> bool:
        """Whether both call it sound, or neither."""
        return (self.first is None) == (self.second is None)


def missing() -> list[str]:
    """List what the second verifier lacks here."""
    return [name for name in PROGRAMS if shutil.which(name) is None] + ([] if VERIFIER.is_file() else [VERIFIER.name])


def compare(number: int, seed: int, scratch: Path) -> Pair:
    """Make tree `number`, tamper with it if the number is odd, and ask both.

    The attacks that need a head kept outside are left out, as the second verifier is not told one.
    """
    rng = np.random.default_rng((seed, number))
    target = random_target(scratch / f"tree{number}", rng, int(rng.integers(3, MAX_STAGES + 1)))
    what = "good"
    if number % 2:
        what = _tamper(target, rng)
    verdict = judge(target, fast=False)
    first = verdict.crash or (", ".join(verdict.codes) if verdict.detected else None)
    pair = Pair(what, first, second_opinion(target))
    shutil.rmtree(target.workspace.root)
    return pair


def _tamper(target: Target, rng: np.random.Generator) -> str:
    names = [name for name in STRUCTURAL if name not in HEAD_NEEDED]
    if rng.random() < 0.25:
        files = [p for p in target.files() if p.stat().st_size]
        path = files[int(rng.integers(len(files)))]
        data = bytearray(path.read_bytes())
        data[int(rng.integers(len(data)))] ^= int(rng.integers(1, 256))
        path.write_bytes(data)
        return "one byte"
    name = names[int(rng.integers(len(names)))]
    STRUCTURAL[name](target, rng)
    return name


def second_opinion(target: Target) -> str | None:
    """Ask `tools/verify.sh`; None when it finds the capture sound."""
    root = target.workspace.root
    ended = subprocess.run(
        ["bash", str(VERIFIER), str(root / "artifacts"), target.capture],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    return None if ended.returncode == 0 else (ended.stdout + ended.stderr).strip()[-200:] or f"exit {ended.returncode}"
