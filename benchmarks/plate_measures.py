"""How far our forces, contacts and events are from the plates', one trial at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from benchmarks.plate_trials import Compared
from benchmarks.plates import crossings, stances
from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.motion.contacts import SIDES
from kinetrace.motion.skeletons import INDEX
from kinetrace.physics.inverse_dynamics import BOUNDARY_FRAMES

SEATED_FACTOR: Final = 1.1
"""A sit-to-stand is compared while the hips are a tenth above sitting: no plate is under the chair."""
PAIR_S: Final = 0.25
"""An event of ours belongs to the plates' nearest within this; half a step."""


@dataclass
class Measures:
    """One trial's figures; None where the trial cannot tell.

    Attributes:
        vertical, fore_aft: Total force, RMSE [%BW].
        single, stance: Vertical force of one foot in single support and over every frame that feels it, RMSE [%BW].
        peaks: The plates' fore-aft peaks of whole stances at whose instant our force has their sign, and how many there are.
        f1: Of contact, both feet.
        events: Ours minus the plates' [s], by kind, of those that both have.
        asked: Every event of the plates: ours minus theirs [s], infinite where we missed it, and whether it lies within
            the two frames at either end whose acceleration is an extrapolation.
        invented: Events of ours where the plates vouch that there is none.
        cop: Distances of the centre of pressure in single support [m].
    """

    frames: int = 0
    vertical: float | None = None
    fore_aft: float | None = None
    single: float | None = None
    stance: float | None = None
    peaks: tuple[int, int] = (0, 0)
    f1: float | None = None
    events: dict[str, list[float]] = field(default_factory=lambda: {"heel_strike": [], "toe_off": []})
    asked: list[tuple[float, bool]] = field(default_factory=list)
    invented: int = 0
    cop: Float[np.ndarray, "frames"] | None = None


def compare_with_plates(of: Compared, plates_kg: float, clean: Compared | None = None) -> Measures:
    """Measure everything on one trial.

    Args:
        of: The trial through the pipeline, with its plates.
        plates_kg: What the plates read in this movement.
        clean: The same trial without noise, whose hips say when somebody sits; None: the trial itself.
    """
    weight = plates_kg * GRAVITY
    found = Measures()
    plates, known = of.plates, of.plates.known.copy()
    known &= _counted(of, of if clean is None else clean)[:, None]
    ours = np.stack(
        [of.replay.evidence.reaction.feet[..., 0], of.replay.evidence.reaction.feet[..., 2]], axis=-1
    )  # forward, up
    theirs = plates.force[..., :2] / weight
    both = np.asarray(known.all(axis=1))
    found.frames = int(both.sum())
    if both.any():
        total = (ours - theirs)[both].sum(axis=1)
        found.fore_aft, found.vertical = (_rms(total[:, i]) * 100 for i in (0, 1))
    if of.trial.together:
        return found
    error = (ours - theirs)[..., 1]
    single = plates.felt & known & both[:, None] & ~plates.felt[:, ::-1]
    stance = plates.felt & known
    if single.any():
        found.single = _rms(error[single]) * 100
        found.cop = _cop_error(of, single)
    if stance.any():
        found.stance = _rms(error[stance]) * 100
    found.peaks = _peaks(of, ours[..., 0])
    if of.trial.kind == "walk":
        found.f1 = f1(of)
        _events(of, found)
    return found


def _counted(of: Compared, clean: Compared) -> Bool[np.ndarray, "frames"]:
    """Leave out seated frames, and the ends, where an acceleration is an extrapolation."""
    counted = np.ones(len(of.plates.time), dtype=bool)
    counted[:BOUNDARY_FRAMES] = counted[-BOUNDARY_FRAMES:] = False
    if of.trial.kind == "sts":
        hips = clean.state.arrays.state[:, INDEX["pelvis"], 1]
        up = hips > SEATED_FACTOR * np.percentile(hips, 5)
        counted &= np.interp(of.plates.time, clean.plates.time, up) > 0.5
    return counted


def f1(of: Compared) -> float | None:
    """Give the F1 of contact over both feet, in the frames in which the plates vouch for the foot; unknown is no contact."""
    known, felt, ours = of.plates.known, of.plates.felt, of.state.arrays.contacts == 1
    hit = (ours & felt & known).sum()
    wrong = ((ours != felt) & known).sum()
    return float(2 * hit / (2 * hit + wrong)) if known.any() else None


def _events(of: Compared, found: Measures) -> None:
    """Pair our events with the plates', nearest first, one to one."""
    inner = of.plates.time[BOUNDARY_FRAMES], of.plates.time[-1 - BOUNDARY_FRAMES]
    for foot, side in enumerate(SIDES):
        for kind, theirs in zip(("heel_strike", "toe_off"), crossings(of.native, foot), strict=True):
            ours = [e.time_s for e in of.state.state.events if e.side == side and e.kind == kind]
            pairs = sorted((abs(a - b), a - b, i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs))
            used: dict[int, int] = {}
            errors = dict.fromkeys(range(len(theirs)), np.inf)
            for distance, difference, i, j in pairs:
                if distance <= PAIR_S and i not in used and j not in used.values():
                    found.events[kind].append(difference)
                    used[i], errors[j] = j, difference
            found.asked += [(errors[j], not inner[0] <= b <= inner[1]) for j, b in enumerate(theirs)]
            found.invented += sum(i not in used and _vouched_around(of, foot, a) for i, a in enumerate(ours))


def _vouched_around(of: Compared, foot: int, instant: float) -> bool:
    """Say whether the plates vouch for the foot all the time within half a step of an instant."""
    near = np.abs(of.native.time - instant) <= PAIR_S
    whole = of.native.time[0] + PAIR_S <= instant <= of.native.time[-1] - PAIR_S
    return bool(whole and of.native.known[near, foot].all())


def _cop_error(of: Compared, single: Bool[np.ndarray, "frames 2"]) -> Float[np.ndarray, "frames"]:
    pressure = of.replay.evidence.reaction.pressure  # Z up: X forward, Y left
    ours = np.stack([pressure[..., 0], -pressure[..., 1]], axis=-1)
    bears = of.replay.evidence.reaction.feet[..., 2] > 0.03
    theirs = of.plates.centre[..., [0, 2]]
    use = single & bears
    return np.asarray(np.linalg.norm((ours - theirs)[use], axis=-1))


def _peaks(of: Compared, forward: Float[np.ndarray, "frames 2"]) -> tuple[int, int]:
    """Count, over whole vouched stances in walking, the plates' braking and propulsion peaks at which ours has their sign."""
    right = total = 0
    if of.trial.kind != "walk":
        return 0, 0
    for foot in (0, 1):
        for start, stop in stances(of.plates.force[:, foot, 1], of.plates.time):
            if start == 0 or stop == len(forward) or not of.plates.known[start:stop, foot].all():
                continue
            theirs, ours = of.plates.force[start:stop, foot, 0], forward[start:stop, foot]
            for at in (theirs.argmin(), theirs.argmax()):
                right += int(np.sign(ours[at]) == np.sign(theirs[at]))
                total += 1
    return right, total


def _rms(values: Float[np.ndarray, "..."]) -> float:
    return float(np.sqrt(np.mean(values**2)))
