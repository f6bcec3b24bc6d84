"""What a window itself says of its wanted samples: many guesses, how well each kind did nearby, and how far they differ."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import avg_pool1d

from kinetrace.models.corrector.groups import JOINTS
from kinetrace.models.corrector.neighbours import carried
from kinetrace.models.corrector.splines import BANK, splines

GUESSES: Final = 2 * len(BANK)
"""Each spline alone, and carried along by the joints around."""
TRIAL_PERIOD: Final = 12
TRIAL_FRAMES: Final = range(4, 9)
"""In every 12 frames 5 are hidden on purpose, to see which spline would have filled them best."""
LEAST: Final = 1e-6
"""Differences below this count as this [statures]: 2 µm."""
REACH: Final = 15
"""Frames over which guesses are compared."""
CHANNELS: Final = 18
"""A joint: place, step, departure, noise, carried departure, visible, wanted, depth in its gap."""
DIRECT: Final = slice(6, 15)
"""Of these, what corrections may depend on frame by frame: departures, noise, carried departures."""
FEATURES: Final = CHANNELS * JOINTS + 2 * len(BANK) + 1
PLACE_GAIN: Final = 2.0
SPEED_GAIN: Final = 30.0
"""Bring places [statures] and steps between frames near one."""
CARRIED_FAVOUR: Final = 0.7


class Evidence(NamedTuple):
    """Of windows in their own frame, lengths in statures.

    Attributes:
        guesses: Splines of the bank, then the same carried along.
        prior: Logarithm of each guess's weight, by how well its kind did in this window.
        fill: The guesses' weighted mean where samples are wanted, else the samples.
        scale: How far the guesses differ: the unit in which a correction is given; 0 at the edges of a gap.
        wanted: What can be given: asked for, of a joint that is visible somewhere in the window.
        hidden: The wanted samples that are not visible.
        features: What the network is shown, a row a frame.
    """

    guesses: Float[Tensor, "n guesses frames joints 3"]
    prior: Float[Tensor, "n guesses"]
    fill: Float[Tensor, "n frames joints 3"]
    scale: Float[Tensor, "n frames joints"]
    wanted: Bool[Tensor, "n frames joints"]
    hidden: Bool[Tensor, "n frames joints"]
    features: Float[Tensor, "n frames features"]


def gather(
    positions: Float[Tensor, "n frames joints 3"],
    visible: Bool[Tensor, "n frames joints"],
    wanted: Bool[Tensor, "n frames joints"],
    covariance: Float[Tensor, "joints joints"],
) -> Evidence:
    """Look at windows.

    Args:
        positions: In the window's frame [statures]; hidden ones may hold any finite number.
        visible: Where they are known.
        wanted: Where they are to be given: hidden samples, or noisy visible ones.
        covariance: Of the joints' departures from their splines (`neighbours`).
    """
    wanted = wanted & visible.any(1, keepdim=True)
    hidden = wanted & ~visible
    shown = torch.where(visible[..., None], positions, 0.0)
    gap = hidden.any(2)
    whole = (visible | gap[..., None]).all(1) & visible.any(1)
    usable = whole & (~gap).any(1, keepdim=True)
    around = _all_joints(shown, ~gap)
    own = _own(around, shown, visible, wanted, ~gap)
    beside = visible & gap[..., None] & usable[:, None]
    departed = torch.where(beside[:, None, ..., None], shown[:, None] - around, 0.0)
    moved = carried(departed, beside, hidden, covariance)
    guesses = torch.cat((own, own + moved), 1)
    said = _mean_size(departed, beside)
    trial = _trial(shown, ~gap, usable)
    has = beside.flatten(1).any(1)
    record = torch.where(has[:, None], said, trial).clamp_min(LEAST).log()
    prior = torch.cat((-2 * record, -2 * record + CARRIED_FAVOUR * has[:, None]), 1).log_softmax(1)
    fill = torch.einsum("ng,ngtjc->ntjc", prior.exp(), guesses)
    apart = (guesses - fill[:, None]).norm(dim=-1)
    spread = torch.einsum("ng,ngtj->ntj", prior.exp(), apart)
    scale = torch.where(wanted, _local(spread, wanted).clamp_min(LEAST) * _inside(visible), LEAST)
    half = len(BANK)
    carry = torch.einsum("ng,ngtjc->ntjc", prior[:, half:].exp(), moved)
    told = torch.einsum("ng,ngtjc->ntjc", prior[:, :half].softmax(1), departed)
    noise = torch.where((wanted & visible)[..., None], shown - fill, 0.0)
    fill = torch.where(wanted[..., None], fill, _held(shown, visible))
    unit = _unit(scale, wanted)
    size = torch.where(wanted, scale.clamp_min(LEAST), unit[:, None, None])[..., None]
    parts = (
        PLACE_GAIN * fill,
        SPEED_GAIN * torch.diff(fill, dim=1, prepend=fill[:, :1]),
        (told / size).clamp(-10, 10),
        (noise / size).clamp(-10, 10),
        (carry / size).clamp(-10, 10),
        visible[..., None].to(fill),
        wanted[..., None].to(fill),
        torch.where(hidden, _inside(visible), 0.0)[..., None],
    )
    rows = torch.cat(parts, -1).flatten(2)
    marks = torch.cat((trial.clamp_min(LEAST).log(), torch.where(has[:, None], said, trial).clamp_min(LEAST).log()), 1)
    marks = torch.cat((0.2 * marks + 1.5, has[:, None].to(fill)), 1)
    features = torch.cat((rows, marks[:, None].expand(-1, rows.shape[1], -1)), 2)
    return Evidence(guesses, prior, fill, scale, wanted, hidden, features)


def _all_joints(
    shown: Float[Tensor, "n frames joints 3"], seen: Bool[Tensor, "n frames"]
) -> Float[Tensor, "n bank frames joints 3"]:
    return splines(shown.flatten(2), seen).reshape(len(shown), len(BANK), *shown.shape[1:])


def _own(
    around: Float[Tensor, "n bank frames joints 3"],
    shown: Float[Tensor, "n frames joints 3"],
    visible: Bool[Tensor, "n frames joints"],
    wanted: Bool[Tensor, "n frames joints"],
    seen: Bool[Tensor, "n frames"],
) -> Float[Tensor, "n bank frames joints 3"]:
    """Give each wanted joint's splines through its own visible samples."""
    other = wanted.any(1) & (visible != seen[..., None]).any(1)
    window, joint = torch.nonzero(other, as_tuple=True)
    if not len(window):
        return around
    found = around.clone()
    found[window, :, :, joint] = splines(shown[window, :, joint], visible[window, :, joint])
    return found


