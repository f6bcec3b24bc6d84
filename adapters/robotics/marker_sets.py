"""The marker sets we know, recognised by the names of their markers and never by how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from schemas.errors import MarkerSetError

_NOT_ALNUM = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class MarkerSet:
    """One laboratory's convention.

    Attributes:
        name: What it is called in artifacts.
        core: Canonical names that must all be there for the set to be recognised.
        roles: Anatomical role (`r_asis`, `l_knee_lat`, `c7`, …) to the canonical name of its marker; where laboratories call
            it differently, the names in order of preference with `|` between them.
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
        said = frozenset(name for names in self.roles.values() for name in names.split("|"))
        return said | {name for group in self.clusters.values() for name in group}

    def among(self, present: Iterable[str]) -> MarkerSet:
        """Give the set with one name a role: the first that is present, else the first."""
        there = frozenset(present)
        chosen = {
            role: next((name for name in names.split("|") if name in there), names.split("|")[0])
            for role, names in self.roles.items()
        }
        return replace(self, roles=chosen)


def canonical(label: str) -> str:
    """Give a label as it is compared: no subject prefix (`anna:R.Knee`), lower case, letters and digits only."""
    return _NOT_ALNUM.sub("", label.rsplit(":", 1)[-1].lower())


def recognise(labels: Iterable[str], where: str, known: tuple[MarkerSet, ...] | None = None) -> MarkerSet:
    """Say which known set a file's labels belong to.

    Args:
        labels: As written in the file.
        where: The file, for the refusal.
        known: The sets to look through; None: the marker sets of this file.

    Returns:
        Among the sets whose core markers are all present, the one that explains most labels.

    Raises:
        MarkerSetError: No set is recognised; lists the labels and shows how to write a mapping file.
    """
    given = tuple(labels)
    present = {canonical(label) for label in given}
    sets = KNOWN if known is None else known
    fitting = [one for one in sets if one.core <= present]
    if not fitting:
        shown = ", ".join(given[:60]) + (", …" if len(given) > 60 else "")
        raise MarkerSetError(
            where=where,
            field="labels",
            expected="one of the marker sets " + "; ".join(one.name for one in sets),
            found=f"{len(given)} labels: {shown}",
            fix="Give --mapping with a file such as: joints: {r_hip: [RHJC], r_knee: [RKNE, RKNM], r_ankle: [RANK, RANM],"
            " l_hip: [LHJC], l_knee: [LKNE, LKNM], l_ankle: [LANK, LANM]} (a joint is the mean of its markers; the pelvis is"
            " the middle of the hips).",
        )
    return max(fitting, key=lambda one: len(one.names() & present))


def _sided(template: Mapping[str, str], middle: Mapping[str, str]) -> dict[str, str]:
    """Write a template once a side: `{s}` is r or l in both role and marker name."""
    both = {role.format(s=s): name.format(s=s) for s in "rl" for role, name in template.items()}
    return both | dict(middle)


