"""Depth and confidence as PNG images in two folders, one of each a frame; an image is read when it is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float, Int, UInt, UInt8

from adapters.formats.raw_file import capture_errors, read_raw
from kinetrace.store.safe_io.caps import IMAGE_BYTES
from kinetrace.store.safe_io.png import clean_png
from schemas.errors import CaptureError

METRES_A_STEP: Final = 0.001
"""Depth images hold whole millimetres; 0 is no depth."""
MAX_CONFIDENCE: Final = 2
_NAME: Final = re.compile(r"(\d{6})\.png")


@dataclass(frozen=True)
class PngDepth:
    """Depth images in a folder, named by the recorder's frame numbers.

    Attributes:
        depth: Folder of 16-bit images.
        confidence: Folder of 8-bit images of the same names; None: each depth counts as the most confident.
        numbers: For each frame of the film the recorder's number, −1 where there is no image.
    """

    depth: Path
    confidence: Path | None
    numbers: Int[np.ndarray, "frames"]

    def at(self, frame: int) -> tuple[Float[np.ndarray, "rows columns"], UInt8[np.ndarray, "rows columns"]] | None:
        """Give depth [m] and confidence of a frame of the film, None where there is no image.

        Raises:
            CaptureError: An image of another kind, a damaged one, or two of different sizes.
        """
        number = int(self.numbers[frame])
        if number < 0:
            return None
        name = f"{number:06d}.png"
        steps = read_image(self.depth / name, 16)
        depth = np.where(steps == 0, np.nan, steps * np.float32(METRES_A_STEP)).astype(np.float32)
        if self.confidence is None:
            return depth, np.full(depth.shape, MAX_CONFIDENCE, dtype=np.uint8)
        confidence = read_image(self.confidence / name, 8)
        if confidence.shape != depth.shape:
            raise _refusal(
                str(self.confidence / name), "confidence", f"{depth.shape} pixels, as the depth", f"{confidence.shape}",
                "Depth and confidence must be of one size.",
            )  # fmt: skip
        return depth, confidence.astype(np.uint8)

    def has(self, frame: int) -> bool:
        """Say whether the frame has an image, without opening it."""
        return bool(self.numbers[frame] >= 0)


def image_numbers(folder: Path) -> Int[np.ndarray, "images"]:
    """List the frame numbers of a folder's images, in order.

    Raises:
        CaptureError: The folder holds depth as `.npy`, as old recorders wrote it.
    """
    names = [path.name for path in folder.iterdir()]
    if any(name.endswith(".npy") for name in names):
        raise _refusal(
            str(folder), "depth", "16-bit PNG images in millimetres", "NumPy files of an old recorder",
            "Write each as a 16-bit PNG of the same number, or update the app and record again.",
        )  # fmt: skip
    found = sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match is not None)
    return np.array(found, dtype=np.int64)


def read_image(path: Path, bits: int) -> UInt[np.ndarray, "rows columns"]:
    """Read a grey PNG of 8 or 16 bits; the decoder sees nothing that was not checked.

    Raises:
        CaptureError: Another kind of image, a damaged one or a larger one.
    """
    import cv2

    with capture_errors(str(path)):
        clean = clean_png(read_raw(path, IMAGE_BYTES), bits)
    image = cv2.imdecode(np.frombuffer(clean, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        expected = f"one channel of uint{bits}"
        raise _refusal(str(path), "image", expected, "pixels that cannot be decoded", "Export it again.")
    return np.asarray(image)


def _refusal(where: str, field: str, expected: str, found: str, fix: str) -> CaptureError:
    return CaptureError(where=where, field=field, expected=expected, found=found, fix=fix)
