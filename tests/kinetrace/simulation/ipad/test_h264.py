"""Films: the same bytes, the times they were given, and a header that says how to turn them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from kinetrace.simulation.ipad.h264 import add_frame, encoder, turn

TIMES = (0.0, 1 / 30, 0.1, 0.15)


def write(path: Path) -> Path:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    with encoder(path, 64, 48) as film:
        for i, time in enumerate(TIMES):
            add_frame(
                film, np.ascontiguousarray(np.roll(np.broadcast_to(ramp[None, :, None], (48, 64, 3)), i, axis=1)), time
            )
    return path


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a.mp4").read_bytes() == write(tmp_path / "b.mp4").read_bytes()


def test_frames_come_back_in_order_at_their_times(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "a.mp4"))) as film:
        frames = list(film.decode(video=0))
    assert [f.time for f in frames] == pytest.approx(TIMES, abs=1e-3)
    grey = frames[0].to_ndarray(format="rgb24")[..., 0].astype(float)
    np.testing.assert_allclose(grey[24, 4:-4], np.linspace(0, 255, 64)[4:-4], atol=8)


@pytest.mark.parametrize(("quarters", "rotation"), [(1, -90), (2, -180), (3, 90)])
def test_the_header_says_how_to_turn_it(tmp_path: Path, quarters: int, rotation: int) -> None:
    path = write(tmp_path / "a.mp4")
    turn(path, quarters)
    with av.open(str(path)) as film:
        found = next(film.decode(video=0)).rotation
    assert found % 360 == rotation % 360