def _clusters(**template: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {f"{s}_{segment}": tuple(n.format(s=s) for n in names) for s in "rl" for segment, names in template.items()}


OPENCAP_LAB: Final = MarkerSet(
    name="OpenCap laboratory (Uhlrich 2023)",
    core=frozenset({"rasis", "lasis", "rpsis", "lpsis", "rthigh1", "lthigh1"}),
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
    core=frozenset({"rasis", "lasis", "rpsis", "lpsis", "rth1", "lth1", "rsh1", "lsh1"}),
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

PLUG_IN_GAIT: Final = MarkerSet(
    name="Plug-in Gait / CGM",
    core=frozenset({"rasi", "lasi", "rkne", "lkne", "rank", "lank"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asi", "{s}_psis": "{s}psi", "{s}_hjc": "{s}hjc|{s}fep", "{s}_kjc": "{s}kjc|{s}feo",
            "{s}_ajc": "{s}ajc|{s}tio", "{s}_sjc": "{s}sjc|{s}clo", "{s}_ejc": "{s}ejc|{s}huo", "{s}_wjc": "{s}wjc|{s}rao",
            "{s}_knee_lat": "{s}kne", "{s}_knee_med": "{s}knm|{s}kneem|{s}knein|{s}mkne|{s}knemed",
            "{s}_ankle_lat": "{s}ank", "{s}_ankle_med": "{s}med|{s}ankm|{s}ankin|{s}mank|{s}mma|{s}ankmed",
            "{s}_heel": "{s}hee", "{s}_toe": "{s}toe", "{s}_mt5": "{s}d5m|{s}vmh|{s}mt5", "{s}_acromion": "{s}sho",
            "{s}_elbow_lat": "{s}elb", "{s}_elbow_med": "{s}mel|{s}elbm|{s}elbin", "{s}_wrist_rad": "{s}wra",
            "{s}_wrist_uln": "{s}wrb", "{s}_head_front": "{s}fhd", "{s}_head_back": "{s}bhd",
        },
        {"c7": "c7", "sacrum": "sacr|vsac"},
    ),
    clusters=_clusters(thigh=("{s}thi", "{s}thap", "{s}thad"), shank=("{s}tib", "{s}tiap", "{s}tiad")),
)  # fmt: skip

BONY_LANDMARKS: Final = MarkerSet(
    name="bony landmarks (van Sint Jan 2007), as Rehazenter",
    core=frozenset({"rias", "lias", "rips", "lips", "rfle", "lfle", "rfal", "lfal"}),
    roles=_sided(
        {
            "{s}_asis": "{s}ias", "{s}_psis": "{s}ips", "{s}_knee_lat": "{s}fle", "{s}_knee_med": "{s}fme",
            "{s}_ankle_lat": "{s}fal", "{s}_ankle_med": "{s}tam", "{s}_heel": "{s}fcc", "{s}_toe": "{s}fm2",
            "{s}_mt5": "{s}fm5", "{s}_acromion": "{s}sae|{s}saa", "{s}_elbow_lat": "{s}hle", "{s}_elbow_med": "{s}hme",
            "{s}_wrist_rad": "{s}rsp", "{s}_wrist_uln": "{s}uhe",
        },
        {"c7": "cv7"},
    ),
    clusters=_clusters(thigh=("{s}ftc",), shank=("{s}fax", "{s}ttc")),
)  # fmt: skip

IOR_LEGS: Final = MarkerSet(
    name="IOR lower body (Leardini 2007)",
    core=frozenset({"rasis", "lasis", "rpsis", "lpsis", "rle", "lle", "rlm", "llm"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asis", "{s}_psis": "{s}psis", "{s}_knee_lat": "{s}le", "{s}_knee_med": "{s}me",
            "{s}_ankle_lat": "{s}lm", "{s}_ankle_med": "{s}mm", "{s}_heel": "{s}ca", "{s}_toe": "{s}sm",
            "{s}_mt5": "{s}vm", "{s}_acromion": "{s}ac|{s}a",
        },
        {"c7": "c7"},
    ),
    clusters=_clusters(thigh=("{s}gt",), shank=("{s}hf", "{s}tt")),
)  # fmt: skip

HELEN_HAYES: Final = MarkerSet(
    name="Helen Hayes (Kadaba 1990)",
    core=frozenset({"rasis", "lasis", "vsacral", "rthigh", "lthigh", "rshank", "lshank"}),
    roles=_sided(
        {
            "{s}_asis": "{s}asis", "{s}_knee_lat": "{s}knee|{s}kneelat", "{s}_knee_med": "{s}kneemedial|{s}kneemed",
            "{s}_ankle_lat": "{s}ankle|{s}anklelat", "{s}_ankle_med": "{s}anklemedial|{s}anklemed", "{s}_heel": "{s}heel",
            "{s}_toe": "{s}toe", "{s}_acromion": "{s}shoulder", "{s}_elbow_lat": "{s}elbow", "{s}_wrist_uln": "{s}wrist",
        },
        {"sacrum": "vsacral", "vertex": "tophead"},
    ),
    clusters=_clusters(thigh=("{s}thigh",), shank=("{s}shank",)),
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

KNOWN: Final = (
    PLUG_IN_GAIT, OPENCAP_LAB, RAJAGOPAL, GAIT2354, BONY_LANDMARKS, IOR_LEGS, HELEN_HAYES, VIDEO_KEYPOINTS,
)  # fmt: skip
"""Every set that is recognised, in the order in which they are listed to the user."""
