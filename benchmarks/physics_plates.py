"""Ground reaction, contacts, gait events and centre of pressure against force plates, which are never an input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from benchmarks.plate_measures import Measures, compare_with_plates
from benchmarks.plate_noise import SEEDS, slowed, tablet
from benchmarks.plate_trials import TRIALS, Compared, PlateTrial, compare, load, plates_masses
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.store.workspace import Workspace
from schemas.benchmark import Figure

Found = dict[str, Measures]
Pick = Callable[[Measures], float | None]

OPENCAP: Final = "OpenCap 6.2, OpenCap Monocular 9.7 %BW (video)"
WITHIN_S: Final = 0.033
KINDS: Final = {"walk": 4.5, "squat": 2.5, "static": 0.5, "sts": 4.0, "balance": None, "jump": None}
"""Kind of movement -> the most total vertical error asked for [%BW]; None: reported."""


def measure(_: Workspace) -> dict[str, Figure]:
    """Take every recording with plates through stages 1, 2 and 4, clean, at 30 Hz and with a tablet's noise, and compare.

    Raises:
        UncheckableError: The recordings are not there.
    """
    data = data_folder()
    read = {trial.key: load(trial, data) for trial in TRIALS}
    clean = {t.key: compare(t, *read[t.key]) for t in track(TRIALS, "stages 1, 2 and 4", len(TRIALS))}
    masses = plates_masses(clean.values())
    native = {key: compare_with_plates(one, _mass(one, masses)) for key, one in clean.items()}
    slow: Found = {}
    noisy: dict[str, list[Measures]] = {}
    for trial in track(TRIALS, "at 30 Hz and with noise", len(TRIALS)):
        if trial.kind == "jump":
            continue
        result, motion, pushes = read[trial.key]
        one, mass = clean[trial.key], _mass(clean[trial.key], masses)
        if trial.kind == "walk":
            slow[trial.key] = compare_with_plates(compare(trial, *slowed(result, motion), pushes, one), mass)
        seeds = [compare(trial, *tablet(result, motion, seed), pushes, one) for seed in SEEDS]
        noisy[trial.key] = [compare_with_plates(other, mass, one) for other in seeds]
    return _figures(native, slow, noisy, masses, clean)


def _mass(one: Compared, masses: dict[tuple[str, bool], float]) -> float:
    """Give what the plates read in this movement, or, where they never saw a whole step, the declared mass [kg]."""
    declared = one.state.state.subject.mass_kg
    return masses.get(one.trial.session, 0.0 if declared is None else declared)


def _figures(
    native: Found,
    slow: Found,
    noisy: dict[str, list[Measures]],
    masses: dict[tuple[str, bool], float],
    clean: dict[str, Compared],
) -> dict[str, Figure]:
    walks = {t.key: native[t.key] for t in TRIALS if t.kind == "walk"}
    figures: dict[str, Figure] = {}
    for kind, most in KINDS.items():
        some = {t.key: native[t.key] for t in TRIALS if t.kind == kind}
        peer = OPENCAP if kind == "walk" else None
        figures |= _summary(f"vertical.{kind}", _picked(some, lambda m: m.vertical), "%BW", most, peer=peer)
    figures |= _summary("per_foot.single", _picked(walks, lambda m: m.single), "%BW", 6.0, of="walks")
    figures |= _summary("per_foot.stance", _picked(walks, lambda m: m.stance), "%BW", 8.0, of="walks")
    figures |= _summary("fore_aft", _picked(walks, lambda m: m.fore_aft), "%BW", 4.0, of="walks")
    figures |= _summary("fore_aft.every", _picked(native, lambda m: m.fore_aft), "%BW", None)
    figures["fore_aft.peaks"] = _peaks(walks.values())
    figures |= _summary("contact.f1", _picked(walks, lambda m: m.f1), "", 0.97, least=True, of="walks")
    figures |= _summary("contact.f1_30hz", _picked(slow, lambda m: m.f1), "", 0.95, least=True, of="walks")
    figures |= _events("events", walks) | _events("events_30hz", slow)
    figures |= _summary("cop", _picked(walks, _cop_median), "mm", 30.0, of="walks")
    figures |= _summary("cop.every", _picked(native, _cop_median), "mm", None)
    heard = {key: _mean(many, lambda m: m.vertical) for key, many in noisy.items()}
    figures |= _summary("noisy.vertical", _known(heard), "%BW", 9.0, peer="OpenCap Monocular 9.7 %BW (one phone)")
    walked = {key: value for key, value in heard.items() if key in walks}
    figures |= _summary("noisy.vertical.walk", _known(walked), "%BW", 9.0, of="walks")
    heard = {key: _mean(many, lambda m: m.f1) for key, many in noisy.items()}
    figures |= _summary("noisy.f1", _known(heard), "", 0.90, least=True, of="walks")
    for trial in TRIALS:
        figures |= _trial(trial, clean[trial.key], native[trial.key], slow.get(trial.key), noisy.get(trial.key), masses)
    return figures | _masses(masses, [clean[t.key] for t in TRIALS if t.session == ("opencap_s4", True)])


def _picked(found: Found, pick: Pick) -> dict[str, float]:
    return _known({key: pick(one) for key, one in found.items()})


def _known(values: dict[str, float | None]) -> dict[str, float]:
    return {key: value for key, value in values.items() if value is not None}


def _mean(many: Iterable[Measures], pick: Pick) -> float | None:
    values = [value for value in map(pick, many) if value is not None]
    return float(np.mean(values)) if values else None


def _cop_median(one: Measures) -> float | None:
    return None if one.cop is None or not len(one.cop) else float(np.median(one.cop)) * 1000.0


def _summary(
    name: str,
    values: dict[str, float],
    units: str,
    bound: float | None,
    *,
    least: bool = False,
    peer: str | None = None,
    of: str = "trials",
) -> dict[str, Figure]:
    """Give the mean over trials and the worst trial, both against the same bound; `of` says which trials."""
    if not values:
        return {name: Figure(value=None, units=units, note="no trial could tell")}
    worst = (min if least else max)(values, key=lambda key: values[key])
    digits = 3 if least else 2
    goal = None if bound is None else f"{'≥' if least else '≤'} {bound:g}"
    figures = {}
    for key, value, note in (
        (name, float(np.mean(list(values.values()))), f"mean of {len(values)} {of}"),
        (f"{name}.worst", values[worst], worst),
    ):
        holds = None if bound is None else bool(value >= bound if least else value <= bound)
        figures[key] = Figure(value=round(value, digits), units=units, goal=goal, holds=holds, peer=peer, note=note)
    return figures


def _peaks(walks: Iterable[Measures]) -> Figure:
    right, total = np.sum([one.peaks for one in walks], axis=0).tolist()
    return Figure(
        value=round(right / total, 3), units="", goal="1", holds=right == total,
        note=f"our force has the plates' sign at {right} of {total} of their braking and propulsion peaks in whole stances",
    )  # fmt: skip


def _events(name: str, walks: Found) -> dict[str, Figure]:
    """Give the bias of either kind of event, the share within 33 ms, and the trial that is worst in either.

    The share is of every event of the plates: one that we missed is not within 33 ms. Beside it stands the share of those
    outside the two frames at either end, which the forces leave out as well.
    """
    by_kind = {k: np.array([e for one in walks.values() for e in one.events[k]]) for k in ("heel_strike", "toe_off")}
    bias = {kind: float(errors.mean()) * 1000.0 for kind, errors in by_kind.items()}
    figures = {
        f"{name}.bias.{kind}": Figure(
            value=round(value, 1), units="ms", goal="within ± 10", holds=abs(value) <= 10.0,
            note=f"{len(by_kind[kind])} events, σ {by_kind[kind].std() * 1000.0:.0f} ms; late is positive",
        )
        for kind, value in bias.items()
    }  # fmt: skip
    most = max(abs(value) for value in bias.values())
    figures[f"{name}.bias"] = Figure(
        value=round(most, 1), units="ms", goal="≤ 10", holds=most <= 10.0, note="the larger of the two",
        peer="Bonci 2022: bias < 10 ms",
    )  # fmt: skip
    per_trial = {
        (key, kind): abs(float(np.mean(one.events[kind]))) * 1000.0
        for key, one in walks.items() for kind in one.events if one.events[kind]
    }  # fmt: skip
    worst = max(per_trial, key=lambda k: per_trial[k])
    figures[f"{name}.bias.worst"] = Figure(
        value=round(per_trial[worst], 1), units="ms", note=f"{worst[0]}, {worst[1].replace('_', ' ')}"
    )
    every, at_ends = (
        np.array(column) for column in zip(*(a for one in walks.values() for a in one.asked), strict=True)
    )
    invented = sum(one.invented for one in walks.values())
    for key, asked, which, goal in (
        ("within", every, "", "≥ 95"),
        ("within.inner", every[~at_ends], " outside two frames at either end", None),
    ):
        near, missed = np.abs(asked) <= WITHIN_S, int(np.isinf(asked).sum())
        figures[f"{name}.{key}"] = Figure(
            value=round(100.0 * float(near.mean()), 1), units="%", goal=goal,
            holds=None if goal is None else bool(near.mean() >= 0.95),
            note=f"{near.sum()} of the plates' {len(asked)} events{which} within 33 ms; missed {missed}, invented {invented}",
        )  # fmt: skip
    figures[f"{name}.within.worst"] = Figure(
        value=round(float(np.abs(every[np.isfinite(every)]).max()) * 1000.0, 1),
        units="ms",
        note="largest, missed ones apart",
    )
    return figures


def _trial(
    trial: PlateTrial,
    clean: Compared,
    native: Measures,
    slow: Measures | None,
    noisy: list[Measures] | None,
    masses: dict[tuple[str, bool], float],
) -> dict[str, Figure]:
    """Give one trial's figures, without bounds: the summaries hold them."""
    from_plates = trial.session in masses
    note = f"{native.frames} of {len(clean.plates.time)} frames; low-pass {clean.replay.low_pass.cutoff_hz:g} Hz; "
    note += f"weight {_mass(clean, masses):.1f} kg " + (
        "of the plates" if from_plates else "declared: no whole step on plates"
    )
    values: dict[str, tuple[float | None, str, int, str]] = {
        "vertical": (native.vertical, "%BW", 2, note),
        "fore_aft": (native.fore_aft, "%BW", 2, ""),
        "per_foot_single": (native.single, "%BW", 2, ""),
        "per_foot_stance": (native.stance, "%BW", 2, ""),
        "f1": (native.f1, "", 3, ""),
        "f1_30hz": (None if slow is None else slow.f1, "", 3, ""),
        "cop": (_cop_median(native), "mm", 1, "median in single support"),
        "noisy_vertical": (_mean(noisy or [], lambda m: m.vertical), "%BW", 2, _spread(noisy, lambda m: m.vertical)),
        "noisy_f1": (_mean(noisy or [], lambda m: m.f1), "", 3, _spread(noisy, lambda m: m.f1)),
    }
    for kind, errors in native.events.items():
        listed = ", ".join(f"{1000.0 * e:.0f}" for e in errors)
        values[kind] = (float(np.mean(errors)) * 1000.0 if errors else None, "ms", 1, f"ours − plates': {listed}")
    return {
        f"{trial.key}.{name}": Figure(value=round(value, digits), units=units, note=text)
        for name, (value, units, digits, text) in values.items()
        if value is not None
    }


def _spread(noisy: list[Measures] | None, pick: Pick) -> str:
    values = [value for value in map(pick, noisy or []) if value is not None]
    return f"{len(values)} seeds, {min(values):.3g} to {max(values):.3g}" if values else ""


def _masses(masses: dict[tuple[str, bool], float], walks: Iterable[Compared]) -> dict[str, Figure]:
    """Print what the plates weigh, and by how much one laboratory's plates disagree between standing and walking."""
    figures = {
        f"{name}.plates_mass.{'walk' if walking else 'other'}": Figure(value=round(kg, 2), units="kg")
        for (name, walking), kg in masses.items()
    }
    walking, standing = masses["opencap_s4", True], masses["opencap_s4", False]
    vouched = [one.native.force[one.native.known.all(axis=1), :, 1].sum(axis=1) for one in walks]
    frames = float(np.concatenate(vouched).mean() / GRAVITY)
    figures["opencap_s4.plates_disagree"] = Figure(
        value=round(100.0 * (walking / standing - 1.0), 2), units="%",
        note=f"whole steps of five walks against standing and squats; over every frame that the plates vouch for, steps cut, "
        f"{frames:.1f} kg: {100.0 * (frames / standing - 1.0):.1f} %",
    )  # fmt: skip
    return figures
