"""How fast the seed's recipe trains here, beside the plain loop that anyone would write, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.progress import track
from kinetrace.store.workspace import Workspace
from kinetrace.training.world_model.train import CaptureData, train_many
from schemas.benchmark import Figure
from schemas.dataset import Part, TransitionArrays
from schemas.world_model import WorldModelParams

ANCHORS: Final = 1000
JOINTS: Final = tuple(f"joint_{i}" for i in range(12))
"""Twelve joints are 108 features, near the 110 of the seed."""
STEPS: Final = 4000
ROUNDS: Final = 3
STACKED: Final = 8
CURVE_TOLERANCE: Final = 0.05
"""Relative difference allowed between the mean losses of the last third: the two draw other batches."""


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Time the plain loop, one model and eight stacked by turns, and compare what they reach.

    Args:
        workspace: Not used: the states are made.
    """
    torch.set_num_threads(1)
    tables = [made_table(seed) for seed in range(STACKED)]
    ours(tables[:1], 0, True, 10)  # what is loaded once is nobody's step
    rates: dict[str, list[float]] = {
        name: [] for name in ("plain", "one", "stacked", "plain_probe", "one_probe", "stacked_probe")
    }
    curves: dict[str, list[float]] = {"plain": [], "one": []}
    for round_ in track(range(ROUNDS), "plain, one and stacked by turns"):
        for suffix, probe in (("", False), ("_probe", True)):
            runs: dict[str, tuple[int, Callable[[], tuple[int, float]]]] = {
                "plain": (1, partial(plain_loop, tables[0], round_, probe)),
                "one": (1, partial(ours, tables[:1], round_, probe)),
                "stacked": (STACKED, partial(ours, tables, round_, probe)),
            }
            for name, (models, work) in runs.items():
                rate, loss = _timed(models, work)
                rates[name + suffix].append(rate)
                if probe and name in curves:
                    curves[name].append(loss)
    plain, one, stacked, plain_p, one_p, stacked_p = (float(np.median(values)) for values in rates.values())
    apart = abs(float(np.mean(curves["one"])) / float(np.mean(curves["plain"])) - 1)
    return {
        "cpu.plain_steps_per_s": _figure(plain, "steps/s", note="the seed's recipe; DataLoader, AdamW; CPU time"),
        "cpu.one_steps_per_s": _figure(one, "steps/s"),
        "cpu.stacked_steps_per_s": _figure(stacked, "model-steps/s", note=f"{STACKED} models of 1000 anchors at once"),
        "cpu.one_over_plain": _figure(one / plain, "x", "at least 1.7", one >= 1.7 * plain, "1.86 (961 of 518)"),
        "cpu.stacked_over_plain": _figure(stacked / plain, "x", "at least 3", stacked >= 3 * plain, "4.1 (2 140 of 518)"),
        "cpu.one_over_plain_with_probe": _figure(one_p / plain_p, "x", note="with the decoder that stage 6 trains beside it"),
        "cpu.stacked_over_plain_with_probe": _figure(stacked_p / plain_p, "x", note="the same"),
        "cpu.loss_difference": _figure(
            apart, "relative", f"at most {CURVE_TOLERANCE}", apart <= CURVE_TOLERANCE,
            note=f"mean loss of the last third of {STEPS} steps, mean of {ROUNDS} seeds, ours against the plain loop's",
        ),
        "h100.one_steps_per_s": _not_here("steps/s", "at least 20 000"),
        "h100.stacked_steps_per_s": _not_here("model-steps/s", "at least 500 000"),
        "h100.256_assessments_s": _not_here("s", "below 60"),
    }  # fmt: skip


