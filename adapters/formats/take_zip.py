"""Takes inside the zip of a research data set, read in place: `data.zip::m01_s01_e01`. Nothing is extracted to disk.

Known data sets: UI-PRMD (Vicon or Kinect) and CMU exponential maps, told apart by the names of the members.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float

from adapters.formats import cmu_expmap, ui_prmd
from adapters.formats.addresses import SEPARATOR, split_address
from adapters.formats.marker_file import MarkerFile
from adapters.formats.raw_file import capture_errors, decode_text, read_raw
from kinetrace.motion.cmu_skeleton import CmuSkeleton
from kinetrace.store.safe_io.caps import RECORDING_BYTES, RECORDING_JSON_BYTES, TAKE_BYTES
from kinetrace.store.safe_io.format_error import printable
from kinetrace.store.safe_io.plain_file import open_plain
from kinetrace.store.safe_io.zip_members import DATASET_NAMES, open_zip, read_member
from schemas.errors import CaptureError

Dataset = Literal["ui_prmd_vicon", "ui_prmd_kinect", "cmu_expmap"]
_UI_PRMD = re.compile(r"(?:.*/)?(m\d\d_s\d\d_e\d\d)_(positions|angles)(_inc)?\.txt")
_CMU = re.compile(r"(?:.*/)?[A-Za-z0-9_]+\.txt")
_SHOWN = 5


@dataclass(frozen=True)
class ZipTake:
    """One take of a data set's archive.

    Attributes:
        name: What stands after `::`.
        dataset: Which data set it is of.
        members: The files it is made of: positions, and for Kinect the angles.
    """

    name: str
    dataset: Dataset
    members: tuple[str, ...]


def list_takes(path: Path) -> tuple[ZipTake, ...]:
    """List the takes of an archive, by name.

    Raises:
        CaptureError: Not an archive that keeps the caps of `safe_io`, or none of the known data sets.
    """
    with _archive(split_address(path)[0]) as archive:
        return _takes(archive, str(path))


def read_take(path: Path) -> MarkerFile:
    """Read the take that `data.zip::take` names; the name may be left out where the archive holds one take only.

    Raises:
        CaptureError: As `list_takes`; no such take, or several and none named; or what the data set's parser refuses.
    """
    file, _ = split_address(path)
    with _archive(file) as archive:
        take = _chosen(_takes(archive, str(file)), path)
        texts = [_text(archive, member, path) for member in take.members]
        where = f"{file}{SEPARATOR}{take.name}"
        if take.dataset == "ui_prmd_vicon":
            return ui_prmd.parse_vicon(texts[0], where)
        if take.dataset == "ui_prmd_kinect":
            return ui_prmd.parse_kinect(texts[0], texts[1], where)
        skeleton = cmu_expmap.parse_skeleton(*_skeleton(archive, file))
    return cmu_expmap.parse_expmap(texts[0], skeleton, where)


def read_cmu_frames(file: Path) -> tuple[dict[str, Float[np.ndarray, "frames 117"]], CmuSkeleton]:
    """Read every take of a CMU archive as the exponential-map frames that are in it, by name, with its skeleton.

    Raises:
        CaptureError: As `read_take`; or the archive is of another data set.
    """
    with _archive(file) as archive:
        takes = _takes(archive, str(file))
        if takes[0].dataset != "cmu_expmap":
            raise CaptureError(
                where=str(file), field="archive", expected="CMU exponential maps", found=f"takes of {takes[0].dataset}",
                fix="Give the archive of the CMU data set.",
            )  # fmt: skip
        skeleton = cmu_expmap.parse_skeleton(*_skeleton(archive, file))
        texts = {take.name: _text(archive, take.members[0], file) for take in takes}
    return {name: cmu_expmap.parse_frames(text, f"{file}{SEPARATOR}{name}") for name, text in texts.items()}, skeleton


def single_take(path: Path) -> bytes:
    """Give a small archive of one take alone, its files unchanged: what `ingest` keeps of `data.zip::take`.

    Raises:
        CaptureError: As `read_take`.
    """
    file, _ = split_address(path)
    with _archive(file) as archive:
        take = _chosen(_takes(archive, str(file)), path)
        contents = {member: _bytes(archive, member, path) for member in take.members}
        if take.dataset == "cmu_expmap":
            contents[cmu_expmap.SKELETON] = _skeleton(archive, file)[0].encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as small:
        for name, data in sorted(contents.items()):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            small.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=6)
    return buffer.getvalue()


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    with (
        capture_errors(str(file)),
        open_plain(file, RECORDING_BYTES) as stream,
        open_zip(stream, RECORDING_BYTES, DATASET_NAMES) as archive,
    ):
        yield archive


def _takes(archive: zipfile.ZipFile, where: str) -> tuple[ZipTake, ...]:
    names = [m.filename for m in archive.infolist() if not m.is_dir()]
    takes = _ui_prmd_takes(names, where) or _cmu_takes(names)
    if not takes:
        shown = ", ".join(printable(name, 60) for name in names[:_SHOWN]) or "no file"
        raise CaptureError(
            where=where, field="archive", expected="takes of UI-PRMD (m01_s01_e01_positions.txt) or CMU exponential maps",
            found=f"{len(names)} files: {shown}", fix="Give the data set's own zip, or a motion file.",
        )  # fmt: skip
    return takes


def _ui_prmd_takes(names: list[str], where: str) -> tuple[ZipTake, ...]:
    found: dict[str, dict[str, str]] = {}
    for name in names:
        match = _UI_PRMD.fullmatch(name)
        if match is not None:
            take = match[1] + (match[3] or "")
            if match[2] in found.setdefault(take, {}):
                raise CaptureError(
                    where=where, field="archive", expected="each take once", found=f"{take} twice",
                    fix="Keep Vicon and Kinect in archives of their own.",
                )  # fmt: skip
            found[take][match[2]] = name
    kinect = any("angles" in files for files in found.values())
    wanted = ("positions", "angles") if kinect else ("positions",)
    dataset: Dataset = "ui_prmd_kinect" if kinect else "ui_prmd_vicon"
    takes = []
    for take, files in sorted(found.items()):
        if missing := [kind for kind in wanted if kind not in files]:
            raise CaptureError(
                where=where, field=take, expected=" and ".join(wanted), found=f"no {missing[0]}",
                fix="Put both files of each Kinect take into the archive.",
            )  # fmt: skip
        takes.append(ZipTake(take, dataset, tuple(files[kind] for kind in wanted)))
    return tuple(takes)


def _cmu_takes(names: list[str]) -> tuple[ZipTake, ...]:
    files = sorted(name for name in names if _CMU.fullmatch(name) is not None)
    return tuple(ZipTake(_cmu_name(name), "cmu_expmap", (name,)) for name in files)


def _cmu_name(member: str) -> str:
    """Give `train/walking/walking_1` of the published folders, else the file's own name."""
    parts = member.removesuffix(".txt").split("/")
    return "/".join(parts[-3:]) if len(parts) > 2 and parts[-3] in ("train", "test") else parts[-1]


