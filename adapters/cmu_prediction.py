"""The CMU files of the published prediction protocol, by action: those to train on and those to test on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from adapters.formats.take_zip import read_cmu_frames
from kinetrace.models.cmu_protocol import ACTIONS, PUBLISHED_SCALE, protocol_places
from schemas.errors import CaptureError

Places = Float[np.ndarray, "frames 38 3"]


@dataclass(frozen=True)
class ProtocolFiles:
    """Joints of each file as `protocol_places` gives them, by action; files in the order of their names.

    `extra` has the takes to train on of actions beside the eight published ones (`walking_extra`).
    """

    train: dict[str, tuple[Places, ...]]
    test: dict[str, tuple[Places, ...]]
    extra: dict[str, tuple[Places, ...]]


def read_protocol(archive: Path, scale: float | None = PUBLISHED_SCALE, *, rooted: bool = False) -> ProtocolFiles:
    """Read the archive of the CMU data set as the protocol splits it.

    Args:
        archive: The zip, with `skeleton.json` in it or beside it.
        scale: What a CMU unit is worth; None: its true millimetres.
        rooted: True: with the root's translation and rotation, which the protocol drops.

    Raises:
        CaptureError: As `read_cmu_frames`; or no file to train on or none to test on.
    """
    frames, skeleton = read_cmu_frames(archive)
    unit = 1000.0 * skeleton.unit_m if scale is None else scale
    parts: dict[str, dict[str, list[Places]]] = {"train": {}, "test": {}, "extra": {}}
    for name in sorted(frames):
        part, action, _ = name.split("/") if name.count("/") == 2 else ("", "", "")
        if part in ("train", "test"):
            into = part if action in ACTIONS else "extra" if part == "train" else ""
            if into:
                places = protocol_places(frames[name], skeleton, unit, rooted=rooted)
                parts[into].setdefault(action, []).append(places)
    if not parts["train"] or not parts["test"]:
        raise CaptureError(
            where=str(archive), field="archive", expected="folders train/ACTION and test/ACTION of the published actions",
            found=f"{len(parts['train'])} actions to train on, {len(parts['test'])} to test on",
            fix="Give the archive with its folders.",
        )  # fmt: skip
    train, test, extra = ({a: tuple(files) for a, files in parts[p].items()} for p in ("train", "test", "extra"))
    return ProtocolFiles(train, test, extra)