def made_table(seed: int) -> TransitionArrays:
    """Make a thousand anchors of slow oscillations with noise, all of them for training."""
    rng = np.random.default_rng(seed)
    t = np.arange(ANCHORS)[:, None, None] / 30.0
    shape = (1, len(JOINTS), 9)
    waves = np.sin(2 * np.pi * rng.uniform(0.2, 1.0, shape) * t + rng.uniform(0, 6, shape))
    states = (waves + 0.05 * rng.standard_normal((ANCHORS, *shape[1:]))).astype(np.float32)
    rows = np.arange(ANCHORS)
    start = np.repeat(rows, rows[::-1])
    ahead = np.concatenate([np.arange(1, ANCHORS - i) for i in rows])
    zeros = np.zeros((ANCHORS, 2), dtype=np.uint8)
    pairs = np.stack((start, ahead), axis=1).astype(np.int32)
    return TransitionArrays(
        time=rows / 30.0, states=states, measured=np.ones((ANCHORS, len(JOINTS)), np.uint8),
        part=np.full(ANCHORS, Part.TRAIN, np.uint8), phases=zeros, contacts=zeros, train_pairs=pairs,
        held_out_pairs=pairs[:1],
    )  # fmt: skip


def ours(tables: list[TransitionArrays], seed: int, probe: bool, steps: int = STEPS) -> tuple[int, float]:
    """Train the seed's recipe by the engine; give the steps and the mean loss of their last third."""
    params = WorldModelParams(recipe="seed", max_steps=steps, seed=seed, device="cpu")
    found = train_many([CaptureData(t, JOINTS, 30.0) for t in tables], params, probe=probe)[0]
    return steps, float(np.mean(found.loss_curve[-len(found.loss_curve) // 3 :]))


def plain_loop(table: TransitionArrays, seed: int, probe: bool) -> tuple[int, float]:
    """Train the seed's recipe as anyone would: a DataLoader over all pairs, networks of torch, one step after the other."""
    torch.manual_seed(seed)
    x = torch.from_numpy(table.states).flatten(1)
    x = (x - x.mean(dim=0)) / x.std(dim=0, correction=0)
    start, ahead = torch.from_numpy(table.train_pairs).long().unbind(1)
    loader = DataLoader(TensorDataset(start, ahead), batch_size=64, shuffle=True)
    encoder, target = (_network(x.shape[1], 64) for _ in range(2))
    target.load_state_dict(encoder.state_dict())
    target.requires_grad_(False).eval()
    predictor, decoder = _network(65, 64), _probe(x.shape[1])
    parameters = [p for part in (encoder, predictor, decoder) for p in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=1e-3)
    losses: list[float] = []
    while True:
        for t, dh in loader:
            now, then = x[t], x[t + dh]
            z = encoder(now)
            forecast = predictor(torch.cat((z, dh[:, None].float()), dim=1))
            loss = _mse(forecast, target(then))
            if probe:
                loss = loss + _mse(decoder(z.detach()), now) + _mse(decoder(forecast.detach()), then)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            with torch.no_grad():
                for kept, own in zip(target.parameters(), encoder.parameters(), strict=True):
                    kept.mul_(0.996).add_(own, alpha=0.004)
            losses.append(loss.item())
            if len(losses) == STEPS:
                return STEPS, float(np.mean(losses[-STEPS // 3 :]))


def _network(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, outputs))


def _probe(features: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, features))


def _mse(a: Tensor, b: Tensor) -> Tensor:
    return nn.functional.mse_loss(a, b)


def _timed(models: int, work: Callable[[], tuple[int, float]]) -> tuple[float, float]:
    """Give steps a second of this process's own CPU time: one thread, and neighbours on the machine do not count."""
    begun = time.process_time()
    steps, loss = work()
    return models * steps / (time.process_time() - begun), loss


def _figure(
    value: float,
    units: str,
    goal: str | None = None,
    holds: bool | None = None,
    peer: str | None = None,
    note: str = "",
) -> Figure:
    return Figure(value=value, units=units, goal=goal, holds=holds, peer=peer, note=note)


def _not_here(units: str, goal: str) -> Figure:
    return Figure(value=None, units=units, goal=goal, note="not measured: no H100 is at hand")
