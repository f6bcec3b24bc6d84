from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from adapters.formats.cmu_expmap import parse_expmap, parse_skeleton
from adapters.formats.cmu_roots import damaged, longest_sound
from adapters.formats.take_zip import read_cmu_frames
from benchmarks.made_takes import cmu_skeleton, rows
from schemas.errors import CaptureError

SKELETON = parse_skeleton(json.dumps(cmu_skeleton()), "made")


def standing(frames: int) -> np.ndarray:
    table = np.zeros((frames, 117))
    table[:, 1] = 17.0
    return table


def tipped(frames: int, first: int, last: int) -> np.ndarray:
    """Stand, but for a second of tipping over sideways in the air and back."""
    table = standing(frames)
    tilt = np.interp(np.arange(frames), [first, (first + last) / 2, last], [0.0, np.pi / 2, 0.0])
    table[:, 3:6] = tilt[:, None] * np.array([0.0, 0.0, 1.0])
    return table


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.2, 4.0))
def test_a_person_who_turns_round_upright_is_sound_however_the_turn_is_written(seed: int, speed: float) -> None:
    table = standing(240)
    yaw = seed % 7 + speed * np.arange(240) / 120.0
    table[:, 3:6] = -(Rotation.from_euler("y", yaw[:, None]) * Rotation.from_euler("x", 0.2)).as_rotvec()
    assert not damaged(table, SKELETON).any() and longest_sound(table, SKELETON) == (0, 240)


def test_the_longest_stretch_beside_a_flight_on_the_side_is_given() -> None:
    table = tipped(600, 100, 220)
    bad = np.flatnonzero(damaged(table, SKELETON))
    assert 100 < bad[0] < 120 and 200 < bad[-1] < 220 and len(bad) == bad[-1] - bad[0] + 1
    assert longest_sound(table, SKELETON) == (bad[-1] + 1, 600)


def test_lying_down_for_real_is_no_damage() -> None:
    table = tipped(600, 100, 500)
    table[100:500, 1] = 4.0
    assert not damaged(table, SKELETON).any()


def test_a_leap_of_the_turn_is_damage_without_a_tilt() -> None:
    table = standing(300)
    table[200:, 4] = 0.5  # 29° in one frame
    assert set(np.flatnonzero(damaged(table, SKELETON))) == set(range(188, 213))
    assert longest_sound(table, SKELETON) == (0, 188)


def test_what_was_left_out_is_said_and_a_file_without_a_sound_frame_is_refused() -> None:
    found = parse_expmap(rows(tipped(600, 100, 220)), SKELETON, "x")
    assert (
        len(found.positions) < 600 and "the longest stretch: elsewhere the root's turn is damaged" in found.left_out[0]
    )
    flat = standing(40)
    flat[:, 5] = np.pi / 2
    with pytest.raises(CaptureError, match="damaged root, found 0"):
        parse_expmap(rows(flat), SKELETON, "x")


def test_nine_of_the_published_files_are_damaged_and_no_bend_or_jump_is_taken_for_it(recordings: Path) -> None:
    frames, skeleton = read_cmu_frames(recordings / "cmu_mocap" / "cmu_mocap_expmap.zip")
    lost = {name: damaged(one[10:], skeleton).mean() for name, one in frames.items()}
    bad = {name.rpartition("/")[2] for name, share in lost.items() if share > 0}
    assert bad == {"directing_traffic_1", *(f"walking_{i}" for i in (22, 23, 24, 25, 26, 48, 49, 50))}
    assert {name.partition("/")[0] for name, share in lost.items() if share > 0} == {"train"}
