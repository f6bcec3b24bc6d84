"""The trials with force plates: what to read, what the plates weigh, and the motion as it is handed to the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

import numpy as np
from jaxtyping import Float

from adapters.ingest import Declared, read
from benchmarks.plates import Plates, Pushes, by_foot, crossings, read_pushes, sampled
from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.physics.replay import Replayed
from schemas.adapter import AdapterResult
from schemas.motion import AdapterArrays
from stages.in_memory import Measured, measured, replayed

Kind = Literal["walk", "squat", "static", "sts", "jump", "balance"]


@dataclass(frozen=True)
class PlateTrial:
    """One recording with plates.

    Attributes:
        key: `<set>.<trial>`.
        kind: What is done.
        motion: File below the data folder.
        plates: Force file; None where the motion file holds the plates.
        static: Static trial, or None.
        mass_kg, height_m: As a user would declare them; None where the file itself says.
        together: One plate carries both feet: only their total can be compared.
    """

    key: str
    kind: Kind
    motion: str
    plates: str | None = None
    static: str | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    together: bool = False

    @property
    def session(self) -> tuple[str, bool]:
        """Trials whose plates are weighed together: one person's walks, or everything else they did."""
        name = self.key if self.key.startswith("btk.") else self.key.split(".")[0]
        return name, self.kind == "walk"


@dataclass(frozen=True)
class Compared:
    """One trial through the pipeline, with its plates on the same clock."""

    trial: PlateTrial
    state: Measured
    replay: Replayed
    native: Plates
    plates: Plates


def _opencap(name: str, kind: Kind) -> PlateTrial:
    folder = "opencap_s4"
    motion, plates = f"{folder}/{name}.trc", f"{folder}/{name}_grf.mot"
    return PlateTrial(f"{folder}.{name}", kind, motion, plates, f"{folder}/static1.trc", 62.6)


TRIALS: Final = (
    _opencap("static1", "static"),
    *(_opencap(name, "walk") for name in ("walking1", "walking2", "walkingTS1", "walkingTI1", "walkingTO1")),
    *(_opencap(name, "squat") for name in ("squats1", "squatsAsym1")),
    *(_opencap(name, "sts") for name in ("STS1", "STSAsym1", "STSweakLegs1")),
    _opencap("DJ1", "jump"),
    PlateTrial(
        "rajagopal_walk.walk", "walk", "rajagopal_walk/markers_walk.trc", "rajagopal_walk/grf_walk.mot", mass_kg=85.0
    ),
    PlateTrial(
        "gait2354_treadmill.walk1",
        "walk",
        "gait2354_treadmill/subject01_walk1.trc",
        "gait2354_treadmill/subject01_walk1_grf.mot",
        "gait2354_treadmill/subject01_static.trc",
        72.6,
        1.803,
    ),
    PlateTrial("btk.FunctionalWalk", "walk", "btk/FunctionalWalk.c3d"),
    PlateTrial("btk.PiG_FlatFoot", "walk", "btk/PiG_Motion-FlatFoot-One.c3d"),
    PlateTrial("rehazenter.C1_01", "walk", "rehazenter_2014001/2014001_C1_01.c3d"),
    PlateTrial(
        "welk007.RHJC1",
        "balance",
        "welk007_single_leg/RHJC1.c3d",
        static="welk007_single_leg/static1.c3d",
        mass_kg=57.0,
        together=True,
    ),
)


def load(trial: PlateTrial, data: Path) -> tuple[AdapterResult, AdapterArrays, Pushes]:
    """Read a trial's motion as stage 0 does, and its plates."""
    static = None if trial.static is None else data / trial.static
    declared = Declared(static=static, mass_kg=trial.mass_kg, height_m=trial.height_m)
    result, motion = read(data / trial.motion, declared)
    return result, motion, read_pushes(data / (trial.plates or trial.motion))


def compare(
    trial: PlateTrial, result: AdapterResult, motion: AdapterArrays, pushes: Pushes, clean: Compared | None = None
) -> Compared:
    """Take a motion through stages 1, 2 and 4 and lay its plates beside it.

    Args:
        trial: What it is.
        result: Of stage 0.
        motion: Of stage 0.
        pushes: Its plates.
        clean: The same recording unspoilt: where its feet really were decides for what the plates vouch.
    """
    state = measured(result, motion)
    replay = replayed(state)
    native = by_foot(
        pushes,
        state.alignment.transform,
        result.source_info.time_offset_s,
        state.arrays.time,
        state.arrays.positions_raw,
        together=trial.together,
    )
    if clean is not None:
        native = replace(native, known=clean.native.known)
    return Compared(trial, state, replay, native, sampled(native, state.arrays.time))


def plates_masses(trials: Iterable[Compared]) -> dict[tuple[str, bool], float]:
    """Give the mass that the plates themselves read in each session's walking, and in its other movements [kg].

    Walking: the mean of all feet over whole steps, strike to strike and off to off, pooled over the set's walks (over a
    whole step the body's vertical momentum is as before). Else: the mean over standing, squats and balance. A session
    without either has none.
    """
    parts: dict[tuple[str, bool], list[Float[np.ndarray, "samples"]]] = {}
    for one in trials:
        total = one.native.force[..., 1].sum(axis=1)
        spans = whole_steps(one.native) if one.trial.kind == "walk" else []
        found = [total[span] for span in spans]
        if one.trial.kind in ("static", "squat", "balance"):
            found = [total[one.native.known.all(axis=1)]]
        parts.setdefault(one.trial.session, []).extend(found)
    return {key: float(np.concatenate(found).mean() / GRAVITY) for key, found in parts.items() if found}


def whole_steps(plates: Plates) -> list[slice]:
    """Give the samples from each strike (each toe off) to the next of either foot, where the plates vouch for both feet."""
    events = [crossings(plates, foot) for foot in (0, 1)]
    known, spans = np.asarray(plates.known.all(axis=1)), []
    for kind in (0, 1):
        times = sorted(t for foot in events for t in foot[kind])
        for a, b in pairwise(times):
            start, stop = np.searchsorted(plates.time, (a, b))
            if known[start:stop].all():
                spans.append(slice(int(start), int(stop)))
    return spans
