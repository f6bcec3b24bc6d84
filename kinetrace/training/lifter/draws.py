"""The clips of a training step: they follow from the seed and the step alone."""

from __future__ import annotations

from typing import Final

import torch

from kinetrace.training.lifter.cameras import draw_cameras
from kinetrace.training.lifter.film import Clips, film
from kinetrace.training.lifter.motions import MotionTable
from schemas.lifter import LifterParams

SEED_STRIDE: Final = 1_000_003
"""Prime; seeds of steps of different trainings do not meet."""
JUDGING: Final = 2**60
"""Seeds from here on are for judging: no training's seed and step reach them."""
SHORT: Final = (1, 3, 9, 27)
EVERY: Final = 8
"""One step in so many has short clips, in turn: films may be short, and all films have ends."""


def clips_of_step(table: MotionTable, params: LifterParams, step: int) -> Clips:
    """Draw the clips of a step."""
    generator = torch.Generator().manual_seed(params.seed * SEED_STRIDE + step)
    joints = table.draw(params.batch_size, params.clip_frames, generator, params.variety)
    drawn = film(joints, draw_cameras(joints[:, :, 0], generator), generator, params.noise)
    if step % EVERY != EVERY - 1:
        return drawn
    some = min(SHORT[step // EVERY % len(SHORT)], params.clip_frames)
    return Clips(drawn.rays[:, :some], drawn.confidence[:, :some], drawn.positions[:, :some])
