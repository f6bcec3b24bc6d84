"""One picture of a motion as a file of its own: eight poses side by side, an SVG that any browser or page shows."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from kinetrace.report.palette import LEFT, MIDDLE, RIGHT
from kinetrace.report.stick_figures import filmstrip

POSES: Final = 8
WIDTH: Final = 760
HEIGHT: Final = 224
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#39424e}.small{font-size:11px;fill:#6b7684}.ground{stroke:#c9d0d8}"
)


def picture(
    positions: Float[np.ndarray, "frames joints 3"], validity: UInt8[np.ndarray, "frames joints"], title: str, note: str
) -> str:
    """Draw a motion seen from the right: left blue, right orange, inferred bones thin.

    Args:
        positions: World frame, X forward, floor at Y = 0 [m].
        validity: 0 missing, 1 inferred, 2 measured.
        title: Over the picture.
        note: Below it.

    Returns:
        An SVG document.
    """
    strip = filmstrip(positions, validity, POSES).replace(
        "<svg ", f'<svg x="12" y="26" width="{WIDTH - 24}" height="{HEIGHT - 54}" ', 1
    )
    legend = "".join(
        f'<circle cx="{WIDTH - 200 + 66 * i}" cy="{HEIGHT - 12}" r="5" fill="{colour}"/>'
        f'<text class="small" x="{WIDTH - 191 + 66 * i}" y="{HEIGHT - 8}">{name}</text>'
        for i, (name, colour) in enumerate((("left", LEFT), ("right", RIGHT), ("middle", MIDDLE)))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<style>{_STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="12" y="19">{escape(title)}</text>{legend}{strip}'
        f'<text class="small" x="12" y="{HEIGHT - 8}">{escape(note)}</text></svg>\n'
    )
