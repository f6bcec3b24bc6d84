"""The cosine transform over frames."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def cosine_terms(frames: int, terms: int) -> Float[Tensor, "terms frames"]:
    """Give the first rows of the orthonormal cosine transform (DCT-II); at most as many as frames."""
    k, t = torch.arange(terms)[:, None], torch.arange(frames)[None]
    rows = math.sqrt(2.0 / frames) * torch.cos(math.pi * (t + 0.5) * k / frames)
    rows[0] /= math.sqrt(2.0)
    return rows
