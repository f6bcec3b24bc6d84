"""Attacks by the thousand, shared among the processor's cores; each share has its own copy of the sealed capture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.attacks.single_bytes import change_bytes
from benchmarks.attacks.structural import HEAD_NEEDED, STRUCTURAL
from benchmarks.attacks.target import Target, Verdict, judge
from benchmarks.progress import track
from schemas.errors import ComputeError

SHARE = 50
Kind = Literal["bytes", "structural"]


@dataclass(frozen=True)
class Outcome:
    """What the strong and the fast audit said to one attack."""

    index: int
    what: str
    strong: Verdict
    fast: Verdict


def attack(pristine: Target, kind: Kind, count: int, seed: int, scratch: Path) -> list[Outcome]:
    """Carry out attacks number 0 to `count` − 1 on copies of a sealed capture, on all cores.

    Args:
        pristine: The sealed capture; it stays as it is.
        kind: One changed byte each, or one structural mutation each, the classes taking turns.
        count: How many.
        seed: Same seed, same attacks.
        scratch: Folder for the copies.
    """
    starts = range(0, count, SHARE)
    # Spawned: a fork would inherit the thread that draws the progress bar.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        shares = [
            pool.submit(share, pristine, kind, range(s, min(s + SHARE, count)), seed, scratch / f"{kind}{s}")
            for s in starts
        ]
        done = track(as_completed(shares), f"{count} attacks ({kind})", total=len(starts))
        found = [outcome for ended in done for outcome in ended.result()]
    return sorted(found, key=lambda outcome: outcome.index)


def share(pristine: Target, kind: Kind, indices: range, seed: int, place: Path) -> list[Outcome]:
    """Carry out some of the attacks in this process.

    Raises:
        ComputeError: The copy was not as it had been when all attacks were taken back, so nothing was shown.
    """
    mine = pristine.copy(place)
    if kind == "bytes":
        found = [Outcome(*one) for one in change_bytes(mine, indices, seed)]
    else:
        found = list(_structural(mine, pristine, indices, seed))
    if (after := judge(mine, fast=False)).detected or after.crash:
        raise ComputeError(
            where=str(place), field=kind, expected="a clean capture once the attacks are taken back", found=str(after),
            fix="The attacks are not independent of each other; mend benchmarks/attacks.",
        )  # fmt: skip
    shutil.rmtree(place)
    return found


def _structural(mine: Target, pristine: Target, indices: range, seed: int) -> Iterator[Outcome]:
    names = list(STRUCTURAL)
    for index in indices:
        name = names[index % len(names)]
        STRUCTURAL[name](mine, np.random.default_rng((seed, index)))
        head = name in HEAD_NEEDED
        yield Outcome(index, name, judge(mine, False, head), judge(mine, True, head))
        mine.restore(pristine)
