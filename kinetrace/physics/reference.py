"""The tables of `docs/constants.md` that the code itself knows: segment parameters, joint limits, score bounds.

`python -m kinetrace.physics.reference docs/constants.md` prints that page with its tables made anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from kinetrace.motion.segment_parameters import SEGMENTS, SegmentParameters
from kinetrace.physics import score_table
from kinetrace.physics.joint_limits import LIMITS
from schemas.errors import ArtifactError

_PLACE = re.compile(r"(<!-- made from the code: (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def segment_parameters() -> str:
    """Tabulate de Leva's segments, female / male."""
    head = ("segment", "mass", "centre", "radius AP", "radius ML", "radius long", "length [m]")
    return _table(head, ((name, *map(_both, _columns(f), _columns(m))) for name, (f, m) in SEGMENTS.items()))


def joint_limits() -> str:
    """Tabulate range, torque and speed of every degree of freedom."""
    head = ("degree of freedom", "range [deg]", "torque [N m / kg]", "speed [rad/s]")
    rows = ((f"`{n}`", f"{x.low:g} to {x.high:g}", f"{x.torque:g}", f"{x.speed:g}") for n, x in LIMITS.items())
    return _table(head, rows)


def score_bounds() -> str:
    """Tabulate where each feasibility score is 1 and where it is 0, and why."""
    head = ("measure", "good to", "bad from", "units", "source")
    rows = ((f"`{n}`", f"{b.good:g}", f"{b.bad:g}", b.units, b.source) for n, b in score_table.BOUNDS.items())
    return _table(head, rows)


TABLES = {"segment parameters": segment_parameters, "joint limits": joint_limits, "score bounds": score_bounds}
"""By the name that marks their place in the page."""


def renewed(page: str) -> str:
    """Give the page with every marked table made anew; the text around them stays.

    Args:
        page: Markdown with `<!-- made from the code: NAME -->` and `<!-- end -->` around each table.

    Raises:
        ArtifactError: A table has no place in the page, or a place has no table.
    """
    places = [found["name"] for found in _PLACE.finditer(page)]
    if sorted(places) != sorted(TABLES):
        raise ArtifactError(
            where="docs/constants.md",
            field="tables",
            expected=", ".join(sorted(TABLES)),
            found=", ".join(sorted(places)) or "none",
            fix="Mark each place once with <!-- made from the code: NAME --> and <!-- end -->.",
        )
    return _PLACE.sub(lambda found: f"{found[1]}{TABLES[found['name']]()}{found[3]}", page)


def _columns(segment: SegmentParameters) -> tuple[float, ...]:
    return (segment.mass, segment.com, *segment.radii, segment.length_m)


def _both(female: float, male: float) -> str:
    return f"{female:g} / {male:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(renewed(Path(sys.argv[1]).read_text("utf-8")), end="")
