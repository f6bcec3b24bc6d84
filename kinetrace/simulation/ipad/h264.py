"""H.264 in MP4 by PyAV: the same frames give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import UInt8

TIME_BASE: Final = Fraction(1, 600)
"""Clock of the film [s], as Apple's."""

_OPTIONS: Final = {
    "crf": "20",
    "preset": "veryfast",
    "threads": "1",
    "x264-params": "threads=1:lookahead-threads=1:bframes=0",
}
_MATRICES: Final = {1: (0, 1, -1, 0), 2: (-1, 0, 0, -1), 3: (0, -1, 1, 0)}
"""Film header's matrix (a, b, c, d) for clockwise quarter turns."""


@contextmanager
def encoder(path: Path, width: int, height: int) -> Iterator[Any]:
    """Open a film to write into; `add_frame` takes what this gives. No clock and no machine leaves a trace in it.

    Args:
        path: The MP4.
        width: Of the images [px].
        height: Of the images [px].
    """
    import av

    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact", "movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=30, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TIME_BASE
        yield container
        container.mux(stream.encode(None))


def add_frame(container: Any, rgb: UInt8[np.ndarray, "height width 3"], time_s: float) -> None:
    """Append one frame.

    Args:
        container: Of `encoder`.
        rgb: The image.
        time_s: From the film's start [s].
    """
    import av

    stream = container.streams.video[0]
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    frame.pts, frame.time_base = round(time_s / TIME_BASE), TIME_BASE
    container.mux(stream.encode(frame))


def turn(path: Path, quarters: int) -> None:
    """Write into a film's header that it is to be shown turned clockwise, as a camera app does; its images stay.

    Args:
        path: The MP4.
        quarters: Quarter turns, 1 to 3.
    """
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = _MATRICES[quarters]
    unit = 1 << 16
    numbers = (a * unit, b * unit, 0, c * unit, d * unit, 0, 0, 0, 1 << 30)
    data[at : at + 36] = b"".join(int(v).to_bytes(4, "big", signed=True) for v in numbers)
    path.write_bytes(bytes(data))
