"""The loop: M models of one shape, each with its own states, seed and number of steps, in one run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from kinetrace.models.features import HeadingFeatures, View
from kinetrace.models.layers import VECTOR
from kinetrace.models.losses import column_weights, kinetrace_loss, seed_loss
from kinetrace.models.pose_edits import PoseEdits
from kinetrace.models.stacked import Builder, stack, unstack
from kinetrace.models.standardiser import Standardiser
from kinetrace.models.world_model import WorldModel
from kinetrace.training.world_model.device import enough_memory
from kinetrace.training.world_model.distributed import Processes
from kinetrace.training.world_model.draws import CHUNK, EpochSampler, HorizonSampler, draw
from kinetrace.training.world_model.progress_file import Progress, ProgressFile
from kinetrace.training.world_model.seed_step import SeedStep
from kinetrace.training.world_model.step import Objective, Resident, Step, graphed
from kinetrace.training.world_model.table import StateTable
from schemas.errors import ComputeError
from schemas.world_model import Arm, Recipe

Shown = Callable[[Iterable[int]], Iterable[int]]

WARM_UP = 0.05
"""First part of the steps, over which the default recipe's learning rate rises."""

LAST_RATE = 0.02
"""Part of it that is left at the end, by a half cosine."""


@dataclass(frozen=True)
class Job:
    """One model to be trained.

    Attributes:
        model: Fresh or pretrained networks.
        table: Its states.
        pairs: All its pairs, for the seed's epochs; None: drawn by horizon.
        standardiser: Of its features.
        seed: Of its draws.
        steps: How many.
    """

    model: WorldModel
    table: StateTable
    pairs: Tensor | None
    standardiser: Standardiser
    seed: int
    steps: int


@dataclass(frozen=True)
class Plan:
    """What all models of a run have in common.

    Attributes:
        recipe: Whose loss and schedule.
        arm: The factors in force.
        view: What the models see of a state.
        build: Builds a model of their shape.
        batch_size: Pairs a step, over all processes.
        learning_rate: Largest.
        ema: Decay of the target encoder.
        device: cpu or cuda.
        probe: Whether the seed's recipe has a decoder trained beside it.
    """

    recipe: Recipe
    arm: Arm
    view: View
    build: Builder
    batch_size: int
    learning_rate: float
    ema: float
    device: str = "cpu"
    probe: bool = True


@dataclass(frozen=True)
class Fitted:
    """A trained model on the CPU, in evaluation mode, and the loss of every step."""

    model: WorldModel
    losses: Tensor


def fit(
    jobs: list[Job],
    plan: Plan,
    shown: Shown = lambda steps: steps,
    kept: ProgressFile | None = None,
    processes: Processes = Processes(),  # noqa: B008 - frozen, without state
) -> list[Fitted]:
    """Train every model; on the CPU each gets the bits that it would get alone.

    A model that has had its steps is taken out of the stack at that moment; its row goes on without it being looked at.

    Args:
        jobs: The models; with `recipe: kinetrace` they have one standardiser in common.
        plan: What they have in common.
        shown: Wraps the loop over steps, to show how far it is.
        kept: Where progress is kept, to be taken up again; None: nowhere.
        processes: Who else trains.

    Raises:
        ComputeError: A loss is no longer a number, or there is too little memory.
    """
    with enough_memory(plan.batch_size):
        return _Run(jobs, plan, processes).go(shown, kept)


