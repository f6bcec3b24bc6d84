"""The recording as our own open bundle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8, UInt16
from scipy.spatial.transform import Rotation

from kinetrace.simulation.bundle import body_lines
from kinetrace.simulation.ipad.camera_path import clockwise_turns
from kinetrace.simulation.ipad.h264 import add_frame, encoder, turn
from kinetrace.simulation.ipad.layouts import DepthFolder
from kinetrace.simulation.ipad.session import Session
from kinetrace.store.documents import canonical, write_json
from schemas.capture import CaptureFile, Device, FileRole, SubjectInfo

PLACE_DECIMALS, ANGLE_DECIMALS = 5, 7


class _Bundle:
    """Takes frames into a film and two folders."""

    def __init__(self, session: Session, folder: Path, film: Any) -> None:
        self._session, self._film, self._depth = session, film, DepthFolder(folder)

    def add(
        self, frame: int, rgb: UInt8[np.ndarray, "height width 3"], depth: UInt16[np.ndarray, "192 256"],
        confidence: UInt8[np.ndarray, "192 256"],
    ) -> None:  # fmt: skip
        """Take the next frame."""
        add_frame(self._film, rgb, float(self._session.truth.time[frame]))
        if self._session.kept_depth[frame]:
            self._depth.add(frame, depth, confidence)


@contextmanager
def bundle_writer(session: Session, folder: Path) -> Iterator[_Bundle]:
    """Write `rgb.mp4`, `camera.csv`, `depth/`, `confidence/`, `planes.json`, `room.json`, `body.jsonl` and `capture.json`."""
    film = folder / "rgb.mp4"
    with encoder(film, session.optics.width, session.optics.height) as container:
        yield _Bundle(session, folder, container)
    if "turned_film" in session.faults:
        turn(film, clockwise_turns(session.camera.rotation[0]))
    (folder / "camera.csv").write_text(camera_csv(session), encoding="ascii")
    row_major = "row_major" in session.faults
    planes = [plane.model_dump(mode="json") for plane in session.planes]
    for plane in planes if row_major else []:
        plane["transform"] = np.reshape(plane["transform"], (4, 4)).T.reshape(-1).tolist()
    (folder / "planes.json").write_bytes(canonical(planes))
    files: dict[str, FileRole] = {
        "rgb.mp4": "rgb", "camera.csv": "camera", "depth": "depth", "confidence": "confidence", "planes.json": "planes",
        "truth.h5": "truth",
    }  # fmt: skip
    if "empty_planes" not in session.faults:
        (folder / "room.json").write_bytes(canonical(session.plan))
        files["room.json"] = "room"
    if "no_person" not in session.faults:
        (folder / "body.jsonl").write_bytes(body_lines(session.sensed, row_major=row_major))
        files["body.jsonl"] = "body"
    write_json(folder / "capture.json", contents(session, files))


def contents(session: Session, files: dict[str, FileRole]) -> CaptureFile:
    """Give `capture.json`."""
    person = session.truth.person
    return CaptureFile(
        device=Device(model="simulated iPad with LiDAR", os="none"),
        subject=SubjectInfo(
            id=f"simulated-{session.seed}", height_m=person.height_m, mass_kg=person.mass_kg, sex=person.sex
        ),
        movement=session.truth.movement, units="m", files=files, simulated=True, licence="Apache-2.0",
        source=session.asked,
    )  # fmt: skip


def camera_csv(session: Session) -> str:
    """Give the poses of ARKit's camera, with the intrinsics of the film's images."""
    path, optics = session.recorded, session.optics
    bare = "no_intrinsics" in session.faults
    lines = ["t,frame," + ("" if bare else "fx,fy,cx,cy,") + "x,y,z,qx,qy,qz,qw"]
    lens = "" if bare else f"{optics.fx:.4f},{optics.fy:.4f},{optics.cx:.4f},{optics.cy:.4f},"
    for frame, (time, place, turned) in enumerate(
        zip(session.start_s + session.truth.time, path.position, Rotation.from_matrix(path.rotation), strict=True)
    ):
        numbers = [f"{v:.{PLACE_DECIMALS}f}" for v in place]
        numbers += [f"{v:.{ANGLE_DECIMALS}f}" for v in turned.as_quat(canonical=True)]
        lines.append(f"{time:.6f},{frame},{lens}{','.join(numbers)}")
    return "\n".join(lines) + "\n"
