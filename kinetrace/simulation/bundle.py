"""A made capture on disk: the open bundle `captures/<id>/` with its truth beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from kinetrace.simulation.arkit import TRACKED
from kinetrace.simulation.sensors import Sensed
from kinetrace.simulation.simulate import Recording, simulate
from kinetrace.simulation.truth import sagittal_angles
from kinetrace.store.arrays import write_h5
from kinetrace.store.documents import canonical, read_json, write_json
from kinetrace.store.publish import publish
from kinetrace.store.workspace import check_capture_id
from schemas.base import Movement, Sex
from schemas.capture import CaptureFile, Device, SubjectInfo
from schemas.errors import CaptureError
from schemas.simulation import EVENT_KINDS, TruthArrays

DECIMALS = 5
"""Digits after the point, in metres and radians: 0.01 mm, far above what differs between mathematics libraries."""


def simulate_capture(
    movement: Movement, seconds: float, seed: int, captures_dir: Path, capture_id: str,
    height_m: float = 1.75, mass_kg: float = 70.0, sex: Sex = "m",
) -> Path:  # fmt: skip
    """Make a capture and put it into a folder of captures.

    Args:
        movement: gait, squat, sit_to_stand or balance.
        seconds: How long [s].
        seed: Same seed, same bytes.
        captures_dir: Where captures lie.
        capture_id: Name of the new one.
        height_m: Stature [m].
        mass_kg: Body mass [kg].
        sex: For segment lengths.

    Returns:
        The bundle's folder.

    Raises:
        UsageError: Something that cannot be simulated.
        CaptureError: A capture id that is none, or one under which something lies that was not simulated.
        StorageError: The disk refuses.
    """
    folder = captures_dir / check_capture_id(capture_id)
    refuse_to_replace_a_recording(folder)
    recording = simulate(movement, seconds, seed, height_m=height_m, mass_kg=mass_kg, sex=sex)
    write_capture(folder, recording)
    return folder


def write_capture(directory: Path, recording: Recording) -> None:
    """Write the bundle in one step: an older one of that name is replaced only when the new one is complete.

    Raises:
        StorageError: The disk refuses.
    """
    with publish(directory) as draft:
        (draft / "body.jsonl").write_bytes(body_lines(recording.sensed))
        (draft / "planes.json").write_bytes(canonical([p.model_dump(mode="json") for p in recording.planes]))
        write_h5(draft / "truth.h5", truth_arrays(recording))
        write_json(draft / "capture.json", _contents(recording))


def truth_arrays(recording: Recording) -> TruthArrays:
    """Give the truth as arrays, rounded so that every machine writes the same bytes."""
    truth = recording.truth
    events = truth.events
    seats = [] if truth.seat_height_m is None else [truth.seat_height_m]

    def rounded(values: object) -> np.ndarray:
        return np.round(np.asarray(values, dtype=np.float64), DECIMALS) + 0.0

    return TruthArrays(
        time=rounded(truth.time),
        positions=rounded(truth.positions).astype(np.float32),
        contacts=truth.contacts,
        angles=rounded(sagittal_angles(truth.positions)).astype(np.float32),
        tracked=recording.sensed.tracked.astype(np.uint8),
        jumped=recording.sensed.jumped.astype(np.uint8),
        to_capture=rounded(recording.world.matrix()),
        event_time=rounded([e.time_s for e in events]),
        event_kind=np.array([EVENT_KINDS.index(e.kind) for e in events], dtype=np.uint8),
        event_side=np.array([("left", "right").index(e.side) for e in events], dtype=np.uint8),
        repetition_times=rounded(truth.repetitions).reshape(-1, 3),
        seat_height=rounded(seats),
    )


def refuse_to_replace_a_recording(folder: Path) -> None:
    """Let a simulated capture take the place of nothing, or of another simulated one.

    Raises:
        CaptureError: Something else lies there.
    """
    head = folder / "capture.json"
    if not folder.exists() or (head.is_file() and read_json(head, CaptureFile).simulated):
        return
    raise CaptureError(
        where=str(folder), field="capture", expected="no capture, or a simulated one to be replaced",
        found="a recording that was not simulated", fix="Choose another id; recordings are never overwritten.",
    )  # fmt: skip


def _contents(recording: Recording) -> CaptureFile:
    person = recording.truth.person
    return CaptureFile(
        device=Device(model="simulated iPad", os="none"),
        subject=SubjectInfo(
            id=f"simulated-{recording.seed}", height_m=person.height_m, mass_kg=person.mass_kg, sex=person.sex
        ),
        movement=recording.truth.movement,
        units="m",
        files={"body.jsonl": "body", "planes.json": "planes", "truth.h5": "truth"},
        simulated=True,
        licence="Apache-2.0",
        source=recording.asked,
    )


def body_lines(sensed: Sensed, row_major: bool = False) -> bytes:
    """Give `body.jsonl`, a frame a line.

    Args:
        sensed: ARKit's body.
        row_major: Write the anchor's matrix row by row, which is wrong.
    """
    matrices = sensed.anchor if row_major else sensed.anchor.transpose(0, 2, 1)
    anchors = np.round(matrices.reshape(-1, 16), DECIMALS) + 0.0
    joints = np.round(sensed.joints, DECIMALS) + 0.0
    lines = []
    for i, time in enumerate(sensed.time):
        line = {
            "t": round(float(time), 6),
            "frame": i,
            "tracked": bool(sensed.tracked[i]),
            "scale": sensed.scale,
            "anchor": anchors[i].tolist(),
            "joints": {name: {"p": joints[i, j].tolist(), "tracked": True} for j, name in enumerate(TRACKED)},
        }
        lines.append(json.dumps(line, separators=(",", ":"), allow_nan=False))
    return ("\n".join(lines) + "\n").encode()
