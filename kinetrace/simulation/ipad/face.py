"""Head, face and hair: what a pose network holds on to."""

from __future__ import annotations

from typing import Final

from kinetrace.simulation.ipad.look import Look
from kinetrace.simulation.ipad.shapes import Ball, Colour, Shape
from kinetrace.simulation.person import Person

WHITE: Final[Colour] = (0.96, 0.96, 0.96)
IRIS: Final[Colour] = (0.12, 0.10, 0.10)
ORDINARY_HEAD: Final = 0.245
"""C7 to vertex [m] of the head that is described here."""

SKULL: Final = ((0.002, -0.112, 0.0), (0.094, 0.112, 0.076))
"""Centre and radii of the skull below the vertex [m] (ANSUR II: head length 0.20, breadth 0.15, chin to vertex 0.23 m)."""


def head_shapes(person: Person, look: Look) -> list[Shape]:
    """Give skull, jaw, neck, eyes, brows, nose, mouth, ears and hair in the head's frame (origin at the vertex)."""
    size = person.head / ORDINARY_HEAD
    skin, hair = look.skin, look.hair
    lips = (0.75 * skin[0], 0.45 * skin[1], 0.45 * skin[2])
    shapes = [
        _ball(size, skin, *SKULL),
        _hull(size, skin, ((0.030, -0.180, 0.0), (0.052, 0.046, 0.050)), ((0.015, -0.120, 0.0), (0.075, 0.07, 0.068))),
        _hull(size, skin, ((-0.012, -0.185, 0.0), (0.056, 0.03, 0.056)), ((-0.020, -0.290, 0.0), (0.062, 0.03, 0.066))),
        _hull(size, skin, ((0.096, -0.108, 0.0), (0.010, 0.010, 0.007)), ((0.106, -0.140, 0.0), (0.016, 0.012, 0.016))),
        _ball(size, lips, (0.082, -0.176, 0.0), (0.010, 0.008, 0.026)),
    ]
    for side in (-1.0, 1.0):
        shapes += [
            _ball(size, WHITE, (0.083, -0.106, side * 0.032), (0.011, 0.008, 0.014)),
            _ball(size, IRIS, (0.091, -0.106, side * 0.032), (0.005, 0.006, 0.006)),
            _ball(size, hair, (0.086, -0.088, side * 0.033), (0.009, 0.004, 0.018)),
            _ball(size, skin, (-0.004, -0.124, side * 0.078), (0.018, 0.030, 0.010)),
        ]
    return shapes + _hair(size, look)


def _hair(size: float, look: Look) -> list[Shape]:
    cap = _hull(
        size, look.hair, ((-0.012, -0.082, 0.0), (0.094, 0.090, 0.084)), ((-0.030, -0.115, 0.0), (0.074, 0.08, 0.082))
    )
    if not look.long_hair:
        return [cap]
    return [
        cap,
        _hull(size, look.hair, ((-0.055, -0.10, 0.0), (0.05, 0.05, 0.08)), ((-0.06, -0.24, 0.0), (0.03, 0.04, 0.07))),
    ]


Placed = tuple[tuple[float, float, float], tuple[float, float, float]]


def _hull(size: float, colour: Colour, *balls: Placed) -> Shape:
    def scaled(v: tuple[float, float, float]) -> tuple[float, float, float]:
        return (size * v[0], size * v[1], size * v[2])

    return Shape(tuple(Ball(scaled(centre), scaled(radii)) for centre, radii in balls), colour)


def _ball(size: float, colour: Colour, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Shape:
    return _hull(size, colour, (centre, radii))
