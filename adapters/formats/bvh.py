"""BVH: a tree of joints with their offsets, then a row a frame of angles in degrees, in whatever order each joint says.

The format names no unit and no up axis. The joint names of the CMU library's conversions mean CMU units of 56.44 mm;
else the one of m, cm and mm that makes a person of the legs is taken. Both are said; Y is up, as in every exporter we know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from adapters.formats.marker_file import MarkerFile
from adapters.formats.raw_file import capture_errors
from kinetrace.motion.forward_kinematics import joint_places
from kinetrace.store.safe_io.caps import TABLE_CELLS
from kinetrace.store.safe_io.text import Lines, open_lines, text_lines, to_number
from schemas.errors import CaptureError

MAX_JOINTS: Final = 500
MAX_DEPTH: Final = 64
MAX_SIZE: Final = 1e9
CMU_UNIT_M: Final = 0.05644
_CMU_NAMES: Final = frozenset({"LHipJoint", "RHipJoint"})
_CHANNELS: Final = tuple(f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ")
_NAME: Final = re.compile(r"[^\s{}]{1,80}")


@dataclass
class Joint:
    """One joint of the tree; an end site is a joint without channels."""

    name: str
    parent: int
    offset: tuple[float, float, float] | None = None
    channels: tuple[str, ...] = ()


@dataclass
class _Tree:
    joints: list[Joint] = field(default_factory=list)
    open: list[int] = field(default_factory=list)


def read_bvh(path: Path) -> MarkerFile:
    """Read a BVH file as joint places.

    Raises:
        CaptureError: Not a BVH, truncated, a joint without an offset, rows of another length than the channels, a cell
            that is no finite number.
    """
    with capture_errors(str(path)), open_lines(path) as (_, lines):
        return _parse(lines, str(path))


def parse_bvh(text: str, where: str) -> MarkerFile:
    """Parse BVH text; `read_bvh` says what is refused."""
    with capture_errors(where):
        return _parse(text_lines(text), where)


def _parse(lines: Lines, where: str) -> MarkerFile:
    joints = _hierarchy(lines, where)
    frames, step = _motion_head(lines, where)
    columns = sum(len(joint.channels) for joint in joints)
    rows = _rows(lines, frames, columns, where)
    places = _places(joints, rows)
    names = tuple(joint.name for joint in joints)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _refusal(where, "joints", "each name once", f"{twice[0]!r} twice", "Rename one of them.")
    time = np.arange(frames) * step
    if set(names) >= _CMU_NAMES:
        remark = f"BVH names no unit: CMU units of {1000 * CMU_UNIT_M:g} mm, as the joint names are the CMU library's"
        return MarkerFile(names, places * CMU_UNIT_M, time, "m", 1.0 / step, (remark,), up="y", format="bvh")
    unit = next((u for u, m in (("m", 1.0), ("cm", 0.01), ("mm", 0.001)) if 0.5 <= _reach(joints) * m <= 2.4), None)
    remarks = () if unit is None else (f"BVH names no unit: {unit}, which makes a person of the skeleton",)
    return MarkerFile(names, places, time, unit, 1.0 / step, remarks, up="y", format="bvh")


def _hierarchy(lines: Lines, where: str) -> list[Joint]:
    """Read the tree up to the line MOTION."""
    tree = _Tree()
    first = next(lines, (1, ""))
    if first[1].strip() != "HIERARCHY":
        raise _refusal(where, "line 1", "HIERARCHY", repr(first[1][:40]), "Give a BVH file.")
    for number, line in lines:
        words = line.split()
        if words == ["MOTION"]:
            if tree.open or not tree.joints:
                raise _refusal(where, f"line {number}", "closed braces", f"{len(tree.open)} open", "Export it again.")
            return _checked(tree.joints, where)
        try:
            _take(tree, words)
        except (ValueError, IndexError) as error:
            raise _refusal(
                where, f"line {number}", "a line of a hierarchy", str(error)[:80], "Export it again."
            ) from None
    raise _refusal(where, "file", "a line MOTION", "the end of the file", "The file was cut short: export it again.")


def _take(tree: _Tree, words: list[str]) -> None:
    """Take one line of the hierarchy into the tree; ValueError says what is wrong with it."""
    match words:
        case ["{"]:
            if not tree.joints or len(tree.open) >= MAX_DEPTH:
                raise ValueError(
                    f"a brace {len(tree.open)} deep, after no joint" if not tree.joints else "too deep a tree"
                )
            tree.open.append(len(tree.joints) - 1)
        case ["}"]:
            tree.open.pop()
        case ["ROOT" | "JOINT" as kind, name] if _NAME.fullmatch(name):
            if (kind == "ROOT") != (not tree.joints) or len(tree.joints) >= MAX_JOINTS:
                raise ValueError(f"{kind} {name}: one root, and at most {MAX_JOINTS} joints")
            tree.joints.append(Joint(name, tree.open[-1] if tree.open else -1))
        case ["End", "Site"] if len(tree.joints) < MAX_JOINTS:
            tree.joints.append(Joint(f"{tree.joints[tree.open[-1]].name}End", tree.open[-1]))
        case ["OFFSET", *numbers] if len(numbers) == 3:
            x, y, z = (_finite(cell) for cell in numbers)
            tree.joints[tree.open[-1]].offset = (x, y, z)
        case ["CHANNELS", count, *channels] if to_number(count) == len(channels):
            if len(set(channels)) != len(channels) or not set(channels) <= set(_CHANNELS):
                raise ValueError(f"channels {' '.join(channels)[:60]}")
            tree.joints[tree.open[-1]].channels = tuple(channels)
        case _:
            raise ValueError(repr(" ".join(words)))


def _checked(joints: list[Joint], where: str) -> list[Joint]:
    for at, joint in enumerate(joints):
        if joint.offset is None or (at > 0 and joint.parent < 0):
            raise _refusal(where, joint.name, "an OFFSET and a parent", "none", "Export the file again.")
    return joints


def _motion_head(lines: Lines, where: str) -> tuple[int, float]:
    texts = [next(lines, (0, ""))[1] for _ in range(2)]
    count = re.fullmatch(r"\s*Frames:\s*(\d{1,9})\s*", texts[0])
    step = re.fullmatch(r"\s*Frame Time:\s*([0-9.eE+-]{1,30})\s*", texts[1])
    try:
        seconds = float(step[1]) if step else 0.0
    except ValueError:
        seconds = 0.0
    if count is None or not 1e-5 <= seconds <= 1.0:
        found = repr(" | ".join(text.strip()[:40] for text in texts))
        raise _refusal(where, "MOTION", "Frames: N and Frame Time: seconds", found, "Export the file again.")
    # Exporters write 1/120 s as .0083333: the nearest whole rate is meant where it is that near.
    rate = round(1.0 / seconds)
    return int(count[1]), 1.0 / rate if abs(rate * seconds - 1.0) < 1e-4 else seconds


def _rows(lines: Lines, frames: int, columns: int, where: str) -> Float[np.ndarray, "frames columns"]:
    if frames < 2 or not 0 < frames * columns <= TABLE_CELLS:
        found = f"{frames} frames of {columns} channels"
        raise _refusal(where, "Frames", f"2 frames or more, at most {TABLE_CELLS} numbers", found, "Cut the recording.")
    values: list[Float[np.ndarray, columns]] = []
    for number, line in _within(lines, frames):
        cells = line.split()
        if len(cells) != columns:
            fix = "The row was cut: export the file again."
            raise _refusal(where, f"line {number}", f"{columns} numbers", f"{len(cells)}", fix)
        try:
            values.append(np.array([_finite(cell) for cell in cells]))
        except ValueError as error:
            raise _refusal(where, f"line {number}", "finite numbers", str(error)[:80], "Export it again.") from None
    if len(values) < frames:
        fix = "The file was cut short: export it again."
        raise _refusal(where, "Frames", f"{frames} rows", f"{len(values)} rows", fix)
    return np.stack(values)


def _within(lines: Lines, frames: int) -> Iterator[tuple[int, str]]:
    for _, line in zip(range(frames), lines, strict=False):
        yield line


def _places(joints: list[Joint], rows: Float[np.ndarray, "frames columns"]) -> Float[np.ndarray, "frames joints 3"]:
    """Turn channels into places; a joint's rotations are applied in the order in which it lists them."""
    frames = len(rows)
    offsets = np.zeros((frames, len(joints), 3))
    local = np.broadcast_to(np.eye(3), (frames, len(joints), 3, 3)).copy()
    at = 0
    for number, joint in enumerate(joints):
        offsets[:, number] = joint.offset
        own = rows[:, at : at + len(joint.channels)]
        at += len(joint.channels)
        moved = [c for c, name in enumerate(joint.channels) if name.endswith("position")]
        turned = [c for c, name in enumerate(joint.channels) if name.endswith("rotation")]
        if moved:
            axes = ["XYZ".index(joint.channels[c][0]) for c in moved]
            offsets[:, number, axes] = own[:, moved] + (0.0 if number else offsets[:, number, axes])
        if turned:
            order = "".join(joint.channels[c][0] for c in turned)
            local[:, number] = Rotation.from_euler(order, own[:, turned], degrees=True).as_matrix().reshape(-1, 3, 3)
    return joint_places(offsets[:, 0], offsets, tuple(joint.parent for joint in joints), local)


def _reach(joints: list[Joint]) -> float:
    """Give how far the tree reaches from its highest to its lowest joint in the pose of no rotation, along its longest axis."""
    rest = np.zeros((len(joints), 3))
    for at, joint in enumerate(joints):
        rest[at] = np.array(joint.offset) + (rest[joint.parent] if at else 0.0)
    return float(np.ptp(rest, axis=0).max())


def _finite(cell: str) -> float:
    value = to_number(cell)
    if not abs(value) < MAX_SIZE:
        raise ValueError(f"{cell[:40]!r} is no finite number below 1e9")
    return value


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
