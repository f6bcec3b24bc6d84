"""Small takes of research data sets, made in code: a person who stands and sways, in each format."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import numpy as np

_SIDED = {
    "FHD": (90, 70, 1700), "BHD": (-90, 70, 1690), "SHO": (0, 190, 1460), "UPA": (0, 230, 1300), "ELB": (0, 250, 1140),
    "FRM": (20, 260, 1020), "WRA": (40, 240, 900), "WRB": (-10, 260, 900), "FIN": (20, 260, 800), "ASI": (90, 125, 970),
    "PSI": (-90, 50, 1000), "THI": (20, 170, 720), "KNE": (0, 150, 500), "TIB": (0, 140, 300), "ANK": (0, 130, 90),
    "HEE": (-60, 100, 40), "TOE": (140, 110, 50),
}  # fmt: skip
_MIDDLE = {
    "C7": (-60, 0, 1480), "T10": (-80, 0, 1250), "CLAV": (70, 0, 1420), "STRN": (110, 0, 1250), "RBAK": (-90, -90, 1330)
}  # fmt: skip
_ARM = (("left", 1.0), ("right", -1.0))


def vicon_text(frames: int) -> str:
    """Write 39 markers in mm, Z up, X ahead."""
    from adapters.formats.ui_prmd import VICON_MARKERS

    points = []
    for name in VICON_MARKERS:
        x, y, z = _MIDDLE[name] if name in _MIDDLE else _SIDED[name[1:]]
        points.append((x, -y if name[0] == "R" and name not in _MIDDLE else y, z))
    rest = np.array(points, dtype=float)
    sway = 30.0 * np.sin(np.arange(frames) / 15.0)[:, None] * rest[:, 2] / 1700.0
    places = np.repeat(rest[None], frames, axis=0)
    places[:, :, 0] += sway
    return rows(places.reshape(frames, -1))


def kinect_texts(frames: int) -> tuple[str, str]:
    """Write 22 joints' offsets in cm and angles in degrees: the arms hang, hips and knees bend a little and back."""
    from adapters.formats.ui_prmd import KINECT_JOINTS

    offsets = np.zeros((frames, 22, 3))
    angles = np.zeros((frames, 22, 3))
    at = {name: i for i, name in enumerate(KINECT_JOINTS)}
    bend = 15.0 * (1.0 - np.cos(np.arange(frames) / 8.0))
    offsets[:, at["waist"]] = (0.0, 95.0, -250.0)
    offsets[:, at["waist"], 1] -= 80.0 * (1.0 - np.cos(np.radians(bend)))
    for name, up in (("spine", 27.0), ("chest", 20.0), ("neck", 5.0), ("head", 6.0), ("head_tip", 14.0)):
        offsets[:, at[name], 1] = up
    for side, out in _ARM:
        for name, x in (("collar", 2.0), ("upper_arm", 15.0), ("forearm", 27.0), ("hand", 25.0), ("upper_leg", 8.0)):
            offsets[:, at[f"{side}_{name}"], 0] = out * x
        offsets[:, at[f"{side}_lower_leg"], 1] = -40.0
        offsets[:, at[f"{side}_foot"], 1] = -40.0
        offsets[:, at[f"{side}_toes"], 2] = 14.0
        angles[:, at[f"{side}_upper_arm"], 2] = out * -85.0
        angles[:, at[f"{side}_upper_leg"], 0] = -bend
        angles[:, at[f"{side}_lower_leg"], 0] = 2.0 * bend
        angles[:, at[f"{side}_foot"], 0] = -bend
    return rows(offsets.reshape(frames, -1)), rows(angles.reshape(frames, -1))


def cmu_skeleton() -> dict[str, object]:
    """Give a made skeleton in CMU units, arms held out."""
    parents = (-1, 0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 0, 13, 14, 15, 16, 17, 18, 15, 20, 21, 22, 23, 24, 25, 23, 27, 15,
               29, 30, 31, 32, 33, 34, 32, 36)  # fmt: skip
    offsets = [[0.0, 0.0, 0.0] for _ in parents]
    for first, out in ((1, 1.0), (7, -1.0)):
        legs = ((1.6, -1.8, 0.6), (2.6, -7.1, 0.0), (2.5, -6.8, 0.0), (0.2, -0.6, 2.1), (0.0, 0.0, 1.1))
        for joint, (x, y, z) in enumerate(legs, start=first + 1):
            offsets[joint] = [out * x, y, z]
    for joint in (14, 15, 17, 18, 19):
        offsets[joint] = [0.0, 2.0 if joint < 16 else 1.6, 0.0]
    for first, out in ((20, 1.0), (29, -1.0)):
        for joint, x in ((first + 1, 3.5), (first + 2, 5.0), (first + 3, 3.3), (first + 5, 0.7), (first + 6, 0.5)):
            offsets[joint] = [out * x, 0.9 if joint == first + 1 else 0.0, 0.0]
    return {"parents": parents, "offsets_cmu_units": offsets, "cmu_unit_m": 0.05644, "fps": 120, "up_axis": "Y"}


