"""Ranges of motion and largest torques of the humanoid's joints, one table with its sources.

Ranges: chosen 15-30 degrees wider than clinical norms (AAOS 1965; Roaas & Andersson 1982, Acta Orthop. Scand. 53:205),
because joint centres from markers and cameras carry offsets, and because hip flexion is measured here against the whole
trunk. They keep a knee from bending backwards; they do not diagnose.

Torques [N m / kg of body mass]: chosen above what healthy men can give, of the order of the largest known. For scale: knee
extension 2.9-3.5 (Sarabon 2021, 411 studies), trunk extension 290 N m (Chaffin 1999), neck 51 N m back, 32 aside, 30
forward (nine men, Ann. Biomed. Eng. 2014); larger in running and jumping (Novacheck 1998, Gait Posture 7:77), and by
Anderson 2007 (J. Biomech. 40:3105) for hip, knee and ankle and Holzbaur 2007 (J. Biomech. 40:2442) for the arm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class JointLimit:
    """What one degree of freedom can do.

    Attributes:
        low: Lower end of the range [degrees]; positive is flexion, dorsiflexion, adduction, internal rotation, inversion.
        high: Upper end [degrees].
        torque: Largest torque [N m / kg].
        speed: Largest angular speed in fast sport [rad/s]: shoulder 134, throwing (7 700 deg/s, Seroyer 2010); neck
            13.6, the median of 20 people's fastest head turns (780 deg/s, Grossman 1988); as reported of sprinting
            (hip 14, knee 21, ankle 19; Novacheck 1998, Bezodis 2008) and throwing (elbow 40, trunk 20; Fleisig 1995).
    """

    low: float
    high: float
    torque: float
    speed: float


LIMITS: Final = {
    "lumbar_flexion": JointLimit(-45.0, 90.0, 4.5, 20.0),
    "lumbar_bending": JointLimit(-45.0, 45.0, 3.5, 20.0),
    "lumbar_rotation": JointLimit(-60.0, 60.0, 2.0, 20.0),
    "neck_flexion": JointLimit(-75.0, 75.0, 0.8, 13.6),
    "neck_bending": JointLimit(-60.0, 60.0, 0.8, 13.6),
    "hip_flexion": JointLimit(-50.0, 150.0, 5.0, 14.0),
    "hip_adduction": JointLimit(-75.0, 50.0, 4.0, 14.0),
    "hip_rotation": JointLimit(-70.0, 70.0, 2.0, 20.0),
    "knee_flexion": JointLimit(-10.0, 165.0, 4.5, 21.0),
    "ankle_flexion": JointLimit(-75.0, 60.0, 4.0, 19.0),
    "ankle_inversion": JointLimit(-50.0, 50.0, 1.5, 19.0),
    "shoulder_x": JointLimit(-180.0, 180.0, 1.6, 134.0),
    "shoulder_y": JointLimit(-180.0, 180.0, 1.6, 134.0),
    "shoulder_z": JointLimit(-180.0, 180.0, 1.0, 134.0),
    "elbow_flexion": JointLimit(-15.0, 165.0, 1.2, 40.0),
}
"""By degree of freedom, the side's ``r_`` or ``l_`` left out."""


def limit_of(dof: str) -> JointLimit:
    """Give the limits of a degree of freedom by its full name, such as ``r_knee_flexion``."""
    return LIMITS[dof.removeprefix("r_").removeprefix("l_")]
