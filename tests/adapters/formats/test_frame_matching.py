from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.formats.camera_rows import CameraRows
from adapters.formats.frame_matching import match_rows
from schemas.errors import CaptureError


def _rows(time: np.ndarray, frame: np.ndarray) -> CameraRows:
    return CameraRows(time, frame, np.ones((len(time), 4)), np.tile(np.eye(4), (len(time), 1, 1)))


@given(st.sets(st.integers(0, 59), min_size=20, max_size=60), st.floats(0, 1e6), st.booleans())
def test_every_row_finds_its_own_frame_whichever_rows_are_missing(kept: set[int], boot: float, numbered: bool) -> None:
    film = np.arange(60) / 30.0
    at = np.array(sorted(kept | {0}))
    frame = at if numbered else np.arange(len(at))
    found = match_rows(_rows(boot + film[at], frame), film, "x")
    expected = np.full(60, -1)
    expected[at] = np.arange(len(at))
    np.testing.assert_array_equal(found.rows, expected)
    np.testing.assert_allclose(found.time, film, atol=1e-6)
    assert ("have no camera pose" in " ".join(found.remarks)) == (len(at) < 60)


def test_as_many_rows_as_frames_go_in_order_and_the_rows_clock_is_used() -> None:
    """A film stamped frame/60 whatever the camera did: two frames were skipped after the third."""
    device = np.array([10.0, 10.1, 10.2, 10.5, 10.6])
    found = match_rows(_rows(device, np.array([0, 1, 2, 5, 6])), np.arange(5) / 10.0, "x")
    assert found.rows.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(found.time, device - 10.0)
    assert found.remarks == ("the film's own stamps drift by 200 ms from the camera's clock, which is used",)


def test_rows_beyond_the_film_are_named() -> None:
    film = np.arange(40) / 30.0
    found = match_rows(_rows(5.0 + np.arange(44) / 30.0, np.arange(44)), film, "x")
    np.testing.assert_array_equal(found.rows, np.arange(40))
    assert found.remarks == ("4 of 44 camera poses belong to no frame of the film",)


def test_a_jittering_clock_matches_the_nearest_frame() -> None:
    film = np.arange(50) / 30.0
    jitter = np.random.default_rng(1).uniform(-0.01, 0.01, 50)
    kept = np.r_[0:20, 25:50]
    found = match_rows(_rows(7.0 + (film + jitter)[kept], np.arange(45)), film, "x")
    np.testing.assert_array_equal(np.flatnonzero(found.rows < 0), np.arange(20, 25))


def test_time_never_goes_back() -> None:
    film = np.arange(60) / 60.0
    kept = np.r_[0:10, 40:59]
    device = np.where(kept < 20, film[kept], film[kept] + 0.003)
    found = match_rows(_rows(device, kept), film, "x")
    assert (np.diff(found.time) > 0).all()


def test_a_table_of_another_recording_is_refused() -> None:
    film = np.arange(60) / 30.0
    with pytest.raises(CaptureError, match=r"35 rows over 6.80 s for a film of 1.97 s"):
        match_rows(_rows(np.arange(35) * 0.2, np.arange(35) * 3), film, "camera.csv")
    with pytest.raises(CaptureError, match=r"a film of at least 2 frames"):
        match_rows(_rows(np.arange(35) * 0.2, np.arange(35)), film[:1], "camera.csv")
