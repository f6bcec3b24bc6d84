"""The three ways in which a recording is written down, and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Protocol, get_args, runtime_checkable

import cv2
import numpy as np
from jaxtyping import UInt8, UInt16

Layout = Literal["bundle", "stray_scanner", "record3d"]
LAYOUTS: Final[tuple[str, ...]] = get_args(Layout)


@runtime_checkable
class Writer(Protocol):
    """Takes a recording frame by frame."""

    def add(
        self, frame: int, rgb: UInt8[np.ndarray, "height width 3"], depth: UInt16[np.ndarray, "192 256"],
        confidence: UInt8[np.ndarray, "192 256"],
    ) -> None:  # fmt: skip
        """Take the next frame."""


def png(image: UInt8[np.ndarray, "rows columns"] | UInt16[np.ndarray, "rows columns"]) -> bytes:
    """Encode a grey image, without loss."""
    return cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()


def jpeg(rgb: UInt8[np.ndarray, "height width 3"]) -> bytes:
    """Encode a colour image."""
    return cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


class DepthFolder:
    """Depth and confidence as numbered PNGs, as our bundle and Stray Scanner have them."""

    def __init__(self, folder: Path) -> None:
        """Make the two folders."""
        self._folder = folder
        for name in ("depth", "confidence"):
            (folder / name).mkdir()

    def add(self, frame: int, depth: UInt16[np.ndarray, "192 256"], confidence: UInt8[np.ndarray, "192 256"]) -> None:
        """Write one frame's pair."""
        (self._folder / "depth" / f"{frame:06d}.png").write_bytes(png(depth))
        (self._folder / "confidence" / f"{frame:06d}.png").write_bytes(png(confidence))