class _Run:
    def __init__(self, jobs: list[Job], plan: Plan, processes: Processes) -> None:
        self.jobs, self.plan, self.processes = jobs, plan, processes
        self.batch = max(1, plan.batch_size // processes.count)
        self.model = stack([job.model for job in jobs], plan.build).to(plan.device)
        self.model.train()
        self.model.target_encoder.eval()
        data = Resident.of([job.table for job in jobs], plan.device)
        self.edits: PoseEdits | None = None
        self.step: Step | SeedStep
        if plan.recipe == "seed" and plan.device == "cpu" and processes.count == 1:
            self.step = SeedStep(self.model, data, plan.learning_rate, plan.ema, plan.probe)
        else:
            self.step = self._graph_step(data)
        self.optimiser = self.step.optimiser
        self.samplers = [
            HorizonSampler(job.table, plan.device) if job.pairs is None else EpochSampler(job.pairs, plan.device)
            for job in jobs
        ]
        self.drops = [(layer.p, layer.columns) for layer in self.step.dropouts]

    def _graph_step(self, data: Resident) -> Step:
        jobs, plan = self.jobs, self.plan
        seed = plan.recipe == "seed"
        objective: Objective = partial(seed_loss, probe=plan.probe)
        if not seed:
            own = jobs[0].standardiser
            columns = column_weights(plan.view.names, jobs[0].table.spread).to(plan.device)
            here = Standardiser(own.mean.to(plan.device), own.scale.to(plan.device))
            objective = partial(kinetrace_loss, arm=plan.arm, view=plan.view, standardiser=here, columns=columns)
        ema = None if plan.arm.anti_collapse == "frozen_teacher" else plan.ema
        if not seed and isinstance(plan.view, HeadingFeatures):
            edits = PoseEdits.of(plan.view, jobs[0].standardiser.scale)
            self.edits = None if edits is None else edits.on(plan.device)
        optimiser = adamw(self.model, plan.learning_rate, plan.device)
        view = None if seed else plan.view
        return Step(self.model, data, view, objective, optimiser, ema, self.processes, self.edits)

    def go(self, shown: Shown, kept: ProgressFile | None) -> list[Fitted]:
        last = max(job.steps for job in self.jobs)
        begun, losses = (0, []) if kept is None else self._take_up(kept)
        done: list[WorldModel | None] = [None] * len(self.jobs)
        take: Callable[[int], None] = self.step
        for at in shown(range(begun, last)):
            row = at % CHUNK
            if row == 0 or at == begun:
                self._prepare(at // CHUNK, last)
                if self.plan.device == "cuda" and at == begun and isinstance(self.step, Step):
                    take = graphed(self.step)
            take(row)
            for number, job in enumerate(self.jobs):
                if job.steps == at + 1:
                    done[number] = unstack(self.model, number, self.plan.build)
            if row == CHUNK - 1 or at == last - 1:
                losses.append(self.step.losses[: row + 1].detach().to("cpu", copy=True))
                self._check(losses[-1], at - row)
                if kept is not None and (kept.due(at + 1) or at == last - 1):
                    self._keep(kept, at + 1, losses)
        curve = torch.cat(losses) if losses else torch.zeros(0, len(self.jobs))
        found = [unstack(self.model, n, self.plan.build) if m is None else m for n, m in enumerate(done)]
        return [
            Fitted(m.cpu().eval(), curve[: j.steps, n]) for n, (m, j) in enumerate(zip(found, self.jobs, strict=True))
        ]

    def _prepare(self, chunk: int, last: int) -> None:
        rank, edits = self.processes.rank, 0 if self.edits is None else self.edits.count
        self.step.load(
            [
                draw(sampler, job.seed, rank, chunk, self.batch, self.drops, self.plan.device, edits)
                for sampler, job in zip(self.samplers, self.jobs, strict=True)
            ]
        )
        if self.plan.recipe == "seed":
            return
        rate = self.plan.learning_rate * schedule((chunk + 0.5) * CHUNK / max(last, CHUNK))
        for group in self.optimiser.param_groups:
            group["lr"].fill_(rate) if isinstance(group["lr"], Tensor) else group.update(lr=rate)

    def _check(self, losses: Tensor, first: int) -> None:
        finite = torch.isfinite(losses)
        for number, job in enumerate(self.jobs):
            good = finite[: max(0, job.steps - first), number]
            if not bool(good.all()):
                step = first + int(torch.argmin(good.int()))
                whose = f" of model {number}" if len(self.jobs) > 1 else ""
                raise ComputeError(
                    where="stage s06_world_model",
                    field="loss",
                    expected="a finite loss",
                    found=f"none from step {step} on{whose}",
                    fix=f"Lower `world_model.learning_rate` (now {self.plan.learning_rate:g}).",
                )

    def _keep(self, kept: ProgressFile, step: int, losses: list[Tensor]) -> None:
        if self.processes.rank == 0:
            kept.write(Progress(step, self.model.state_dict(), self.optimiser.state_dict(), torch.cat(losses)))
        self.processes.wait()

    def _take_up(self, kept: ProgressFile) -> tuple[int, list[Tensor]]:
        found = kept.read(self.model, self.optimiser)
        return (0, []) if found is None else (found.step, [found.losses])


def adamw(model: WorldModel, rate: float, device: str) -> torch.optim.AdamW:
    """Build the optimiser: fused, but on the CPU not for weights whose count is no multiple of a vector.

    The fused step on a CPU rounds the last numbers of an array, which do not fill a vector, otherwise than the rest; in
    a stack they would lie elsewhere, and a model would no longer get the bits that it gets alone.

    Args:
        model: Stacked networks on the device.
        rate: Learning rate; on a GPU a number there, which a graph can be told anew.
        device: cpu or cuda.
    """
    trainable = model.trainable()
    if device == "cuda":
        return torch.optim.AdamW(trainable, lr=torch.tensor(rate, device=device), fused=True, capturable=True)
    even = [p for p in trainable if p.dim() and p[0].numel() % VECTOR == 0]
    odd = [p for p in trainable if not p.dim() or p[0].numel() % VECTOR]
    groups: list[dict[str, Any]] = [{"params": even, "fused": True}, {"params": odd, "foreach": True}]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=rate)


def schedule(part: float) -> float:
    """Give the learning rate as part of the largest: a rise over the first twentieth, then half a cosine down.

    Args:
        part: How much of the steps has been taken (0 to 1).
    """
    if part < WARM_UP:
        return max(part / WARM_UP, LAST_RATE)
    return LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * min(1.0, (part - WARM_UP) / (1 - WARM_UP)))) / 2
