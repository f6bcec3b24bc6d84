"""ARKit bodies as some apps write them: JSON of joint names, each with the text that Swift prints for its matrix.

Swift prints a matrix column by column, `simd_float4x4([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [x, y, z, 1]])`: the place
is the last bracket. Text with the place at the brackets' ends is row-major; it is read so, and said. A joint is relative to
the body anchor; where a frame also has the anchor (`anchor`, `bodyAnchor`, `transform`) the body is in the world, else the
hips stay at one place and the body does not turn. The text has no times: the rate must be declared.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from adapters.formats.json_frames import find_frames, refusal, timed
from adapters.formats.marker_file import MarkerFile
from adapters.formats.poses import pose_matrix
from kinetrace.store.safe_io.text import to_number

MARK: Final = "simd_float4x4"
_TYPES: Final = re.compile(r"simd_float4x4|simd_float4|SIMD4<Float>|float4x4|float4|columns:")
_CELL: Final = re.compile(r"[^\s,\[\]()]+")
_INSIDE: Final = ("joints", "jointModelTransforms", "modelTransforms", "transforms", "skeleton")
_ANCHOR: Final = ("anchor", "bodyAnchor", "anchorTransform", "bodyTransform", "transform")
_NAME: Final = ("name", "joint", "jointName")
_MATRIX: Final = ("transform", "modelTransform", "matrix", "value")
MAX_JOINTS: Final = 200
MAX_TEXT: Final = 2000
_EXPORT: Final = "Export the recording again."


def holds_matrix_text(value: Any, depth: int = 4) -> bool:
    """Say whether a document's first branch leads to Swift's matrix text."""
    if isinstance(value, str):
        return value.lstrip().startswith(MARK)
    if depth and isinstance(value, (dict, list)):
        inner = list(value.values())[:3] if isinstance(value, dict) else value[:3]
        return any(holds_matrix_text(one, depth - 1) for one in inner)
    return False


def parse_swift_body(value: Any, fps: float | None, where: str) -> MarkerFile:
    """Parse a document of Swift's matrix texts.

    Raises:
        CaptureError: No frames, no rate declared, a joint that is no matrix text, or matrices partly row- and partly
            column-major.
    """
    found = find_frames(value) or _by_joint(value)
    if found is None:
        expected = "a list of frames, each with joint names and matrices"
        raise refusal(where, "document", expected, f"an object of {len(value)} keys", _EXPORT)
    frames = timed(found, fps, where)
    tables = [_joints(item, f"frame {number}", where) for number, item in enumerate(frames.items, start=1)]
    names = sorted({name for table in tables for name in table})
    if not 1 <= len(names) <= MAX_JOINTS:
        raise refusal(where, "joints", f"1 to {MAX_JOINTS} joints", f"{len(names)}", _EXPORT)
    matrices = np.full((len(tables), len(names), 4, 4), np.nan)
    column = {name: i for i, name in enumerate(names)}
    for row, table in enumerate(tables):
        for name, matrix in table.items():
            matrices[row, column[name]] = matrix
    matrices, said = _column_major(matrices, where)
    names, positions, told = _placed(names, matrices, where)
    return MarkerFile(
        tuple(names), positions, frames.time, "m", None, (*frames.remarks, *said, *told), "y", "arkit_swift_json",
        size="estimated",
    )  # fmt: skip


def matrix_of(text: str, where: str, field: str) -> Float[np.ndarray, "4 4"]:
    """Give the four brackets of a matrix text as rows; NaN, as Swift prints it for a joint without a pose, stays.

    Raises:
        CaptureError: Not 16 numbers.
    """
    cells = _CELL.findall(_TYPES.sub(" ", text[:MAX_TEXT]))
    try:
        values = np.array([to_number(cell) for cell in cells])
    except ValueError:
        values = np.zeros(0)
    if len(text) > MAX_TEXT or values.size != 16 or np.abs(np.nan_to_num(values)).max() > 1e6:
        raise refusal(where, field, "simd_float4x4([[…], […], […], […]]) of 16 numbers", text[:80], _EXPORT)
    return values.reshape(4, 4)


def _by_joint(value: Any) -> tuple[list[Any], dict[str, Any]] | None:
    """Read the other way round: an object that gives each joint its list of matrices."""
    if not isinstance(value, dict) or not value:
        return None
    inner = next((value[key] for key in _INSIDE if isinstance(value.get(key), dict)), value)
    tracks = {name: one for name, one in inner.items() if isinstance(one, list)}
    lengths = {len(one) for one in tracks.values()}
    if len(lengths) != 1:
        return None
    head = {name: one for name, one in value.items() if not isinstance(one, (list, dict))}
    return [{name: track[i] for name, track in tracks.items()} for i in range(lengths.pop())], head


def _joints(item: Any, field: str, where: str) -> dict[str, Float[np.ndarray, "4 4"]]:
    """Give a frame's matrices by joint; a frame without any is one in which nobody was seen."""
    inner = item
    if isinstance(item, dict):
        inner = next((item[key] for key in _INSIDE if isinstance(item.get(key), (dict, list))), item)
    if isinstance(inner, list):
        pairs = [(_first(one, _NAME), _first(one, _MATRIX)) for one in inner]
    else:
        pairs = list(inner.items()) if isinstance(inner, dict) else [(None, None)]
    if inner is not item:
        pairs += [(key, item[key]) for key in _ANCHOR if key in item]
    found: dict[str, Float[np.ndarray, "4 4"]] = {}
    for name, text in pairs:
        if not isinstance(name, str) or name in found:
            raise refusal(where, field, "joint names, each once, with matrix texts", repr(inner)[:80], _EXPORT)
        if isinstance(text, str) and text.lstrip().startswith(MARK):
            found[name] = matrix_of(text, where, f"{field}, {name}")
        elif name.endswith("_joint"):
            raise refusal(where, f"{field}, {name}", "matrix text simd_float4x4(…)", repr(text)[:80], _EXPORT)
    return found


