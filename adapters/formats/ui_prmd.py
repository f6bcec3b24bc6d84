"""UI-PRMD (Vakanski 2018, Data 3:2): ten rehabilitation exercises, each take seen by Vicon and by a Kinect at once.

Vicon: 39 Plug-in-Gait markers, absolute, mm, Z up, 100 Hz. Kinect: 22 joints, the waist absolute and every other joint as
an offset in its parent's frame, cm, with a file of Euler angles in degrees beside it, 30 Hz, Y up.

The angles turn about the parent's Z, then X, then Y (R = Rz Rx Ry), with every chain begun at the waist. The authors'
own animation composes Rz Ry Rx and begins the arms anew; it calls its legs "not entirely correct". Held against the
Vicon of the same repetitions (third of each of six movements and six persons, 66 legs), the shank's angle to the vertical
is off by 5.4° (median; quartiles 3.6 and 8.0) with Rz Rx Ry and by 18.7° (8.4 and 29.7) with Rz Ry Rx; toes that stay on
the floor vary by 2.9 cm in height instead of 15.5; upper arms do not tell the two apart (12.8° and 13.1°).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.spatial.transform import Rotation

from adapters.formats.marker_file import MarkerFile
from adapters.formats.number_rows import parse_rows
from kinetrace.motion.forward_kinematics import joint_places
from schemas.errors import CaptureError

VICON_FPS: Final = 100.0
KINECT_FPS: Final = 30.0
VICON_MARKERS: Final = (
    "LFHD", "RFHD", "LBHD", "RBHD", "C7", "T10", "CLAV", "STRN", "RBAK", "LSHO", "LUPA", "LELB", "LFRM", "LWRA", "LWRB",
    "LFIN", "RSHO", "RUPA", "RELB", "RFRM", "RWRA", "RWRB", "RFIN", "LASI", "RASI", "LPSI", "RPSI", "LTHI", "LKNE", "LTIB",
    "LANK", "LHEE", "LTOE", "RTHI", "RKNE", "RTIB", "RANK", "RHEE", "RTOE",
)  # fmt: skip
KINECT_JOINTS: Final = (
    "waist", "spine", "chest", "neck", "head", "head_tip", "left_collar", "left_upper_arm", "left_forearm", "left_hand",
    "right_collar", "right_upper_arm", "right_forearm", "right_hand", "left_upper_leg", "left_lower_leg", "left_foot",
    "left_toes", "right_upper_leg", "right_lower_leg", "right_foot", "right_toes",
)  # fmt: skip
KINECT_PARENTS: Final = (-1, 0, 1, 2, 3, 4, 2, 6, 7, 8, 2, 10, 11, 12, 0, 14, 15, 16, 0, 18, 19, 20)
MOVEMENTS: Final = (
    "deep_squat", "hurdle_step", "inline_lunge", "side_lunge", "sit_to_stand", "standing_active_straight_leg_raise",
    "standing_shoulder_abduction", "standing_shoulder_extension", "standing_shoulder_rotation", "standing_shoulder_scaption",
)  # fmt: skip
"""m01 to m10."""
LICENCE: Final = "ODC PDDL 1.0 (public domain; Vakanski et al. 2018)"


def parse_vicon(positions: str, where: str) -> MarkerFile:
    """Parse a Vicon take.

    Raises:
        CaptureError: Another count of columns, or cells that are no finite numbers; names the line.
    """
    table = parse_rows(positions, 3 * len(VICON_MARKERS), where)
    time = np.arange(len(table)) / VICON_FPS
    return MarkerFile(
        VICON_MARKERS, table.reshape(len(table), -1, 3), time, "mm", VICON_FPS, up="z", format="ui_prmd_vicon"
    )


def parse_kinect(offsets: str, angles: str, where: str) -> MarkerFile:
    """Parse a Kinect take and place its joints by forward kinematics.

    Args:
        offsets: The positions file: the waist, and each joint from its parent [cm].
        angles: The angles file, of the same frames [deg].
        where: The take, for refusals.

    Raises:
        CaptureError: As `parse_rows`; or files of different length.
    """
    columns = 3 * len(KINECT_JOINTS)
    places, turns = (
        parse_rows(text, columns, f"{where} ({name})") for text, name in ((offsets, "positions"), (angles, "angles"))
    )
    if len(places) != len(turns):
        raise CaptureError(
            where=where, field="frames", expected="as many angles as positions",
            found=f"{len(turns)} and {len(places)}", fix="Take both files from the same download.",
        )  # fmt: skip
    frames = len(places)
    local = Rotation.from_euler("ZXY", turns.reshape(-1, 3)[:, [2, 0, 1]], degrees=True).as_matrix()
    moved = places.reshape(frames, -1, 3)
    joints = joint_places(moved[:, 0], moved, KINECT_PARENTS, local.reshape(frames, -1, 3, 3))
    return MarkerFile(
        KINECT_JOINTS, joints, np.arange(frames) / KINECT_FPS, "cm", KINECT_FPS, (), "y", "ui_prmd_kinect"
    )
