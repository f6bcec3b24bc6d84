"""`params.yaml`: the active capture and one section a stage."""

from __future__ import annotations

from schemas.adapter import AdapterParams
from schemas.alignment import AlignmentParams
from schemas.base import CaptureId, Strict
from schemas.dataset import DatasetParams
from schemas.labels import LabelsParams
from schemas.physical_state import PhysicalStateParams
from schemas.planning import PlanningParams
from schemas.sim_execution import SimExecutionParams
from schemas.sim_replay import SimReplayParams
from schemas.task_pack import TaskPackParams
from schemas.world_model import WorldModelParams


class AuditParams(Strict):
    """The audit takes no parameter yet; its section exists so that every stage has one."""


class Params(Strict):
    """The whole of `params.yaml`; defaults live here, and the file shows them all."""

    capture: CaptureId
    adapter: AdapterParams = AdapterParams()
    alignment: AlignmentParams = AlignmentParams()
    physical_state: PhysicalStateParams = PhysicalStateParams()
    labels: LabelsParams = LabelsParams()
    sim_replay: SimReplayParams = SimReplayParams()
    dataset: DatasetParams = DatasetParams()
    world_model: WorldModelParams = WorldModelParams()
    planning: PlanningParams = PlanningParams()
    sim_execution: SimExecutionParams = SimExecutionParams()
    task_pack: TaskPackParams = TaskPackParams()
    audit: AuditParams = AuditParams()
