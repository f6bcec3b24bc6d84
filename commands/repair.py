"""Seeing what the joint corrector does: hide some of a recording, fill it again, look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import JsonOption, one_thread

if TYPE_CHECKING:
    import numpy as np

    from schemas.adapter import AdapterResult
    from schemas.motion import AdapterArrays

app = typer.Typer()
EPILOG = "Example: kinetrace repair walking1.trc --hide l_knee --from 1.0 --to 1.5 --out repair.html"


@app.command(epilog=EPILOG)
def repair(
    file: Annotated[Path, typer.Argument(help="A motion file, `data.zip::take` or a capture bundle.")],
    hide: Annotated[
        list[str], typer.Option(help="A joint, a limb (l_leg, r_leg, l_arm, r_arm) or all; may be repeated.")
    ],
    start: Annotated[float, typer.Option("--from", min=0.0, help="First moment that is hidden [s].")],
    stop: Annotated[float, typer.Option("--to", min=0.0, help="First moment that is seen again [s].")],
    out: Annotated[Path, typer.Option(help="The page.")],
    as_json: JsonOption = False,
) -> None:
    """Hide joints of a recording, let the corrector fill them, and play recorded, hidden and repaired in one page."""
    one_thread()
    import numpy as np

    from kinetrace.models.corrector.repair import fill_gaps
    from kinetrace.models.corrector.weights import read_corrector
    from kinetrace.motion.skeletons import BODY21
    from kinetrace.report.repair_page import repair_html
    from kinetrace.store.publish import write_atomic

    result, arrays = _opened(file)
    fps = result.source_info.fps
    there = np.asarray(arrays.validity > 0)
    hidden = _hidden(hide, start, stop, arrays.time, there)
    corrector, card = read_corrector()
    found = fill_gaps(corrector, arrays.positions, there & ~hidden, hidden, fps)
    if not found.given.any():
        raise _refusal(
            "--to",
            "a gap with 3 seen frames on both sides, of at most 0.67 s at 60 Hz",
            f"{stop - start:g} s",
            "Hide less.",
        )
    off = 1000 * np.linalg.norm(found.positions - arrays.positions, axis=-1)
    names = ", ".join(BODY21[j].replace("_", " ") for j in np.flatnonzero(hidden.any(axis=0)))
    facts = {
        "hidden": f"{names}, {start:g} to {stop:g} s",
        "off": f"{off[found.given].mean():.1f} mm on average, {off[found.given].max():.1f} mm at most",
        "expected": f"{1000 * found.expected[found.given].mean():.1f} mm",
        "recording": f"{len(there)} frames at {fps:g} Hz",
        "corrector": f"{card.weights_sha256[:12]}, {card.parameters} weights",
    }
    named = tuple((name.capitalize(), value) for name, value in facts.items())
    write_atomic(
        out, repair_html(file.name, fps, arrays.positions, there, found.given, found.positions, named).encode()
    )
    if as_json:
        mean, expected = float(off[found.given].mean()), float(1000 * found.expected[found.given].mean())
        typer.echo(
            json.dumps({"page": str(out), "filled": int(found.given.sum()), "error_mm": mean, "expected_mm": expected})
        )
        return
    typer.echo("\n".join(f"{name:<10} {value}" for name, value in facts.items()) + f"\nLook: {out}")


def _opened(path: Path) -> tuple[AdapterResult, AdapterArrays]:
    """Read a recording as stage 0 does, its own gaps left open.

    Raises:
        CaptureError: It cannot be used; says why.
    """
    from adapters.corpus import Take
    from schemas.adapter import AdapterParams

    take = Take(path, path.stem, "recording", None, path.name, "repair", "not declared")
    return take.open(AdapterParams(repair="off"))


def _hidden(
    names: list[str], start: float, stop: float, time: np.ndarray[Any, Any], there: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Give the samples to hide.

    Raises:
        UsageError: An unknown joint, one that the recording lacks, or a stretch outside of it.
    """
    import numpy as np

    from kinetrace.models.corrector.groups import LIMBS
    from kinetrace.motion.skeletons import BODY21, INDEX

    known = {name: (column,) for name, column in INDEX.items()} | LIMBS | {"all": tuple(range(len(BODY21)))}
    if odd := [name for name in names if name not in known]:
        raise _refusal("--hide", ", ".join(known), odd[0][:60], "Name joints as BODY21 does, a limb or all.")
    if not start < stop or start > float(time[-1]):
        raise _refusal(
            "--from", f"a stretch within 0 to {time[-1]:.2f} s", f"{start:g} to {stop:g} s", "Give --from before --to."
        )
    columns = sorted({int(column) for name in names for column in known[name]})
    hidden = np.zeros_like(there)
    hidden[np.ix_(np.flatnonzero((time >= start) & (time < stop)), np.array(columns))] = True
    hidden &= there
    if not hidden.any():
        raise _refusal(
            "--hide", "something that was recorded then", "nothing", "Choose other joints or another moment."
        )
    return hidden


def _refusal(field: str, expected: str, found: str, fix: str) -> Exception:
    from schemas.errors import UsageError

    return UsageError(where="repair", field=field, expected=expected, found=found, fix=fix)
