"""Depth and confidence inside an `.r3d`: raw, or packed with LZFSE; unpacked in runs when frames are asked for in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Int, UInt8

from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.caps import FILM_BYTES, IMAGE_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.lzfse import unpack_lzfse
from kinetrace.store.safe_io.plain_file import open_plain
from kinetrace.store.safe_io.zip_members import MemberPlace, read_place

MAX_METRES: Final = 100.0
RUN: Final = 64
"""Frames unpacked at once, while they are asked for one after the other: 16 MB."""
LIDAR: Final = (256, 192)
"""Width and height of the sensor's depth, for old files that do not say [px]."""
Images = tuple[Float[np.ndarray, "rows columns"], UInt8[np.ndarray, "rows columns"]]


def depth_size(width: int | None, height: int | None, film: tuple[int, int]) -> tuple[int, int]:
    """Give the depth's width and height: as the file says, else the sensor's, upright if the film is [px]."""
    if width is not None and height is not None:
        return width, height
    return LIDAR if film[0] >= film[1] else LIDAR[::-1]


@dataclass(frozen=True)
class Record3DDepth:
    """Depth of an archive.

    Attributes:
        path: The archive.
        depth: For each frame of the film where its depth lies; None: it has none.
        confidence: The same; None: every depth counts as the most confident.
        size: Width and height [px].
    """

    path: Path
    depth: tuple[MemberPlace | None, ...]
    confidence: tuple[MemberPlace | None, ...]
    size: tuple[int, int]
    _run: dict[int, Images] = field(default_factory=dict, repr=False, compare=False)
    _last: list[int] = field(default_factory=lambda: [-2], repr=False, compare=False)

    @classmethod
    def of(
        cls, path: Path, places: Mapping[str, MemberPlace], numbers: Int[np.ndarray, "frames"], size: tuple[int, int]
    ) -> Record3DDepth | None:
        """Find the depth of a film's frames; None: there is none at all.

        Args:
            path: The archive.
            places: Its members.
            numbers: Of the film's frames.
            size: Width and height [px].

        Raises:
            CaptureError: Images larger than any sensor's.
        """
        if 4 * size[0] * size[1] > IMAGE_BYTES:
            with capture_errors(str(path)):
                most = f"at most {IMAGE_BYTES // 4} px"
                raise FormatError("depth", "dw, dh", most, f"{size[0]} by {size[1]}", "Export the recording again.")
        depth = tuple(places.get(f"rgbd/{number}.depth") for number in numbers)
        confidence = tuple(places.get(f"rgbd/{number}.conf") for number in numbers)
        return cls(path, depth, confidence, size) if any(depth) else None

    def has(self, frame: int) -> bool:
        """Say whether the frame has an image, without opening it."""
        return self.depth[frame] is not None

    def at(self, frame: int) -> Images | None:
        """Give depth [m] and confidence of a frame of the film, None where there is no image.

        Raises:
            CaptureError: An image of another size, or one that does not unpack.
        """
        if self.depth[frame] is None:
            return None
        if frame not in self._run:
            together = RUN if frame == self._last[0] + 1 else 1
            wanted = [at for at in range(frame, min(frame + together, len(self.depth))) if self.has(at)]
            self._run.clear()
            self._run.update(zip(wanted, self._unpacked(wanted), strict=True))
        self._last[0] = frame
        return self._run[frame]

    def remarks(self, film: tuple[int, int]) -> tuple[str, ...]:
        """Say what had to be assumed, and try the first image.

        Args:
            film: Width and height of the film [px].

        Raises:
            CaptureError: The depth is of another view than the film, or cannot be unpacked.
        """
        there = [at for at in range(len(self.depth)) if self.has(at)]
        self.at(there[0])
        told = []
        if missing := len(self.depth) - len(there):
            told.append(f"depth: none in {missing} of the frames")
        if bare := sum(self.confidence[at] is None for at in there):
            told.append(f"depth without confidence in {bare} frames: every depth there taken as sure")
        if abs(self.size[0] * film[1] / (self.size[1] * film[0]) - 1.0) > 0.03:
            with capture_errors(str(self.path)):
                found = f"{self.size[0]} by {self.size[1]} px for a film of {film[0]} by {film[1]}"
                raise FormatError("depth", "dw, dh", "depth of the same view as the film", found, "Export it again.")
        return tuple(told)

    def _unpacked(self, frames: list[int]) -> list[Images]:
        columns, rows = self.size
        wanted: list[tuple[MemberPlace, int]] = []
        for frame in frames:
            depth, confidence = self.depth[frame], self.confidence[frame]
            wanted += [] if depth is None else [(depth, 4 * rows * columns)]
            wanted += [] if confidence is None else [(confidence, rows * columns)]
        with capture_errors(str(self.path)), open_plain(self.path, FILM_BYTES) as stream:
            data = {place.name: (self._payload(stream, place), size) for place, size in wanted}
            packed = [name for name, (payload, size) in data.items() if len(payload) != size]
            if packed:
                found = unpack_lzfse([data[name][0] for name in packed], [data[name][1] for name in packed])
                data |= {name: (payload, len(payload)) for name, payload in zip(packed, found, strict=True)}
        return [self._images(frame, {name: payload for name, (payload, _) in data.items()}) for frame in frames]

    @staticmethod
    def _payload(stream: object, place: MemberPlace) -> bytes:
        if place.size > IMAGE_BYTES:
            raise FormatError("depth", place.name, f"at most {IMAGE_BYTES} bytes", f"{place.size}", "Export it again.")
        return read_place(stream, place)  # type: ignore[arg-type]

    def _images(self, frame: int, data: Mapping[str, bytes]) -> Images:
        shape = self.size[::-1]
        depth_place, confidence_place = self.depth[frame], self.confidence[frame]
        raw = b"" if depth_place is None else data[depth_place.name]
        depth = np.frombuffer(raw, dtype="<f4").reshape(shape).astype(np.float32)
        depth[~((depth > 0.0) & (depth <= MAX_METRES))] = np.nan
        if confidence_place is None:
            return depth, np.full(shape, 2, dtype=np.uint8)
        return depth, np.minimum(np.frombuffer(data[confidence_place.name], dtype=np.uint8).reshape(shape), 2)
