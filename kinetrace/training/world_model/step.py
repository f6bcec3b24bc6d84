"""One training step of M stacked models: the same function on a CPU, on a GPU and inside of a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from kinetrace.models.batch import Batch, PlacedBatch
from kinetrace.models.features import View
from kinetrace.models.pose_angles import pose_angles
from kinetrace.models.pose_edits import PoseEdits
from kinetrace.models.world_model import WorldModel
from kinetrace.training.world_model.distributed import Processes
from kinetrace.training.world_model.draws import CHUNK, Draws
from kinetrace.training.world_model.table import StateTable

Row = int | Tensor
Objective = Callable[[WorldModel, Batch], Tensor]


@dataclass(frozen=True)
class Resident:
    """The tables of M models on the device, the shorter ones filled up with rows that no pair ever names."""

    x: Tensor
    positions: Tensor
    root: Tensor
    yaw: Tensor
    angles: Tensor
    group: Tensor
    weight: Tensor
    scale: Tensor
    step_s: Tensor

    @staticmethod
    def of(tables: list[StateTable], device: str) -> Resident:
        """Put tables side by side."""

        def padded(name: str) -> Tensor:
            parts = [getattr(table, name) for table in tables]
            return (parts[0][None] if len(parts) == 1 else pad_sequence(parts, batch_first=True)).to(device)

        weight, scale = (
            pad_sequence([(1 / getattr(table, name)).flatten() for table in tables], batch_first=True).to(device)
            for name in ("cost", "moved")
        )
        offset = [t.group * t.cost.shape[1] for t in tables]
        group = (offset[0][None] if len(tables) == 1 else pad_sequence(offset, batch_first=True)).to(device)
        steps = torch.tensor([[table.step_s] for table in tables], device=device)
        x, positions, root, yaw, angles = (padded(name) for name in ("x", "positions", "root", "yaw", "angles"))
        return Resident(x, positions, root, yaw, angles, group, weight, scale, steps)


class Step:
    """Gathers a batch, computes the loss, and moves weights and moving averages.

    Attributes:
        losses: Loss of every step of the chunk and every model.
    """

    def __init__(
        self,
        model: WorldModel,
        data: Resident,
        view: View | None,
        objective: Objective,
        optimiser: torch.optim.Optimizer,
        ema: float | None,
        processes: Processes,
        edits: PoseEdits | None = None,
    ) -> None:
        """Prepare.

        Args:
            model: Stacked networks on the device.
            data: Their tables.
            view: Places joints for losses that need them; None: the loss does not.
            objective: Loss a model.
            optimiser: Of the trainable weights.
            ema: Decay of the target encoder; None: it stays as it is.
            processes: Who else trains.
            edits: Turns limbs at the end of steps; None: none is turned.
        """
        self.edits = edits
        self.model, self.data, self.view, self.objective = model, data, view, objective
        self.optimiser, self.ema, self.processes = optimiser, ema, processes
        self.trainable, self.dropouts = model.trainable(), model.dropouts()
        self.which = torch.arange(len(data.x), device=data.x.device)[:, None]
        self.losses = torch.zeros(CHUNK, len(data.x), device=data.x.device)
        self.draws: Draws | None = None

    def load(self, draws: list[Draws]) -> None:
        """Take the draws of a chunk, one of each model; into the same memory as before, which a graph has in it."""
        fresh = stacked_draws(draws)
        if self.draws is None or not fresh.start.is_cuda:
            self.draws = fresh
            return
        for name in ("start", "horizon", "told", "edit", "angle"):
            getattr(self.draws, name).copy_(getattr(fresh, name))
        for kept, mask in zip(self.draws.keep, fresh.keep, strict=True):
            kept.copy_(mask)

    def __call__(self, row: Row) -> None:
        """Take the step that the draws hold at `row`."""
        loss = self.objective(self.model, self._batch(row))
        if isinstance(row, int):
            self.losses[row] = loss.detach()
        else:
            self.losses.index_copy_(0, row, loss.detach()[None])
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss.sum())
        self.processes.average([p.grad for p in self.trainable if p.grad is not None])
        self.optimiser.step()
        if self.ema is not None:
            self.model.follow(self.ema)

    def _batch(self, row: Row) -> Batch:
        if self.draws is None:
            raise RuntimeError("a step before its draws")
        start, horizon, told = (_at(v, row) for v in (self.draws.start, self.draws.horizon, self.draws.told))
        for layer, keep in zip(self.dropouts, self.draws.keep, strict=True):
            layer.keep = _at(keep, row)
        data, then = self.data, start + horizon
        x, ahead, dt_s = data.x[self.which, start], data.x[self.which, then], horizon * data.step_s
        if self.view is None:
            return Batch(x, ahead, dt_s)
        kind = data.group[self.which, start] + horizon
        positions, angles = data.positions[self.which, then], data.angles[self.which, then]
        if self.edits is not None:
            edit, angle = _at(self.draws.edit, row), _at(self.draws.angle, row)
            ahead, positions = self.edits.apply(ahead, positions, data.yaw[self.which, then], edit, angle)
            angles = pose_angles(positions, self.view.joints)
        return PlacedBatch(
            x,
            ahead,
            dt_s,
            weight=data.weight.gather(1, kind),
            scale=data.scale.gather(1, kind),
            placed=self.view.seen_from(positions, data.root[self.which, start], data.yaw[self.which, start]),
            told=told,
            turned=angles - data.angles[self.which, start],
        )


def stacked_draws(draws: list[Draws]) -> Draws:
    """Put the draws of models side by side; of one model nothing is copied."""

    def side_by_side(parts: list[Tensor]) -> Tensor:
        return parts[0][:, None] if len(parts) == 1 else torch.stack(parts, dim=1)

    start, horizon, told, edit, angle = (
        side_by_side([getattr(d, name) for d in draws]) for name in ("start", "horizon", "told", "edit", "angle")
    )
    return Draws(
        start,
        horizon,
        told,
        edit,
        angle,
        tuple(side_by_side(list(masks)) for masks in zip(*(d.keep for d in draws), strict=True)),
    )


def _at(values: Tensor, row: Row) -> Tensor:
    return values[row] if isinstance(row, int) else values.index_select(0, row)[0]


def graphed(step: Step) -> Callable[[int], None]:
    """Record the whole step in one CUDA graph; weights, averages and optimiser are given back as they were.

    Args:
        step: A step with a chunk of draws loaded, on a GPU.

    Returns:
        A function of the row that replays it.
    """
    device = step.data.x.device
    row = torch.zeros(1, dtype=torch.long, device=device)
    weights = {name: value.clone() for name, value in step.model.state_dict().items()}
    known = {p: {k: v.clone() for k, v in state.items()} for p, state in step.optimiser.state.items()}
    side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side):
        for _ in range(3):
            step(row)
    torch.cuda.current_stream(device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(row)
    step.model.load_state_dict(weights)
    for parameter, state in step.optimiser.state.items():
        for key, value in state.items():
            value.copy_(known[parameter][key]) if parameter in known else value.zero_()

    def replay(number: int) -> None:
        row.fill_(number)
        graph.replay()

    return replay
