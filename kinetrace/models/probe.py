"""What a linear map reads out of latents, beside what it reads out of as many principal components."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from schemas.world_model import ProbeMetrics

RIDGE = 1e-3
CONTACT_UNKNOWN = 2


def probe_metrics(
    z: Float[Tensor, "anchors latent"],
    x: Float[Tensor, "anchors features"],
    contacts: UInt8[Tensor, "anchors 2"],
    names: tuple[str, ...],
    fitted: Bool[Tensor, "anchors"],
) -> ProbeMetrics:
    """Fit linear maps on some of the anchors and judge them on the others.

    Args:
        z: Latents.
        x: Standardised features of the same anchors; as many principal components as z has columns are the peer.
        contacts: Left and right: 0 no, 1 yes, 2 unknown.
        names: Of the columns of x.
        fitted: Anchors to fit on; let them be of other recordings than the rest.

    Returns:
        R2 averaged over the columns of pose and of velocity, and over both feet's contacts.
    """
    centred = (x - x.mean(dim=0)).double()
    directions = torch.linalg.eigh(centred.T @ centred)[1].flip(1)[:, : z.shape[1]]
    inputs = (z.double(), centred @ directions)
    found: dict[str, float] = {}
    known = (contacts != CONTACT_UNKNOWN).all(dim=1)
    for key, columns in (("pose", ".position."), ("velocity", ".velocity.")):
        wanted = x[:, [columns in name for name in names]].double()
        for peer, values in zip(("", "_pca"), inputs, strict=True):
            found[f"{key}_r2{peer}"] = _r2(values, wanted, fitted, torch.ones_like(fitted))
    for peer, values in zip(("", "_pca"), inputs, strict=True):
        found[f"contact_r2{peer}"] = _r2(values, contacts.double(), fitted, known)
    return ProbeMetrics(**found)


def _r2(
    values: Float[Tensor, "anchors inputs"],
    wanted: Float[Tensor, "anchors outputs"],
    fitted: Bool[Tensor, "anchors"],
    known: Bool[Tensor, "anchors"],
) -> float:
    inputs = torch.cat((values, torch.ones(len(values), 1).double()), dim=1)
    (own, y), (other, truth) = ((inputs[rows], wanted[rows]) for rows in (fitted & known, ~fitted & known))
    gram = own.T @ own + RIDGE * torch.eye(own.shape[1]).double()
    left = (truth - other @ torch.linalg.solve(gram, own.T @ y)).square().sum(dim=0)
    spread = (truth - truth.mean(dim=0)).square().sum(dim=0)
    moving = spread > 1e-9 * len(values)
    return float((1 - left[moving] / spread[moving]).mean()) if bool(moving.any()) else 0.0