def _first(one: Any, keys: tuple[str, ...]) -> Any:
    return next((one[key] for key in keys if key in one), None) if isinstance(one, dict) else None


def _column_major(
    matrices: Float[np.ndarray, "frames joints 4 4"], where: str
) -> tuple[Float[np.ndarray, "frames joints 4 4"], tuple[str, ...]]:
    """Turn matrices so that the place is in the last row of brackets; which way they were is seen where it is not 0."""
    tail, side = np.abs(matrices[..., 3, :3]).max(axis=-1), np.abs(matrices[..., :3, 3]).max(axis=-1)
    by_column, by_row = (np.nan_to_num(tail) > 1e-3).any(), (np.nan_to_num(side) > 1e-3).any()
    if by_column and by_row:
        expected = "the place in the last bracket of every matrix, or at the end of each bracket of every matrix"
        raise refusal(where, "matrices", expected, "both in one file", _EXPORT)
    if not by_row:
        return matrices, ()
    said = "matrices are row-major (the place is at the end of each bracket, not in the last one): turned"
    return matrices.swapaxes(2, 3), (said,)


def _placed(
    names: list[str], matrices: Float[np.ndarray, "frames joints 4 4"], where: str
) -> tuple[list[str], Float[np.ndarray, "frames kept 3"], tuple[str, ...]]:
    """Give each joint's place: in the world where the frames have the body's anchor, else relative to it."""
    joints = [i for i, name in enumerate(names) if name not in _ANCHOR]
    places = matrices[:, joints, 3, :3]
    anchor = next((i for i, name in enumerate(names) if name in _ANCHOR), None)
    if anchor is None:
        told = "joints are relative to the body: where it went and how it turned was not recorded"
        return [names[i] for i in joints], places, (told,)
    seen = np.isfinite(matrices[:, anchor]).all(axis=(1, 2))
    world = np.full_like(places, np.nan)
    for row in np.flatnonzero(seen):
        pose = pose_matrix(matrices[row, anchor].ravel().tolist(), where, f"frame {row + 1}, {names[anchor]}")
        world[row] = places[row] @ pose[:3, :3].T + pose[:3, 3]
    return [names[i] for i in joints], world, ()
