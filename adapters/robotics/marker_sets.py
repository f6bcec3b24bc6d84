"""The marker sets we know, recognised by the names of their markers and never by how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.errors import MarkerSetError

_NOT_ALNUM = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class MarkerSet:
    """One laboratory's convention.

    Attributes:
        name: What it is called in artifacts.
        core: Canonical names that must all be there for the set to be recognised.
        roles: Anatomical role (`r_asis`, `l_knee_lat`, `c7`, …) to the canonical name of its marker.
        clusters: Segment (`r_thigh`, `l_shank`, …) to the canonical names of its tracking markers.
        centres: The markers are joint centres already, as video keypoints are.
    """

    name: str
    core: frozenset[str]
    roles: Mapping[str, str]
    clusters: Mapping[str, tuple[str, ...]]
    centres: bool = False

    def names(self) -> frozenset[str]:
        """Give every canonical name that the set knows."""
        return frozenset(self.roles.values()) | {name for group in self.clusters.values() for name in group}


def canonical(label: str) -> str:
    """Give a label as it is compared: no subject prefix (`anna:R.Knee`), lower case, letters and digits only."""
    return _NOT_ALNUM.sub("", label.rsplit(":", 1)[-1].lower())


def recognise(labels: Iterable[str], where: str) -> MarkerSet:
    """Say which known set a file's labels belong to.

    Args:
        labels: As written in the file.
        where: The file, for the refusal.

    Returns:
        Among the sets whose core markers are all present, the one that explains most labels.

    Raises:
        MarkerSetError: No set is recognised; lists the labels and shows how to write a mapping file.
    """
    given = tuple(labels)
    present = {canonical(label) for label in given}
    fitting = [known for known in KNOWN if known.core <= present]
    if not fitting:
        shown = ", ".join(given[:60]) + (", …" if len(given) > 60 else "")
        raise MarkerSetError(
            where=where,
            field="labels",
            expected="one of the marker sets " + "; ".join(known.name for known in KNOWN),
            found=f"{len(given)} labels: {shown}",
            fix="Give --mapping with a file such as: joints: {r_hip: [RHJC], r_knee: [RKNE, RKNM], r_ankle: [RANK, RANM],"
            " l_hip: [LHJC], l_knee: [LKNE, LKNM], l_ankle: [LANK, LANM]} (a joint is the mean of its markers; the pelvis is"
            " the middle of the hips).",
        )
    return max(fitting, key=lambda known: len(known.names() & present))


def _sided(template: Mapping[str, str], middle: Mapping[str, str]) -> dict[str, str]:
    """Write a template once a side: `{s}` is r or l in both role and marker name."""
    both = {role.format(s=s): name.format(s=s) for s in "rl" for role, name in template.items()}
    return both | dict(middle)


def _clusters(**template: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {f"{s}_{segment}": tuple(n.format(s=s) for n in names) for s in "rl" for segment, names in template.items()}


OPENCAP_LAB: Final = MarkerSet(
    name="OpenCap laboratory (Uhlrich 2023)",
    core=frozenset({"rasis", "lasis", "rpsis", "lpsis", "rcalc", "lcalc"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asis", "{s}_psis": "{s}psis", "{s}_hjc": "{s}hjc", "{s}_knee_lat": "{s}knee",
            "{s}_knee_med": "{s}mknee", "{s}_ankle_lat": "{s}ankle", "{s}_ankle_med": "{s}mankle", "{s}_heel": "{s}calc",
            "{s}_toe": "{s}toe", "{s}_mt5": "{s}5meta", "{s}_acromion": "{s}shoulder", "{s}_elbow_lat": "{s}elbowlat",
            "{s}_elbow_med": "{s}elbowmed", "{s}_wrist_rad": "{s}wristradius", "{s}_wrist_uln": "{s}wristulna",
        },
        {"c7": "c7"},
    ),
    clusters=_clusters(
        thigh=("{s}thigh1", "{s}thigh2", "{s}thigh3", "{s}thigh4", "{s}thigh5"),
        shank=("{s}sh2", "{s}sh3", "{s}sh4", "{s}shankantsup"),
    ),
)  # fmt: skip

RAJAGOPAL: Final = MarkerSet(
    name="Rajagopal 2016",
    core=frozenset({"rasis", "lasis", "rpsis", "lpsis", "rth1", "lth1", "rsh1", "lsh1", "rheel", "lheel"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asis", "{s}_psis": "{s}psis", "{s}_knee_lat": "{s}knee", "{s}_ankle_lat": "{s}ankle",
            "{s}_heel": "{s}heel", "{s}_toe": "{s}toe", "{s}_mt5": "{s}mt5", "{s}_acromion": "{s}shoulder",
            "{s}_elbow_lat": "{s}elbow", "{s}_wrist_uln": "{s}wrist",
        },
        {"sacrum": "s2"},
    ),
    clusters=_clusters(
        thigh=("{s}th1", "{s}th2", "{s}th3", "{s}th4"), shank=("{s}sh1", "{s}sh2", "{s}sh3", "{s}sh4")
    ),
)  # fmt: skip

GAIT2354: Final = MarkerSet(
    name="OpenSim gait2354",
    core=frozenset({"rasis", "lasis", "vsacral", "rthighupper", "lthighupper", "rshankupper", "lshankupper"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asis", "{s}_knee_lat": "{s}kneelat", "{s}_knee_med": "{s}kneemed",
            "{s}_ankle_lat": "{s}anklelat", "{s}_ankle_med": "{s}anklemed", "{s}_heel": "{s}heel", "{s}_toe": "{s}toetip",
            "{s}_mt5": "{s}toelat", "{s}_acromion": "{s}acromium", "{s}_elbow_lat": "{s}elbow",
            "{s}_wrist_rad": "{s}wristlat", "{s}_wrist_uln": "{s}wristmed",
        },
        {"sacrum": "vsacral", "vertex": "tophead"},
    ),
    clusters=_clusters(
        thigh=("{s}thighupper", "{s}thighfront", "{s}thighrear"),
        shank=("{s}shankupper", "{s}shankfront", "{s}shankrear"),
    ),
)  # fmt: skip

VIDEO_KEYPOINTS: Final = MarkerSet(
    name="20 video keypoints (OpenCap, OpenPose naming)",
    core=frozenset({"midhip", "rhip", "lhip", "rknee", "lknee", "rankle", "lankle"}),
    roles=_sided(
        {
            "{s}_hjc": "{s}hip", "{s}_knee": "{s}knee", "{s}_ankle": "{s}ankle", "{s}_heel": "{s}heel",
            "{s}_toe": "{s}bigtoe", "{s}_mt5": "{s}smalltoe", "{s}_shoulder": "{s}shoulder", "{s}_elbow": "{s}elbow",
            "{s}_wrist": "{s}wrist",
        },
        {"midhip": "midhip", "neck_keypoint": "neck"},
    ),
    clusters={},
    centres=True,
)  # fmt: skip

KNOWN: Final = (OPENCAP_LAB, RAJAGOPAL, GAIT2354, VIDEO_KEYPOINTS)
"""Every set that is recognised, in the order in which they are listed to the user."""
