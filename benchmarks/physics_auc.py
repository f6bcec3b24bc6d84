"""Does the feasibility score tell real motion from corrupted? Ours and the public formula, on the same clips and replays.

AUC = P(a real clip scores higher than a corrupted one), ties half, over all pairs of clips. Each defect is put in behind
alignment, and the floor, the body and the feet's calibration are the clean clip's (`stages/corrupted.py` says why).
"""

from __future__ import annotations

import multiprocessing
from typing import Final

import numpy as np
from jaxtyping import Float

from benchmarks.progress import track
from benchmarks.recordings import data_folder
from benchmarks.score_clips import GRADED, MILD, Judged, Scores, by_movement, judge, real_clips
from kinetrace.physics.corruptions import CORRUPTIONS
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure

GOAL: Final = 0.95
SAME: Final = (0.4, 0.6)
REAL: Final = 0.85
MIN_CLIPS: Final = 60
AXES: Final = ("kinematic", "contact", "dynamic")
ASKED: Final = (
    "float", "hover", "sink", "skate", "lean", "jitter", "root_jitter", "frozen_slide", "interpenetration",
)  # fmt: skip
MOVEMENTS: Final = ("stand", "walk", "squat", "sit_to_stand", "run")
PUBLISHED: Final = {
    "jitter": 0.99, "root_jitter": 0.95, "frozen_slide": 0.89, "speed_double": 0.82, "skate": 0.76, "hover": 0.60,
    "sink": 0.59, "lean": 0.57, "float": 0.52, "speed_half": 0.26,
}  # fmt: skip
"""The public scorer with its own humanoid and its own severities, on 71 CMU clips."""
PROCESSES: Final = 2
_DRAWS: Final = 1000


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Score every clip clean and corrupted and compare.

    Raises:
        UncheckableError: The recordings are not there.
    """
    clips = real_clips(data_folder())
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        judged = list(track(pool.imap(judge, clips), "clips", total=len(clips)))
    return figures(judged)


def figures(judged: list[Judged]) -> dict[str, Figure]:
    """Lay the scores out as figures."""
    whole = [c for c in judged if c.clean is not None and c.correct is not False]
    refused = sorted(c.name for c in judged if c.clean is None)
    count = len(whole)
    note = f"of {len(judged)}; {sum(c.correct is False for c in judged)} are done wrong on purpose and only compared"
    note += f"; refused: {', '.join(refused)}" if refused else ""
    table = {"clips": Figure(value=float(count), units="", goal=f"≥ {MIN_CLIPS}", holds=count >= MIN_CLIPS, note=note)}
    for name in CORRUPTIONS:
        table |= _corruption(name, whole)
    for name in GRADED:
        table |= _mild(name, whole)
    for movement, clips in by_movement(whole):
        table |= _real(movement, clips)
    return table | _prmd([c for c in judged if c.correct is not None and c.clean is not None])


def auc(real: Float[np.ndarray, "real"], corrupted: Float[np.ndarray, "corrupted"]) -> float:
    """Give P(real > corrupted) over all pairs, ties half."""
    return float(_wins(real, corrupted).mean())


def interval(
    real: Float[np.ndarray, "clips"], corrupted: Float[np.ndarray, "clips"], draws: int = _DRAWS
) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of the AUC: whole clips are drawn, a real one with its corrupted one."""
    wins = _wins(real, corrupted)
    weights = np.random.default_rng(0).multinomial(len(real), np.full(len(real), 1.0 / len(real)), size=draws)
    found = np.einsum("di,ij,dj->d", weights, wins, weights) / len(real) ** 2
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def _wins(real: Float[np.ndarray, "real"], corrupted: Float[np.ndarray, "corrupted"]) -> np.ndarray:
    difference = np.round(real[:, None] - corrupted[None], 9)  # a last digit is no difference
    return np.asarray((np.sign(difference) + 1.0) / 2.0)


