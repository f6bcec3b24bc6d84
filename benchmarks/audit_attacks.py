"""What the audit says to thousands of attacks on a sealed capture, and to what people rightly do with one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.attacks.benign import BENIGN
from benchmarks.attacks.made import simulated_target
from benchmarks.attacks.named import NAMED
from benchmarks.attacks.second import compare, missing
from benchmarks.attacks.shares import Outcome, attack
from benchmarks.attacks.structural import STRUCTURAL
from benchmarks.attacks.target import Target, Verdict, judge
from benchmarks.progress import track
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure
from schemas.errors import UncheckableError

BYTES, SHAPES, TREES, SEED = 10_000, 5_000, 200, 20260101
DVC = "dvc status: 13 of 22 ways to tamper"


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Seal a simulated capture of ten stages in a scratch project and attack it.

    Raises:
        ComputeError: The capture could not be made.
    """
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        target = simulated_target(scratch / "pristine")
        single = attack(target, "bytes", BYTES, SEED, scratch)
        shapes = attack(target, "structural", SHAPES, SEED, scratch)
        named = named_attacks(target, scratch)
        alarms = false_alarms(target, scratch)
        found = figures(target, single, shapes, named, alarms)
        return {**found, "second_verifier": second_verifier(TREES, scratch)}


def named_attacks(target: Target, scratch: Path) -> list[Outcome]:
    """Carry out every named attack on a copy; the verdict keeps only findings of the promise that had to be found broken."""
    found = []
    for index, (name, named) in enumerate(track(NAMED.items(), "named attacks", total=len(NAMED))):
        mine = target.copy(scratch / f"named{index}")
        named.attack(mine)
        verdicts = [judge(mine, fast, named.head) for fast in (False, True)]
        strong, fast = (v if v.crash or named.promise in v.promises else Verdict(()) for v in verdicts)
        found.append(Outcome(index, name, strong, fast))
        shutil.rmtree(mine.workspace.root)
    return found


def false_alarms(target: Target, scratch: Path) -> dict[str, list[str] | None]:
    """Do every harmless thing; give the codes of the findings for each, None where it cannot be tried here."""
    found: dict[str, list[str] | None] = {}
    for index, (name, benign) in enumerate(track(BENIGN.items(), "harmless things", total=len(BENIGN))):
        place = scratch / f"benign{index}"
        place.mkdir()
        try:
            found[name] = benign(target, place)
        except UncheckableError as error:
            found[f"{name} ({error.found})"] = None
        shutil.rmtree(place)
    return found


def figures(
    target: Target, single: list[Outcome], shapes: list[Outcome], named: list[Outcome],
    alarms: dict[str, list[str] | None],
) -> dict[str, Figure]:  # fmt: skip
    """Count."""
    files = target.files()
    size = sum(p.stat().st_size for p in files)
    tree = f"{len(files)} files, {size / 1e6:.1f} MB: outputs, manifests, recording, ledger, seals, signatures"
    classes = f"{len(STRUCTURAL)} classes, fast and strong; forged consistently: the stages under the root"
    crashes = [o for o in (*single, *shapes, *named) if o.strong.crash or o.fast.crash]
    return {
        "bytes.strong": _all([o.what for o in single if not o.strong.detected], len(single), tree),
        "bytes.fast": _all([o.what for o in single if not o.fast.detected], len(single), "xxh3_128 for outputs"),
        "one_cause": one_cause(single),
        "structural": _all(_missed(shapes), len(shapes), classes, DVC),
        "named": _all(_missed(named), len(named), "fast and strong, each by the promise that it breaks", DVC),
        "false_alarms": _alarms(alarms),
        "crashes": Figure(
            value=float(len(crashes)), units="crashes", goal="0", holds=not crashes,
            note="; ".join(f"{o.what}: {o.strong.crash or o.fast.crash}" for o in crashes[:3]),
        ),
    }  # fmt: skip


def second_verifier(trees: int, scratch: Path) -> Figure:
    """Say on how many random trees, every other one tampered with, the second verifier agrees with the first."""
    goal = f"{trees}"
    if lacking := missing():
        return Figure(value=None, units=f"of {trees}", goal=goal, note=f"not here: {', '.join(lacking)}")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        asked = [pool.submit(compare, number, SEED, scratch) for number in range(trees)]
        pairs = [one.result() for one in track(asked, f"{trees} trees, two verifiers", total=trees)]
    odd = [f"{p.what} (first: {p.first}, second: {p.second})" for p in pairs if not p.agree]
    bad = sum(p.first is not None for p in pairs)
    note = f"tools/verify.sh; {trees - bad} sound, {bad} tampered" + "".join(f"; {text}" for text in odd[:3])
    return Figure(value=float(trees - len(odd)), units=f"of {trees}", goal=goal, holds=not odd, note=note)


def one_cause(single: list[Outcome]) -> Figure:
    """Say for how many changed bytes both audits name exactly one root cause."""
    one = sum(len(o.strong.codes) == 1 and len(o.fast.codes) == 1 for o in single)
    share = 100.0 * one / len(single)
    note = "exactly one finding for one changed byte, in both audits"
    return Figure(value=share, units="%", goal="≥ 99", holds=share >= 99.0, note=note)


def _missed(outcomes: Iterable[Outcome]) -> list[str]:
    return [o.what for o in outcomes if not (o.strong.detected and o.fast.detected)]


def _all(missed: list[str], total: int, note: str, peer: str | None = None) -> Figure:
    missing = f"missed: {', '.join(sorted(set(missed))[:8])}; " if missed else ""
    return Figure(
        value=float(total - len(missed)),
        units=f"of {total}",
        goal=f"{total}",
        holds=not missed,
        peer=peer,
        note=missing + note,
    )


def _alarms(alarms: dict[str, list[str] | None]) -> Figure:
    untried = [name for name, codes in alarms.items() if codes is None]
    rung = {name: codes for name, codes in alarms.items() if codes}
    total = sum(len(codes) for codes in rung.values())
    note = "; ".join(f"{name}: {', '.join(sorted(set(codes)))}" for name, codes in rung.items()) or ", ".join(alarms)
    if untried:
        note += f"; could not be tried here: {', '.join(untried)}"
    return Figure(value=float(total), units="findings", goal="0", holds=not rung and not untried, note=note)
