"""What the LiDAR makes of true depth: noise that grows with range, edges that bleed, and a confidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8, UInt16
from numpy.random import Generator
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

NOISE_M: Final = 0.002
NOISE_PER_M2: Final = 0.0012
"""Spread of single pixels [m] at range 0 and its growth with the square of the range: 5 mm at 1.5 m, 1.3 cm at 3 m, and less
after the smoothing below (Luetzenburg et al. 2021: +- 1 cm on small objects; science page: about 1 cm moving)."""

BIAS_M: Final = 0.004
"""Spread of the error that is the same over a large part of the image and for a second or so [m]."""

NOISE_PIXELS: Final = 1.2
BIAS_PIXELS: Final = 24.0
"""How far noise and bias reach: the depth map is filled in from far fewer laser points."""

MEMORY: Final = 0.7
BIAS_MEMORY: Final = 0.97
"""How much of noise and bias the next frame keeps: the device smooths over time."""

EDGE_WANDER: Final = 0.8
EDGE_PIXELS: Final = 3.0
"""Spread of where an edge is drawn, and how far along it that reaches [px]."""

BLEED_PIXELS: Final = 1.1
"""Blur across an edge; what lies between near and far belongs to neither (flying pixels)."""

EDGE_M: Final = 0.12
"""A step of depth that counts as an edge, at 1 m; it grows with range [m]."""

FAR_M: Final = 5.0
SURE_M: Final = 4.2
"""Beyond these nothing is sure, and little is (Apple: up to 5 m)."""


@dataclass
class Lidar:
    """A sensor with a memory of its own noise; frames come in order.

    Attributes:
        rng: Chance.
    """

    rng: Generator
    _noise: dict[str, Float[np.ndarray, "rows columns"]] = field(default_factory=dict)

    def see(
        self, depth: Float[np.ndarray, "rows columns"]
    ) -> tuple[UInt16[np.ndarray, "rows columns"], UInt8[np.ndarray, "rows columns"]]:
        """Give depth [mm] and confidence 0 to 2 of one frame from its true depth [m]."""
        shape = depth.shape
        moved = np.where(_steps(depth, 7), self._wandering(depth), depth)
        wide, narrow = _steps(moved, 5), _steps(moved, 3)
        bled = np.where(wide, gaussian_filter(moved, BLEED_PIXELS), moved)
        noise = (NOISE_M + NOISE_PER_M2 * moved**2) * self._field("noise", shape, NOISE_PIXELS, MEMORY)
        noise += BIAS_M * self._field("bias", shape, BIAS_PIXELS, BIAS_MEMORY)
        confidence = np.full(shape, 2, dtype=np.uint8)
        confidence[wide | (moved > SURE_M)] = 1
        confidence[narrow | (moved > FAR_M)] = 0
        metres = np.clip(bled + noise, 0.0, 65.0)
        return np.round(1000.0 * metres).astype(np.uint16), confidence

    def _wandering(self, depth: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows columns"]:
        """Move every pixel a little; only edges, which are filled in by guesswork, are taken from this."""
        shape = depth.shape
        at = np.mgrid[: shape[0], : shape[1]]
        off = [EDGE_WANDER * self._field(f"edge{axis}", shape, EDGE_PIXELS, MEMORY) for axis in (0, 1)]
        rows, columns = (np.clip(at[i] + np.rint(off[i]).astype(int), 0, shape[i] - 1) for i in (0, 1))
        return np.asarray(depth[rows, columns])

    def _field(
        self, name: str, shape: tuple[int, ...], pixels: float, memory: float
    ) -> Float[np.ndarray, "rows columns"]:
        """Give the next frame of a smooth random field of unit spread."""
        fresh = _smooth(self.rng, shape, pixels)
        old = self._noise.get(name)
        self._noise[name] = fresh if old is None else memory * old + np.sqrt(1 - memory**2) * fresh
        return self._noise[name]


def _steps(depth: Float[np.ndarray, "rows columns"], pixels: int) -> Bool[np.ndarray, "rows columns"]:
    """Say where depth steps within so many pixels."""
    step = maximum_filter(depth, pixels) - minimum_filter(depth, pixels)
    return np.asarray(step > EDGE_M * np.maximum(depth, 1.0))


def _smooth(rng: Generator, shape: tuple[int, ...], pixels: float) -> Float[np.ndarray, "rows columns"]:
    """Smooth white noise and bring it back to unit spread: a Gaussian of s pixels leaves 1 / (2 s sqrt(pi)) of it."""
    coarse = max(int(pixels // 3), 1)
    small = rng.standard_normal((shape[0] // coarse, shape[1] // coarse))
    spread = pixels / coarse
    soft = gaussian_filter(small, spread, mode="wrap") * (2 * spread * np.sqrt(np.pi))
    return np.asarray(cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))
