"""The real clips that the feasibility score is measured on, and what one clip scores clean and with each defect.

The clips: all of `opencap_s4`; the standing trials of `welk007` and `gait2354`; of UI-PRMD (Vicon) the fifth repetition of
subjects 3 to 6 in every movement, done correctly, and incorrectly for the comparison of the two; of CMU every second file in
the archive's order, and every fourth of `walking_extra`. The first six seconds at 50 to 60 Hz. The score was worked on with
other clips: UI-PRMD's subjects 1 and 2 and CMU's remaining files, one run here (`train_running_4`) among them; of the others
here only `opencap_s4` has also set constants (`score_table.py` says which).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from adapters.corpus import Take, takes
from kinetrace.physics import phymotion
from kinetrace.physics.corruptions import CORRUPTIONS
from kinetrace.physics.feasibility import Feasibility
from kinetrace.physics.replay import Replayed
from schemas.adapter import AdapterParams
from schemas.errors import KinetraceError
from schemas.motion import AdapterArrays
from stages.corrupted import replayed_with_defect
from stages.in_memory import measured, replayed

LONGEST_S: Final = 6.0
MAX_FPS: Final = 60.0
MILD: Final = 0.25
GRADED: Final = ("float", "sink", "skate", "lean", "jitter", "root_jitter")
"""Also tried at a quarter of their severity: float and sink 2.5 cm, skate 0.125 m/s, lean 5°, jitter 2.5 mm."""
_STANDING: Final = ("welk007_single_leg", "gait2354_treadmill")
_FOLDERS: Final = ("opencap_s4", *_STANDING, "ui_prmd", "cmu_mocap")
_PRMD_SUBJECTS: Final = ("s03", "s04", "s05", "s06")
_PRMD_TAKES: Final = ("e05", "e05_inc")
_NAMES: Final = {"standing": "stand", "walking": "walk", "deep_squat": "squat", "running": "run"}


@dataclass(frozen=True)
class RealClip:
    """One real clip.

    Attributes:
        take: Where it is.
        movement: What is done: `stand`, `walk`, `walk_extra`, `squat`, `sit_to_stand`, `run`, `jump`, …
        whole: With all corruptions, not only clean.
    """

    take: Take
    movement: str
    whole: bool = True


@dataclass(frozen=True)
class Scores:
    """Both scorers on one motion: total, then the three axes of each."""

    ours: dict[str, float]
    public: dict[str, float]


@dataclass(frozen=True)
class Judged:
    """One clip's scores: clean, by corruption and by corruption of a quarter's strength; refusals in words."""

    name: str
    movement: str
    correct: bool | None
    clean: Scores | None
    corrupted: dict[str, Scores]
    mild: dict[str, Scores]
    refusals: dict[str, str]


def real_clips(data: Path) -> list[RealClip]:
    """Choose the clips by the rule above."""
    every = list(takes([data / name for name in _FOLDERS]))
    standing = [t for t in every if t.source in _STANDING and t.movement == "standing"]
    found = [RealClip(t, _movement(t)) for t in every if t.source == "opencap_s4" or t in standing]
    prmd = [t for t in every if t.source == "ui_prmd_vicon" and t.subject[-3:] in _PRMD_SUBJECTS]
    found += [RealClip(t, _movement(t), whole=t.correct is True) for t in prmd if t.take in _PRMD_TAKES]
    cmu = [t for t in every if t.source == "cmu_expmap"][::2]
    extra = [t for t in cmu if "walking_extra" in t.take]
    found += [RealClip(t, _movement(t)) for t in cmu if t not in extra]
    return found + [RealClip(t, "walk_extra") for t in extra[::2]]


def judge(clip: RealClip) -> Judged:
    """Score a clip clean and with every defect, by our formula and the public one, on the same replay."""
    take = clip.take if clip.movement != "run" else replace(clip.take, kind=None)  # as one who declares nothing
    corrupted: dict[str, Scores] = {}
    mild: dict[str, Scores] = {}
    refusals: dict[str, str] = {}
    clean = None
    try:
        adapter, arrays = take.open(AdapterParams(max_fps=MAX_FPS))
        of = measured(adapter, first(arrays, round(LONGEST_S * adapter.source_info.fps)))
        real = replayed(of)
        clean = _scores(real)
        for name in CORRUPTIONS if clip.whole else ():
            try:
                corrupted[name] = _scores(replayed_with_defect(of, real, name, seed=0))
                if name in GRADED:
                    mild[name] = _scores(replayed_with_defect(of, real, name, seed=0, strength=MILD))
            except KinetraceError as error:
                refusals[name] = str(error)
    except KinetraceError as error:
        refusals["clean"] = str(error)
    return Judged(take.name, clip.movement, take.correct, clean, corrupted, mild, refusals)


def first(arrays: AdapterArrays, frames: int) -> AdapterArrays:
    """Give the first frames of a recording."""
    return AdapterArrays(
        positions=arrays.positions[:frames],
        validity=arrays.validity[:frames],
        time=arrays.time[:frames],
        reasons=arrays.reasons[:frames],
        scan_points=arrays.scan_points,
    )


def by_movement(clips: list[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """Group the clips that could be judged by what is done in them, sorted."""
    for movement in sorted({c.movement for c in clips}):
        yield movement, [c for c in clips if c.movement == movement and c.clean is not None]


def _movement(take: Take) -> str:
    return _NAMES.get(take.movement, take.movement)


def _scores(found: Replayed) -> Scores:
    return Scores(_table(found.feasibility), _table(phymotion.score(found.evidence)))


def _table(found: Feasibility) -> dict[str, float]:
    return {"total": found.total, **found.axes}
