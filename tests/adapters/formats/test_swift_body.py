from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.formats.swift_body import holds_matrix_text, matrix_of, parse_swift_body
from benchmarks.made_exports import ARKIT, placed, swift_json, swift_text
from kinetrace.motion.skeletons import INDEX
from schemas.errors import CaptureError

POSE = placed(0.3, np.array([1.0, 2.0, -3.0]))


def _frames(*texts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"left_foot_joint": text, **more} for text in texts]


@given(st.floats(-3.0, 3.0), st.tuples(*[st.floats(-9.0, 9.0)] * 3))
def test_what_swift_prints_is_read_back(yaw: float, place: tuple[float, float, float]) -> None:
    pose = placed(yaw, np.array(place))
    np.testing.assert_allclose(matrix_of(swift_text(pose), "x", "f").T, pose, atol=1e-6)


def test_the_other_ways_of_printing_mean_the_same() -> None:
    columns = ", ".join("SIMD4<Float>(" + ", ".join(f"{v:.8g}" for v in c) + ")" for c in POSE.T)
    np.testing.assert_allclose(matrix_of(f"simd_float4x4(columns: ({columns}))", "x", "f").T, POSE, atol=1e-6)
    assert np.isnan(matrix_of(swift_text(np.full((4, 4), np.nan)), "x", "f")).all()


@pytest.mark.parametrize(
    "text",
    [
        "simd_float4x4([[1, 2, 3]])",
        "simd_float4x4([[a]])",
        "simd_float4x4(" + "1," * 999,
        "simd_float4x4([" + "[1_0,0,0,0]," * 4 + "])",
        "simd_float4x4([" + "[inf,0,0,0]," * 4 + "])",
    ],
)
def test_text_that_is_no_matrix_is_refused(text: str) -> None:
    with pytest.raises(CaptureError, match="16 numbers"):
        matrix_of(text, "x", "frame 1")


def test_places_come_from_the_last_bracket_and_rows_are_noticed() -> None:
    text = swift_text(POSE)
    assert holds_matrix_text(_frames(text))
    file = parse_swift_body(_frames(text, text), 50.0, "x")
    np.testing.assert_allclose(file.positions[:, 0], [[1.0, 2.0, -3.0]] * 2, atol=1e-6)
    np.testing.assert_allclose(file.time, [0.0, 0.02])
    turned = parse_swift_body(_frames(swift_text(POSE.T), swift_text(POSE.T)), 50.0, "x")
    np.testing.assert_allclose(turned.positions, file.positions, atol=1e-6)
    assert any("row-major" in text for text in turned.remarks)
    with pytest.raises(CaptureError, match="both in one file"):
        parse_swift_body(_frames(text, swift_text(POSE.T)), 50.0, "x")


def test_every_shape_of_document_gives_the_same_joints() -> None:
    text = swift_text(POSE)
    shapes: list[Any] = [
        _frames(text, text),
        {"frames": _frames(text, text)},
        {"frame_0": {"left_foot_joint": text}, "frame_1": {"left_foot_joint": text}},
        [{"joints": [{"name": "left_foot_joint", "transform": text}]}] * 2,
        [{"jointModelTransforms": {"left_foot_joint": text}, "isTracked": True}] * 2,
        {"left_foot_joint": [text, text]},
        {"device": "iPad", "joints": {"left_foot_joint": [text, text]}},
    ]
    for shape in shapes:
        assert holds_matrix_text(shape)
        file = parse_swift_body(shape, 60.0, "x")
        assert file.names == ("left_foot_joint",)
        np.testing.assert_allclose(file.positions[:, 0], [[1.0, 2.0, -3.0]] * 2, atol=1e-6)


def test_an_anchor_puts_the_body_into_the_world(walk: np.ndarray) -> None:
    shift = np.array([2.0, 0.1, -3.0])
    file = parse_swift_body(json.loads(swift_json(walk[:4])), 60.0, "x")
    at = file.names.index("left_foot_joint")
    np.testing.assert_allclose(file.positions[:, at], walk[:4, INDEX["l_ankle"]] + shift, atol=1e-5)
    alone = parse_swift_body(json.loads(swift_json(walk[:4], anchored=False)), 60.0, "x")
    assert set(alone.names) == set(ARKIT) and any("relative to the body" in text for text in alone.remarks)
    np.testing.assert_allclose(alone.positions[:, alone.names.index("root")], 0.0, atol=1e-6)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (_frames("simd_float4x4([[1]])", "x"), "frame 1, left_foot_joint"),
        (_frames(swift_text(POSE), "none"), "frame 2, left_foot_joint: expected matrix text"),
        ([{"left_foot_joint": swift_text(POSE)}, 7], "frame 2: expected joint names"),
        ([{"note": "x"}, {"note": "y"}], "1 to 200 joints"),
        ({"a": swift_text(POSE)}, "a list of frames"),
        ([{f"j{i}": swift_text(POSE) for i in range(201)}] * 2, "1 to 200 joints, found 201"),
        (_frames(*[swift_text(POSE)] * 2, anchor=swift_text(2.0 * POSE)), "frame 1, anchor: expected a rigid pose"),
    ],
)
def test_what_is_no_body_is_refused(value: Any, message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        parse_swift_body(value, 60.0, "x")