def _chosen(takes: tuple[ZipTake, ...], path: Path) -> ZipTake:
    file, wanted = split_address(path)
    if wanted is None:
        fitting = takes
    else:
        fitting = tuple(t for t in takes if wanted in (t.name, *t.members)) or tuple(
            t for t in takes if t.name.rpartition("/")[2] == wanted.removesuffix(".txt")
        )
    if len(fitting) == 1:
        return fitting[0]
    shown = ", ".join(t.name for t in (fitting or takes)[:_SHOWN]) + (", …" if len(fitting or takes) > _SHOWN else "")
    found = (
        f"{len(fitting)} takes: {shown}"
        if fitting
        else f"no {printable(wanted or '', 60)!r} among {len(takes)}: {shown}"
    )
    raise CaptureError(
        where=str(file), field="take", expected="one take", found=found,
        fix=f"Name one, e.g. {file}{SEPARATOR}{(fitting or takes)[0].name}",
    )  # fmt: skip


def _skeleton(archive: zipfile.ZipFile, file: Path) -> tuple[str, str]:
    """Give the text of the skeleton, in the archive or beside it, and where it was."""
    if cmu_expmap.SKELETON in archive.namelist():
        return _text(archive, cmu_expmap.SKELETON, file), f"{file}{SEPARATOR}{cmu_expmap.SKELETON}"
    beside = file.parent / cmu_expmap.SKELETON
    return decode_text(beside, read_raw(beside, RECORDING_JSON_BYTES)), str(beside)


def _bytes(archive: zipfile.ZipFile, member: str, path: Path) -> bytes:
    info = archive.getinfo(member)
    if info.file_size > TAKE_BYTES:
        raise CaptureError(
            where=str(path), field=member, expected=f"at most {TAKE_BYTES} bytes a take",
            found=f"{info.file_size} bytes", fix="Cut the take.",
        )  # fmt: skip
    return read_member(archive, info)


def _text(archive: zipfile.ZipFile, member: str, path: Path) -> str:
    return decode_text(path, _bytes(archive, member, path))