def _corruption(name: str, clips: list[Judged]) -> dict[str, Figure]:
    pairs = [(c.clean, c.corrupted[name], c) for c in clips if c.clean is not None and name in c.corrupted]
    if not pairs:
        return {}

    def column(which: str, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Give a key of the clean and of the corrupted clips; an axis of which nothing is known is left out."""
        real, spoilt = ([getattr(pair[k], which).get(key, np.nan) for pair in pairs] for k in (0, 1))
        both = ~np.isnan(real) & ~np.isnan(spoilt)
        return np.array(real)[both], np.array(spoilt)[both]

    ours, public = column("ours", "total"), column("public", "total")
    value, other = auc(*ours), auc(*public)
    low, high = interval(*ours)
    axes = ", ".join(f"{axis} {auc(*column('ours', axis)):.2f}" for axis in AXES)
    elsewhere = [k for k, pair in enumerate(pairs) if not pair[2].name.startswith("opencap_s4")]
    apart = auc(ours[0][elsewhere], ours[1][elsewhere]) if elsewhere else float("nan")
    own = float(np.mean(ours[0] > ours[1]))
    refused = sum(name in c.refusals for c in clips)
    note = f"{CORRUPTIONS[name].severity}; 95 % {low:.3f} to {high:.3f}, {len(pairs)} clips; by axis: {axes}; below its own "
    note += f"clean clip {own:.0%}; without opencap_s4 {apart:.3f}" + (f"; {refused} refused" if refused else "")
    published = f", {PUBLISHED[name]:.2f} as published with its own humanoid" if name in PUBLISHED else ""
    goal, holds = _goal(name, value)
    public_low, public_high = interval(*public)
    return {
        f"auc.{name}": Figure(
            value=round(value, 4), units="AUC", goal=goal, holds=holds, peer=f"public formula {other:.2f}{published}", note=note
        ),
        f"public.{name}": Figure(
            value=round(other, 4), units="AUC", note=f"95 % {public_low:.3f} to {public_high:.3f}{published}"
        ),
    }  # fmt: skip


def _mild(name: str, clips: list[Judged]) -> dict[str, Figure]:
    """Give the AUC at a part of the severity, where every score begins to fail."""
    pairs = [(c.clean, c.mild[name]) for c in clips if c.clean is not None and name in c.mild]
    if not pairs:
        return {}
    value, other = (
        auc(*(np.array([getattr(p[k], w)["total"] for p in pairs]) for k in (0, 1))) for w in ("ours", "public")
    )
    note = f"{MILD:g} of: {CORRUPTIONS[name].severity}"
    return {f"mild.{name}": Figure(value=round(value, 4), units="AUC", peer=f"public formula {other:.2f}", note=note)}


def _goal(name: str, value: float) -> tuple[str | None, bool | None]:
    if name in ASKED:
        return f"≥ {GOAL:g}", value >= GOAL
    if name == "speed_half":
        return f"{SAME[0]:g} to {SAME[1]:g}", SAME[0] <= value <= SAME[1]
    return None, None


def _real(movement: str, clips: list[Judged]) -> dict[str, Figure]:
    found = {}
    asked = movement in MOVEMENTS
    for axis in AXES:
        ours = {c.name: c.clean.ours[axis] for c in clips if c.clean is not None and axis in c.clean.ours}
        public = [c.clean.public[axis] for c in clips if c.clean is not None]
        if not ours:
            continue
        value, worst = float(np.mean(list(ours.values()))), min(ours, key=lambda name: ours[name])
        below = sum(score < REAL for score in ours.values())
        found[f"real.{movement}.{axis}"] = Figure(
            value=round(value, 4), units="of 1", goal=f"≥ {REAL:g}" if asked else None, holds=value >= REAL if asked else None,
            peer=f"public formula {np.mean(public):.2f}",
            note=f"mean of {len(ours)} clips, {below} below {REAL:g}",
        )  # fmt: skip
        found[f"real.{movement}.{axis}.worst"] = Figure(
            value=round(ours[worst], 4), units="of 1", goal=f"≥ {REAL:g}" if asked else None,
            holds=ours[worst] >= REAL if asked else None, peer=f"public formula {min(public):.2f}", note=worst,
        )  # fmt: skip
    return found


def _prmd(clips: list[Judged]) -> dict[str, Figure]:
    """Compare repetitions that people did correctly with those they did wrong on purpose."""
    right, wrong = (_scores([c for c in clips if c.correct is which]) for which in (True, False))
    if not right or not wrong:
        return {}

    def by(which: str, key: str) -> float:
        tables = ([getattr(s, which) for s in side] for side in (right, wrong))
        return auc(*(np.array([table[key] for table in side if key in table]) for side in tables))

    axes = ", ".join(f"{axis} {by('ours', axis):.2f}" for axis in AXES)
    note = (
        f"{len(right)} correct, {len(wrong)} incorrect repetitions; by axis: {axes}; wrong technique is not infeasible"
    )
    peer = f"public formula {by('public', 'total'):.2f}"
    value = round(by("ours", "total"), 4)
    return {"uiprmd.correct_vs_incorrect": Figure(value=value, units="AUC", peer=peer, note=note)}


def _scores(clips: list[Judged]) -> list[Scores]:
    return [c.clean for c in clips if c.clean is not None]
