"""The subject's humanoid: built from lengths and mass alone, written as MJCF, read back from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float, Int

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.motion.skeletons import BODY21
from kinetrace.physics.body_tree import Seat, add_leg, add_seat, add_trunk, subject_table
from kinetrace.physics.joint_limits import limit_of
from kinetrace.physics.proportions import SIDES, Proportions
from schemas.base import Sex
from schemas.errors import ArtifactError, CaptureError

SOLE_POINTS: Final = ("heel_in", "heel_out", "ball_in", "ball_out", "tip_in", "tip_out")
SEAT_POINTS: Final = ("seat_r_back", "seat_r_front", "seat_l_back", "seat_l_front")
_MASS_RANGE_KG: Final = (1.0, 400.0)


@dataclass(frozen=True)
class Humanoid:
    """One subject's MuJoCo model with the columns that the rest of physics needs. Axes are MuJoCo's: Z up.

    Attributes:
        xml: MJCF text; :meth:`from_xml` gives the same humanoid back.
        model: Compiled model. qpos starts with the pelvis' free joint (position, quaternion w x y z).
    """

    xml: str
    model: Any

    @classmethod
    def from_xml(cls, xml: str) -> Humanoid:
        """Load a humanoid from its MJCF text.

        Raises:
            ArtifactError: The text is not a humanoid written by :func:`build`.
        """
        try:
            model = mujoco.MjModel.from_xml_string(xml)
            humanoid = cls(xml, model)
            _ = humanoid.site_ids, humanoid.sole_ids, humanoid.stature
        except (ValueError, KeyError) as error:
            raise ArtifactError(
                where="humanoid.xml",
                field="mujoco",
                expected="the MJCF of a humanoid with BODY21 and sole sites",
                found=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
                fix="Run `kinetrace stage sim_replay` again.",
            ) from error
        return humanoid

    @cached_property
    def scratch(self) -> Any:
        """MuJoCo's working memory for this model: whoever uses it sets the pose first and keeps nothing in it."""
        return mujoco.MjData(self.model)

    @cached_property
    def site_ids(self) -> Int[np.ndarray, "21"]:
        """Sites of the BODY21 points, in their order."""
        return np.array([self.model.site(name).id for name in BODY21])

    @cached_property
    def sole_ids(self) -> Int[np.ndarray, "2 6"]:
        """Sites of the sole points of the left and the right foot, in the order of SOLE_POINTS."""
        return np.array([[self.model.site(f"{side}_{point}").id for point in SOLE_POINTS] for side in ("l", "r")])

    @cached_property
    def seat_ids(self) -> Int[np.ndarray, "4"]:
        """Sites under buttocks and thighs that can rest on a seat."""
        return np.array([self.model.site(name).id for name in SEAT_POINTS])

    @cached_property
    def mass(self) -> float:
        """Mass of the whole body [kg]."""
        return float(self.model.body_mass.sum())

    @cached_property
    def stature(self) -> float:
        """Stature [m]."""
        return float(self.model.numeric("stature").data[0])

    @cached_property
    def dof_names(self) -> tuple[str, ...]:
        """Names of the actuated degrees of freedom: columns 6 and on of qvel."""
        return tuple(self.model.actuator(i).name for i in range(self.model.nu))

    @cached_property
    def torque_limits(self) -> Float[np.ndarray, "nj"]:
        """Largest torque of each actuated degree of freedom [N m]."""
        return np.array(self.model.actuator_ctrlrange[:, 1], dtype=np.float64)

    @cached_property
    def body_masses(self) -> dict[str, float]:
        """Mass by body name [kg]."""
        return {self.model.body(i).name: float(self.model.body_mass[i]) for i in range(1, self.model.nbody)}

    @cached_property
    def standing(self) -> Float[np.ndarray, "nq"]:
        """Upright pose at the origin, facing X, soles on the floor."""
        return np.array(self.model.qpos0, dtype=np.float64)


def build(
    proportions: Proportions, mass_kg: float, sex: Sex = "unknown", friction: float = 0.8, seat: Seat | None = None
) -> Humanoid:
    """Build a subject's humanoid: de Leva's masses on the subject's own lengths, soles, joint ranges, torque limits.

    Args:
        proportions: The subject's lengths.
        mass_kg: Body mass.
        sex: Chooses de Leva's column; the mean of both where unknown.
        friction: Coulomb friction of soles and seat.
        seat: A seat to put under the pelvis.

    Returns:
        The humanoid, standing upright at the origin in its zero pose.

    Raises:
        CaptureError: The mass is not that of a person.
    """
    if not (np.isfinite(mass_kg) and _MASS_RANGE_KG[0] <= mass_kg <= _MASS_RANGE_KG[1]):
        raise CaptureError(
            where="subject",
            field="mass_kg",
            expected=f"between {_MASS_RANGE_KG[0]:g} and {_MASS_RANGE_KG[1]:g} kg",
            found=f"{mass_kg}",
            fix="Declare the mass in kilograms, or leave it out: forces are then given in body weights.",
        )
    spec = mujoco.MjSpec()
    spec.modelname = "humanoid"
    spec.compiler.degree = False
    spec.option.gravity = [0.0, 0.0, -GRAVITY]
    spec.add_numeric(name="stature", data=[proportions.stature])
    spec.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1], friction=[friction, 0.005, 0.0001]
    )
    if seat is not None:
        add_seat(spec, seat, friction)
    table = subject_table(proportions, sex)
    pelvis = add_trunk(spec, proportions, mass_kg, table)
    for side in SIDES:
        add_leg(pelvis, side, proportions, mass_kg, table, friction)
    for name in _dof_order(spec):
        _add_motor(spec, name, limit_of(name).torque * mass_kg)
    spec.compile()
    return Humanoid.from_xml(spec.to_xml())


def _dof_order(spec: Any) -> list[str]:
    """Name the actuated degrees of freedom in the order of the compiled model's qvel."""
    model = spec.compile()
    names: list[str] = []
    for joint in range(1, model.njnt):
        name = model.joint(joint).name
        is_ball = model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_BALL
        names += [f"{name}_{axis}" for axis in "xyz"] if is_ball else [name]
    return names


def _add_motor(spec: Any, dof: str, limit: float) -> None:
    is_ball = "_shoulder_" in dof
    gear = [float(dof.endswith(axis)) for axis in "xyz"] if is_ball else [1.0, 0.0, 0.0]
    spec.add_actuator(
        name=dof,
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        target=dof.rsplit("_", 1)[0] if is_ball else dof,
        gear=[*gear, 0.0, 0.0, 0.0],
        ctrllimited=True,
        ctrlrange=[-limit, limit],
    )