def cmu_text(frames: int) -> str:
    """Write exponential maps: the legs are turned in until they hang, the trunk sways."""
    table = np.zeros((frames, 117))
    table[:, 1] = 17.0
    hang = np.array([0.0, 0.0, 0.35])
    for joint, out in ((2, 1.0), (8, -1.0)):  # for row vectors, a turn about +Z takes +Y to +X
        table[:, 3 + 3 * joint : 6 + 3 * joint] = out * hang
    table[:, 3 + 3 * 14] = 0.05 * np.sin(np.arange(frames) / 20.0)
    return rows(table)


def bvh_text(frames: int, *, scale: float = 1.0, hips: tuple[str, str] = ("LeftUpLeg", "RightUpLeg")) -> str:
    """Write a biped in cm times `scale`; two rotation orders, an end site, a root with six channels."""
    left, right = hips
    lines = ["HIERARCHY", "ROOT Hips", "{", f"  OFFSET 0 {95 * scale:g} 0"]
    lines += ["  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation"]
    for name, out in ((left, 1.0), (right, -1.0)):
        side = "Left" if out > 0 else "Right"
        chain = (
            (name, out * 9, -5, 0),
            (f"{side}Leg", 0, -41, 0),
            (f"{side}Foot", 0, -41, 0),
            (f"{side}ToeBase", 0, -6, 13),
        )
        lines += _chain(chain, (0, 0, 7), scale)
    lines += ["  JOINT Spine", "  {", f"  OFFSET 0 {20 * scale:g} 0", "  CHANNELS 3 Zrotation Xrotation Yrotation"]
    lines += _chain((("Neck", 0, 32, 0), ("Head", 0, 10, 0)), (0, 15, 0), scale)
    for side, out in (("Left", 1.0), ("Right", -1.0)):
        arm = ((f"{side}Arm", out * 18, 25, 0), (f"{side}ForeArm", 0, -28, 0), (f"{side}Hand", 0, -25, 0))
        lines += _chain(arm, (0, -8, 0), scale)
    lines += ["  }", "}", "MOTION", f"Frames: {frames}", "Frame Time: .0166667"]
    joints = 18
    for frame in range(frames):
        turns = [0.0] * (3 * joints)
        turns[0] = 3.0 * np.sin(frame / 10.0)
        lines.append(" ".join(f"{value:.4f}" for value in (0.0, 0.0, scale * frame / 10.0, *turns)))
    return "\n".join(lines) + "\n"


def _chain(
    joints: tuple[tuple[str, float, float, float], ...], end: tuple[float, float, float], scale: float
) -> list[str]:
    lines = []
    for name, *offset in joints:
        lines += [f"  JOINT {name}", "  {", "  OFFSET " + " ".join(f"{scale * value:g}" for value in offset)]
        lines += ["  CHANNELS 3 Zrotation Yrotation Xrotation"]
    lines += ["  End Site", "  {", "  OFFSET " + " ".join(f"{scale * value:g}" for value in end), "  }"]
    return lines + ["  }"] * len(joints)


def rows(table: np.ndarray) -> str:
    """Write numbers as the data sets do: six decimals, commas, a row a line."""
    return "\n".join(",".join(f"{value:.6f}" for value in row) for row in table) + "\n"


def zipped(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members into a zip whose bytes depend on them alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return buffer.getvalue()


def vicon_zip(frames: int, takes: tuple[str, ...] = ("m01_s01_e01",)) -> bytes:
    """Pack Vicon takes."""
    return zipped({f"Vicon/Positions/{_named(take, 'positions')}": vicon_text(frames) for take in takes})


def kinect_zip(frames: int, takes: tuple[str, ...] = ("m01_s01_e01",)) -> bytes:
    """Pack Kinect takes."""
    offsets, angles = kinect_texts(frames)
    found = {f"Kinect/Positions/{_named(take, 'positions')}": offsets for take in takes}
    return zipped(found | {f"Kinect/Angles/{_named(take, 'angles')}": angles for take in takes})


def cmu_zip(frames: int, takes: tuple[str, ...] = ("train/walking/walking_1",)) -> bytes:
    """Pack CMU takes with their skeleton."""
    found = {f"data/{take}.txt": cmu_text(frames) for take in takes}
    return zipped(found | {"skeleton.json": json.dumps(cmu_skeleton())})


def _named(take: str, kind: str) -> str:
    name = take.removesuffix("_inc")
    return f"{name}_{kind}{'_inc' if name != take else ''}.txt"
