"""What `kinetrace score` tells: total, axes, sub-scores with their reasons, the worst moments and a small picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.physics.feasibility import Feasibility
from kinetrace.physics.replay import Replayed
from schemas.base import Strict
from schemas.sim_replay import AXES, FaultInterval, Replay, SubScore
from stages.in_memory import Measured

_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDTH: Final = 60
_WORST: Final = 5
_LEFT_OUT: Final = ("boundary", "bridged")  # of the recording's ends and gaps, not of the motion
_NO_FLOOR: Final = (
    "no scanned floor: it is taken to be where the soles stand, so a body that floats or sinks by the same height "
    "throughout cannot be told"
)


class ScoreReport(Strict):
    """How feasible a recording's motion is."""

    path: str
    scorer: str
    corruption: str | None
    frames: int
    fps: float
    seconds: float
    movement: str
    movement_source: str
    mass_kg: float
    mass_source: str
    total: float
    forces_known_fraction: float
    axes: dict[str, float]
    sub_scores: tuple[SubScore, ...]
    worst: tuple[FaultInterval, ...]
    pictures: dict[str, str]
    notes: tuple[str, ...]

    def text(self) -> str:
        """Give the report for a person."""
        what = f" with the defect '{self.corruption}'" if self.corruption else ""
        whole = (
            self.scorer != "kinetrace" or self.forces_known_fraction >= 0.995
        )  # the public formula judges every frame
        part = "" if whole else f", forces known in {100 * self.forces_known_fraction:.0f} % of frames"
        lines = [
            f"{self.path}{what}: feasibility {self.total:.2f} of 1 ({self.scorer}){part}",
            f"{self.frames} frames at {self.fps:g} Hz, {self.seconds:.2f} s; {self.movement.replace('_', '-')} "
            f"({self.movement_source}); {self.mass_kg:.4g} kg ({self.mass_source})",
        ]
        for axis, value in self.axes.items():
            lines += ["", f"{axis:<23}{value:5.2f}  {self.pictures[axis]}"]
            for sub in (s for s in self.sub_scores if s.axis == axis):
                shown = "    -" if sub.score is None else f"{sub.score:5.2f}"
                lines.append(f"  {sub.name.replace('_', ' '):<21}{shown}  {sub.explanation}")
        lines += ["", "Worst moments:" if self.worst else "No doubtful moment."]
        lines += [
            f"  {w.start_s:6.2f} to {w.end_s:.2f} s  {w.fault.replace('_', ' ')}, worst {w.worst:.3g} {w.units}"
            for w in self.worst
        ]
        return "\n".join(lines + [f"note: {note}" for note in self.notes])


def score_report(
    path: str,
    corruption: str | None,
    replay: Replay,
    found: Replayed,
    movement: tuple[str, str],
    notes: tuple[str, ...] = (),
) -> ScoreReport:
    """Put the report together.

    Args:
        path: The recording.
        corruption: Defect that was put in, if any.
        replay: Stage 4's document.
        found: The replay with the score of every frame.
        movement: What is done, and who says so.
        notes: What a reader has to know beside stage 4's notes.
    """
    feasibility, inner = found.feasibility, ~found.evidence.boundary
    frames = len(feasibility.table)
    log = [i for i in replay.validation_log if i.fault not in _LEFT_OUT]
    longest = sorted(log, key=lambda i: (i.start_frame - i.end_frame, i.start_frame, i.fault))[:_WORST]
    return ScoreReport(
        path=path,
        scorer=replay.scorer,
        corruption=corruption,
        frames=frames,
        fps=replay.fps,
        seconds=frames / replay.fps,
        movement=movement[0],
        movement_source=movement[1],
        mass_kg=replay.humanoid.total_mass_kg,
        mass_source=replay.humanoid.mass_source,
        total=replay.total_score,
        forces_known_fraction=float(found.evidence.judged[inner].mean()),
        axes=dict(replay.axis_scores),
        sub_scores=replay.sub_scores,
        worst=tuple(sorted(longest, key=lambda i: i.start_frame)),
        pictures={axis: sparkline(axis_frames(feasibility, names)) for axis, names in AXES.items()},
        notes=_without_repeats(notes + replay.notes),
    )


def _without_repeats(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a note with which another one begins: a later stage says it with its figures."""
    once = tuple(dict.fromkeys(notes))
    return tuple(note for note in once if not any(other != note and other.startswith(note) for other in once))


def told_before(of: Measured) -> tuple[str, ...]:
    """Give what stages 0 to 2 assumed, left out or could not know of a recording."""
    source, alignment = of.adapter.source_info, of.alignment
    floor = (_NO_FLOOR,) if alignment.floor_source == "sole_envelope" else ()
    checks = tuple(f"check {c.name}: {c.value:.3f}, expected {c.bound}" for c in alignment.checks if not c.ok)
    return (*source.assumptions, *source.left_out, *floor, *checks, *of.state.notes)


def axis_frames(feasibility: Feasibility, names: tuple[str, ...]) -> Float[np.ndarray, "frames"]:
    """Give an axis frame by frame: the geometric mean of its sub-scores that are known."""
    known = [feasibility.frames[name].scores for name in names if feasibility.frames[name].known]
    return np.asarray(np.prod(known, axis=0) ** (1.0 / len(known)))


def sparkline(scores: Float[np.ndarray, "frames"], width: int = _WIDTH) -> str:
    """Draw scores from 0 to 1 over time in one line; each character is the worst of its stretch."""
    parts = np.array_split(scores, min(width, len(scores)))
    return "".join(_BARS[min(int(part.min() * len(_BARS)), len(_BARS) - 1)] for part in parts)
