"""A motion taken through alignment, physical state and sim replay in memory: for scores and benchmarks; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from kinetrace.physics.replay import Recording, Replayed, replay
from schemas.adapter import AdapterResult
from schemas.alignment import Alignment, AlignmentParams
from schemas.motion import AdapterArrays
from schemas.physical_state import PhysicalState, PhysicalStateArrays, PhysicalStateParams
from schemas.sim_replay import SimReplayParams
from stages.s01_alignment.align import align
from stages.s02_physical_state.physical_state import physical_state


@dataclass(frozen=True)
class Measured:
    """What stages 0 to 2 know of a recording."""

    adapter: AdapterResult
    alignment: Alignment
    arrays: PhysicalStateArrays
    state: PhysicalState


def measured(
    adapter: AdapterResult,
    motion: AdapterArrays,
    alignment: AlignmentParams | None = None,
    state: PhysicalStateParams | None = None,
) -> Measured:
    """Do what stages 1 and 2 do.

    Args:
        adapter: What stage 0 says of the recording.
        motion: Its arrays, Y up [m].
        alignment: Of stage 1; None: the defaults.
        state: Of stage 2; None: the defaults.

    Raises:
        CaptureError: No floor, an inverted world, no legs; the subclass says why.
    """
    aligned, account = align(motion, adapter, alignment or AlignmentParams())
    arrays, document = physical_state(aligned, account, adapter, state or PhysicalStateParams())
    return Measured(adapter, account, arrays, document)


def recording(of: Measured) -> Recording:
    """Give what the physics replays."""
    return Recording(
        positions=of.arrays.positions_raw,
        validity=of.arrays.validity,
        contacts=of.arrays.contacts,
        fps=of.state.fps,
        movement=of.state.movement,
        belt_speed=(of.state.walking_speed or 0.0) if of.state.treadmill else 0.0,
    )


def replayed(of: Measured, params: SimReplayParams | None = None) -> Replayed:
    """Do what stage 4 does.

    Raises:
        CaptureError: The subject's figures are not a person's, or the recording is too short or shows no hips.
        ParamsError: The cut-off does not fit the frame rate.
    """
    return replay(recording(of), of.state.subject, of.state.calibration, of.alignment.seat, params or SimReplayParams())
