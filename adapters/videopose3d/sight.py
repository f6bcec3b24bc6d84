"""Everything that is known of a clip before it is fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Sight:
    """What camera, sensor and lifter say of each frame; in the world, metres and seconds, Y up.

    Attributes:
        time: Of the frames.
        centre: Of the camera.
        focal: Pixels a radian.
        rays: Unit directions to POINTS; NaN where not seen.
        visibility: Of POINTS, 0 to 1; 0 where not seen.
        surface_rays: Unit directions to the PLACES of depth; NaN without.
        ranges: Camera to surface along them; NaN without.
        sureness: Of the ranges, 0 to 1.
        lifted: POINTS as the lifter sees them, about the pelvis, in statures.
        spread: Expected error of those, in statures.
        floor: Its height [m]; NaN: not known.
    """

    time: Float[np.ndarray, "frames"]
    centre: Float[np.ndarray, "frames 3"]
    focal: Float[np.ndarray, "frames"]
    rays: Float[np.ndarray, "frames 17 3"]
    visibility: Float[np.ndarray, "frames 17"]
    surface_rays: Float[np.ndarray, "frames places 3"]
    ranges: Float[np.ndarray, "frames places"]
    sureness: Float[np.ndarray, "frames places"]
    lifted: Float[np.ndarray, "frames 17 3"]
    spread: Float[np.ndarray, "frames 17"]
    floor: float = float("nan")

    def part(self, frames: slice) -> Sight:
        """Give some of the frames."""
        kept = {name: values if name == "floor" else values[frames] for name, values in vars(self).items()}
        return Sight(**kept)