def _trial(
    shown: Float[Tensor, "n frames joints 3"], seen: Bool[Tensor, "n frames"], usable: Bool[Tensor, "n joints"]
) -> Float[Tensor, "n bank"]:
    """Give the mean distance of each spline from samples that were hidden on purpose."""
    at = torch.arange(seen.shape[1], device=seen.device) % TRIAL_PERIOD
    tried = seen & (at >= TRIAL_FRAMES.start) & (at < TRIAL_FRAMES.stop)
    off = shown[:, None] - _all_joints(shown, seen & ~tried)
    return _mean_size(off, tried[..., None] & usable[:, None])


def _mean_size(
    vectors: Float[Tensor, "n bank frames joints 3"], kept: Bool[Tensor, "n frames joints"]
) -> Float[Tensor, "n bank"]:
    size = torch.where(kept[:, None], vectors.norm(dim=-1), 0.0).flatten(2).sum(2)
    return size / kept.flatten(1).sum(1).clamp_min(1)[:, None]


def _local(
    spread: Float[Tensor, "n frames joints"], wanted: Bool[Tensor, "n frames joints"]
) -> Float[Tensor, "n frames joints"]:
    """Average over the wanted frames around."""
    weight = wanted.to(spread).transpose(1, 2)
    total = avg_pool1d(spread.transpose(1, 2) * weight, REACH, 1, REACH // 2)
    return (total / avg_pool1d(weight, REACH, 1, REACH // 2).clamp_min(1e-6)).transpose(1, 2)


def _inside(visible: Bool[Tensor, "n frames joints"]) -> Float[Tensor, "n frames joints"]:
    """Give 4 τ (1 − τ), τ from 0 to 1 between the visible samples around a hidden one; 1 where visible or at the ends."""
    frames = visible.shape[1]
    at = torch.arange(frames, device=visible.device)[None, :, None].expand(visible.shape)
    before = torch.where(visible, at, -frames * 100).cummax(1).values
    after = torch.where(visible, at, frames * 100).flip(1).cummin(1).values.flip(1)
    share = (at - before) / (after - before).clamp_min(1)
    inside = ~visible & (before >= 0) & (after < frames)
    return torch.where(inside, 4 * share * (1 - share), 1.0)


def _held(
    shown: Float[Tensor, "n frames joints 3"], visible: Bool[Tensor, "n frames joints"]
) -> Float[Tensor, "n frames joints 3"]:
    """Give hidden samples the last visible one of their joint, else the first; 0 where there is none."""
    at = torch.arange(visible.shape[1], device=visible.device)[None, :, None].expand(visible.shape)
    last = torch.where(visible, at, -1).cummax(1).values
    last = torch.where(last < 0, visible.to(torch.uint8).argmax(1, keepdim=True), last)
    return torch.take_along_dim(shown, last[..., None], dim=1)


def _unit(scale: Float[Tensor, "n frames joints"], wanted: Bool[Tensor, "n frames joints"]) -> Float[Tensor, "n"]:
    total = torch.where(wanted, scale, 0.0).flatten(1).sum(1)
    return (total / wanted.flatten(1).sum(1).clamp_min(1)).clamp_min(LEAST)
