"""JSON of a motion: which of the known exports it is, by what is in it."""

from __future__ import annotations

from pathlib import Path

from adapters.formats.json_frames import load_export, refusal
from adapters.formats.marker_file import MarkerFile
from adapters.formats.mediapipe_landmarks import is_mediapipe, parse_mediapipe
from adapters.formats.raw_file import read_raw
from adapters.formats.swift_body import holds_matrix_text, parse_swift_body
from adapters.formats.vision_pose import is_vision, parse_vision
from kinetrace.store.safe_io.caps import EXPORT_JSON_BYTES


def is_assessment(path: Path) -> bool:
    """Say whether a JSON file is an assessment rather than a motion.

    Raises:
        CaptureError: It cannot be read.
    """
    return b'"assessment_type"' in read_raw(path, EXPORT_JSON_BYTES)


def read_json_export(path: Path, fps: float | None) -> MarkerFile:
    """Read a motion that an app wrote as JSON: Swift's matrix texts, Vision's poses or MediaPipe's world landmarks.

    Args:
        path: The file.
        fps: Declared frame rate [Hz], for files without times.

    Raises:
        CaptureError: None of these, or what the parser of its kind refuses.
    """
    value, where = load_export(path), str(path)
    if holds_matrix_text(value):
        return parse_swift_body(value, fps, where)
    if is_vision(value):
        return parse_vision(value, fps, where)
    if is_mediapipe(value):
        return parse_mediapipe(value, fps, where)
    raise refusal(
        where, "document",
        "an ARKit body as Swift text (simd_float4x4), a Vision pose, MediaPipe world landmarks or an assessment (with"
        " assessment_type)",
        f"{'a list' if isinstance(value, list) else 'an object' if isinstance(value, dict) else 'one value'} of another kind",
        "docs/bring-your-own.md shows each; for body.jsonl write a frame a line into a file that ends in .jsonl.",
    )  # fmt: skip
