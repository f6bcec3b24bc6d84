"""The simulator's own copy of a humanoid, and the points on which it can bear: soles on the floor, hips and thighs on a seat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float, Int

from kinetrace.physics.humanoid import Humanoid

FLOOR_TIME_S: Final = 0.005
"""MuJoCo's time constant of contacts: its own 0.02 s lets an ankle push a sole's tip 2-5 cm into the floor (a light foot
meets a light contact) and a loaded sole creep; 0.005 s keeps soles within 2 mm (95 % of a walk) and halves the slip."""
SEAT_TIME_S: Final = 0.02
"""The same of the seat, softer: buttocks and cushion give way, so that all points bear together."""
BEHIND_HIP: Final = 0.05
"""Buttocks bear this part of stature behind the hip joints: 8 cm of 1.7 m. A sitter who leans back would fall off a seat
that ended under the hips."""
ALONG_THIGH: Final = 0.4
"""Thighs bear up to this part of their length, as in stage 4."""
_SEAT_BIT: Final = 4
_LEGS: Final = ("thigh", "shank", "hindfoot", "forefoot")


@dataclass(frozen=True)
class Supports:
    """A body to simulate and its bearing points, soles (left, then right) before seat points. Axes are MuJoCo's: Z up.

    A bearing point is the lowest of a ball around a site; of a sole the ball's radius is 0.

    Attributes:
        humanoid: The copy; its generalised coordinates are the original's.
        ids: Its sites that can bear.
        radii: Of their balls [m].
        soles: How many of them are sole points.
        friction: Coulomb coefficient of their contacts.
        foot_of_geom: 0 for geoms of the left foot, 1 for the right, -1 for others.
        seat: Centre, top, half extents and yaw of the seat's box: x, y, top, half depth, half width, yaw; None without.
    """

    humanoid: Humanoid
    ids: Int[np.ndarray, "points"]
    radii: Float[np.ndarray, "points"]
    soles: int
    friction: float
    foot_of_geom: Int[np.ndarray, "geoms"]
    seat: tuple[float, float, float, float, float, float] | None

    @property
    def model(self) -> Any:
        """The MuJoCo model."""
        return self.humanoid.model

    def points(self, sites: Float[np.ndarray, "*frames points 3"]) -> Float[np.ndarray, "*frames points 3"]:
        """Give the bearing points of the sites `ids` [m]."""
        return np.asarray(sites - self.radii[:, None] * np.array([0.0, 0.0, 1.0]))

    def grounds(self, points: Float[np.ndarray, "*frames points 3"]) -> Float[np.ndarray, "*frames points"]:
        """Give how high lies what each point can bear on [m]: the floor, and for seat points over the seat its top."""
        ground = np.zeros(points.shape[:-1])
        if self.seat is not None:
            x, y, top, depth, width, yaw = self.seat
            away = points[..., self.soles :, :2] - (x, y)
            along = np.abs(np.cos(yaw) * away[..., 0] + np.sin(yaw) * away[..., 1])
            across = np.abs(np.cos(yaw) * away[..., 1] - np.sin(yaw) * away[..., 0])
            ground[..., self.soles :] = np.where((along < depth) & (across < width), top, 0.0)
        return ground

    def heights(self, points: Float[np.ndarray, "*frames points 3"]) -> Float[np.ndarray, "*frames points"]:
        """Give how high each bearing point is over what it can bear on [m]."""
        return np.asarray(points[..., 2] - self.grounds(points))


def make_supports(humanoid: Humanoid, timestep_s: float) -> Supports:
    """Copy a humanoid for simulation: shins that end at the ankle, and, where there is a seat, something to sit on.

    A capsule shin ends in a half-ball below the ankle, which in a flat-footed squat would stand on the floor beside the
    sole; here it ends at the ankle. On a seat bear three balls a side, of the thigh's thickness: behind the hip, at the
    hip and along the thigh; the legs themselves pass the seat, whose box is solid down to the floor as no chair is.

    Args:
        humanoid: The subject's model, with its seat if there is one. It is not changed.
        timestep_s: Step of the simulation [s].

    Returns:
        The copy and its bearing points.
    """
    spec = mujoco.MjSpec.from_string(humanoid.xml)
    for side in "lr":
        _end_at_ankle(spec.geom(f"{side}_shank"))
    for geom in spec.geoms:
        geom.solref = [max(FLOOR_TIME_S, 2.0 * timestep_s), 1.0]  # faster than two steps is unstable (MuJoCo's manual)
    balls = _seat_balls(spec, humanoid) if spec.geom("seat") is not None else {}
    spec.option.timestep = timestep_s
    spec.compile()
    twin = Humanoid.from_xml(spec.to_xml())
    feet = [twin.model.geom(f"{side}_{part}").id for side in "lr" for part in ("hindfoot", "forefoot")]
    foot_of_geom = np.full(twin.model.ngeom, -1)
    foot_of_geom[feet] = [0, 0, 1, 1]
    soles = twin.sole_ids.ravel()
    return Supports(
        humanoid=twin,
        ids=np.concatenate((soles, [twin.model.site(name).id for name in balls])).astype(np.int64),
        radii=np.concatenate((np.zeros(len(soles)), list(balls.values()))),
        soles=len(soles),
        friction=float(max(twin.model.geom_friction[[*feet, twin.model.geom("floor").id], 0])),
        foot_of_geom=foot_of_geom,
        seat=_box(twin.model.geom("seat")) if balls else None,
    )


def _end_at_ankle(shank: Any) -> None:
    """Shorten the capsule by its radius at the lower end; knee and ankle lie on its axis, Z."""
    radius, half = float(shank.size[0]), float(shank.size[1])
    if np.isfinite(shank.fromto[0]):
        ends = np.array(shank.fromto)
        lower = 3 if ends[5] < ends[2] else 0
        ends[lower + 2] += radius
        shank.fromto = ends
        return
    shank.size = [radius, half - radius / 2.0, 0.0]
    shank.pos = np.asarray(shank.pos) + np.array([0.0, 0.0, radius / 2.0])


def _seat_balls(spec: Any, humanoid: Humanoid) -> dict[str, float]:
    """Put balls where a body sits, let seat and legs pass each other, and give the balls' sites with their radii."""
    for geom in spec.geoms:
        if geom.name == "seat":
            geom.contype, geom.conaffinity, geom.solref = _SEAT_BIT, 0, [SEAT_TIME_S, 1.0]
        elif geom.name != "floor" and not geom.name.endswith(_LEGS):
            geom.conaffinity |= _SEAT_BIT
    friction, balls = humanoid.model.geom("seat").friction.tolist(), {}
    for side in "lr":
        thick = float(humanoid.model.geom(f"{side}_thigh").size[0])
        hip, knee = humanoid.model.site(f"{side}_hip").pos, humanoid.model.body(f"{side}_shank").pos
        behind = np.array([BEHIND_HIP * humanoid.stature, 0.0, 0.0])
        places = (
            ("rear", "pelvis", hip - behind),
            ("hip", "pelvis", hip),
            ("thigh", f"{side}_thigh", ALONG_THIGH * knee),
        )
        for part, body, center in places:
            name = f"sits_{side}_{part}"
            spec.body(body).add_geom(
                name=name, type=mujoco.mjtGeom.mjGEOM_SPHERE, pos=center, size=[thick, 0.0, 0.0], mass=0.0,
                contype=0, conaffinity=_SEAT_BIT, friction=friction, solref=[SEAT_TIME_S, 1.0],
            )  # fmt: skip
            spec.body(body).add_site(name=name, pos=center)
            balls[name] = thick
    return balls


def _box(seat: Any) -> tuple[float, float, float, float, float, float]:
    w, _, _, z = (float(value) for value in seat.quat)
    x, y, centre = (float(value) for value in seat.pos)
    depth, width, half = (float(value) for value in seat.size)
    return x, y, centre + half, depth, width, 2.0 * float(np.arctan2(z, w))
