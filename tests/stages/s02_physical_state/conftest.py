"""Real recordings brought through stages 0 and 1, and a made one that needs none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from schemas.adapter import AdapterParams, AdapterResult, SourceInfo
from schemas.alignment import Alignment, AlignmentParams
from schemas.capture import SubjectInfo
from schemas.motion import MotionArrays
from schemas.physical_state import PhysicalState, PhysicalStateArrays, PhysicalStateParams

OPENCAP_STATIC = "opencap_s4/static1.trc"


@dataclass(frozen=True)
class Recorded:
    """One recording's physical state, with the recording's own clock."""

    arrays: PhysicalStateArrays
    document: PhysicalState
    clock: np.ndarray


@pytest.fixture(scope="session")
def recorded(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Recorded]:
    """Give the physical state of a recording by its path below the data folder, static trial beside it."""
    from adapters.robotics.adapter import adapt
    from stages.s01_alignment.align import align
    from stages.s02_physical_state.physical_state import physical_state

    @cache
    def state_of(motion: str, static: str | None = None) -> Recorded:
        folder = tmp_path_factory.mktemp("capture") / "recording"
        folder.mkdir()
        files = {"motion.trc": "motion"}
        shutil.copy(recordings / motion, folder / "motion.trc")
        if static is not None:
            files["static.trc"] = "static"
            shutil.copy(recordings / static, folder / "static.trc")
        capture = {"device": {"model": "lab"}, "subject": {"id": "s"}, "units": "m", "files": files}
        (folder / "capture.json").write_text(json.dumps(capture))
        result, raw = adapt(folder, AdapterParams())
        aligned, account = align(raw, result, AlignmentParams())
        arrays, document = physical_state(aligned, account, result, PhysicalStateParams())
        return Recorded(arrays, document, aligned.time + result.source_info.time_offset_s)

    return state_of


def aligned_as_it_is() -> Alignment:
    """An alignment that changed nothing."""
    return Alignment(
        floor_candidates=(), floor_source="sole_envelope", floor_height_m=0.0, floor_tilt_deg=0.0,
        forward_source="displacement", forward=(1.0, 0.0, 0.0), root_displacement_m=1.0, origin_source="root",
        transform=tuple(np.eye(4).ravel().tolist()), stature_estimate_m=1.7, checks=(),
    )  # fmt: skip


def adapted(frames: int, fps: float, **changes: object) -> AdapterResult:
    """What stage 0 would say of a made motion."""
    info = SourceInfo(
        adapter="robotics", format="made", files=(), layout="made", units_found="m", up_found="y", native_fps=fps,
        fps=fps, time_offset_s=0.0, max_timestamp_jitter_s=0.0, frames=frames, joints=(), simulated=True,
    )  # fmt: skip
    fields = {"subject": SubjectInfo(id="s"), "movement": None, "quality": (), "tracked_fraction": 1.0} | changes
    return AdapterResult(capture="made", source_info=info, **fields)


@dataclass(frozen=True)
class MadeInput:
    """The three inputs of stage 2."""

    motion: MotionArrays
    alignment: Alignment
    adapter: AdapterResult


@pytest.fixture
def make_input() -> Callable[..., MadeInput]:
    """A person standing still for two seconds, with any joints hidden and any fields of the adapter changed."""

    def make(hidden: tuple[int, ...] = (), fps: float = 60.0, frames: int = 120, **changes: object) -> MadeInput:
        place = {
            "pelvis": (0, 0.9, 0), "spine": (0, 1.15, 0), "thorax": (0, 1.42, 0), "neck": (0, 1.5, 0), "head": (0, 1.75, 0),
            "hip": (0, 0.9, 0.1), "knee": (0, 0.5, 0.1), "ankle": (0, 0.08, 0.1), "heel": (-0.05, 0.02, 0.1),
            "toe": (0.18, 0.03, 0.1), "shoulder": (0, 1.42, 0.2), "elbow": (0, 1.14, 0.2), "wrist": (0.05, 0.9, 0.2),
        }  # fmt: skip
        from kinetrace.motion.skeletons import BODY21

        one = np.array(
            [np.array(place[name.split("_")[-1]]) * [1, 1, -1 if name[:2] == "l_" else 1] for name in BODY21]
        )
        positions = np.repeat(one[None], frames, axis=0).astype(np.float32)
        validity = np.full((frames, 21), 2, dtype=np.uint8)
        positions[:, list(hidden)], validity[:, list(hidden)] = 0.0, 0
        reasons = np.zeros(frames, dtype=np.uint32)
        motion = MotionArrays(positions=positions, validity=validity, time=np.arange(frames) / fps, reasons=reasons)
        return MadeInput(motion, aligned_as_it_is(), adapted(frames, fps, **changes))

    return make
