from __future__ import annotations

import numpy as np
import pytest

from adapters.formats.marker_file import checked_times, even_times
from schemas.errors import CaptureError


def test_times_follow_from_a_rate() -> None:
    np.testing.assert_allclose(even_times(3, 50.0, "x"), [0.0, 0.02, 0.04])
    with pytest.raises(CaptureError, match=r"x: time: expected times in the file, or a declared frame rate.*--fps 60"):
        even_times(3, None, "x")


def test_own_times_go_forward() -> None:
    assert checked_times(np.array([0.0, 0.1]), None, "x") == ()
    assert "was not needed" in checked_times(np.array([0.0, 0.1]), 60.0, "x")[0]
    with pytest.raises(
        CaptureError, match="frame 3, time: expected a later time than the frame before, found 1 s after 1 s"
    ):
        checked_times(np.array([0.0, 1.0, 1.0]), None, "x")
    with pytest.raises(CaptureError, match="frame 2, time"):
        checked_times(np.array([0.0, np.nan]), None, "x")
    with pytest.raises(CaptureError, match="at least 2 frames"):
        checked_times(np.zeros(1), None, "x")
