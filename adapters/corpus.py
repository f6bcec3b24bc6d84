"""Every take below some folders, whatever their formats: who, what, under which licence, and a way to open each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from adapters.formats import cmu_expmap, ui_prmd
from adapters.formats.addresses import SEPARATOR
from adapters.formats.bundle import CAPTURE, Bundle, read_bundle
from adapters.formats.licence_table import UNKNOWN, read_licences
from adapters.formats.motion_file import READERS
from adapters.formats.take_zip import ZipTake, list_takes
from adapters.robotics.adapter import adapt_bundle
from schemas.adapter import AdapterParams, AdapterResult
from schemas.base import Movement
from schemas.capture import CaptureFile, Device, SubjectInfo
from schemas.errors import CaptureError, UsageError
from schemas.motion import AdapterArrays

_WORDS: Final[tuple[tuple[str, str, Movement], ...]] = (
    ("walk", "walking", "gait"), ("gait", "walking", "gait"), ("squat", "squat", "squat"),
    ("sts|sit.?to.?stand", "sit_to_stand", "sit_to_stand"), ("static|posture|_st$", "standing", "balance"),
    ("run", "running", "other"), ("^dj|jump", "jump", "other"),
)  # fmt: skip
"""What a file's name says of the movement: pattern, movement, and what the pipeline calls it."""
_UI_PRMD_KINDS: Final[dict[str, Movement]] = {"deep_squat": "squat", "sit_to_stand": "sit_to_stand"}


@dataclass(frozen=True)
class Take:
    """One recording of one person.

    Attributes:
        path: File, bundle folder, or `data.zip::take`.
        subject: Who; takes of one subject belong to one side of any split.
        movement: What, in the data set's words, e.g. `deep_squat`.
        kind: What the pipeline calls it; None: not known, the pipeline guesses.
        take: Its name within subject and movement.
        source: The data set or folder that it is of.
        licence: As the folder's MANIFEST.md, the bundle or the data set says.
        correct: False where it was performed incorrectly on purpose; None where nobody says.
        static: Standing trial of the same session, if there is one.
    """

    path: Path
    subject: str
    movement: str
    kind: Movement | None
    take: str
    source: str
    licence: str
    correct: bool | None = None
    static: Path | None = None

    @property
    def name(self) -> str:
        """Give a name that is unique in a corpus: source, subject, movement and take."""
        return "/".join((self.source, self.subject, self.movement, self.take))

    def open(self, params: AdapterParams | None = None) -> tuple[AdapterResult, AdapterArrays]:
        """Read the take as stage 0 does.

        Raises:
            CaptureError: It cannot be used; says why.
        """
        return adapt_bundle(self._bundle(), _capture_id(self.name), params or AdapterParams())

    def _bundle(self) -> Bundle:
        if (self.path / CAPTURE).is_file():
            return read_bundle(self.path)
        paths = {"motion": self.path} | ({} if self.static is None else {"static": self.static})
        capture = CaptureFile(
            device=Device(model="not declared"),
            subject=SubjectInfo(id=self.subject),
            movement=self.kind,
            units="m",
            files={_file_name(path): role for role, path in paths.items()},  # type: ignore[misc]
            licence=self.licence,
            source=self.name,
        )
        return Bundle(self.path.parent, capture, paths, (), None, None, ())


def takes(folders: Iterable[Path]) -> Iterator[Take]:
    """Find every take below the folders, in the order of their paths.

    Motion files, capture bundles, and the archives of known data sets, whose takes are read in place. A file that turns
    out to be unusable is given as well, for `Take.open` to refuse with the reason.

    Args:
        folders: Where to look; a MANIFEST.md there may say licences.

    Raises:
        UsageError: One is no folder.
    """
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(
                where="corpus", field="DIR", expected="folders of recordings", found=f"{folder} is none",
                fix="Give the folder that the recordings lie in.",
            )  # fmt: skip
        licences = read_licences(folder)
        for path in _candidates(folder):
            licence = licences.get(path.resolve(), UNKNOWN)
            if path.is_dir():
                yield _of_bundle(path)
            elif path.suffix.lower() == ".zip":
                yield from _of_archive(path, licence)
            else:
                yield _of_file(path, licence)


def _candidates(folder: Path) -> Iterator[Path]:
    """Give motion files and bundles below a folder, sorted; a link is not followed, a bundle is not searched."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from [path] if (path / CAPTURE).is_file() else _candidates(path)
        elif path.suffix.lower() in READERS:
            yield path


def _of_file(path: Path, licence: str) -> Take:
    movement, kind = _movement(path.stem)
    folder = path.parent.name
    take = Take(path, folder, movement, kind, path.stem, folder, licence)
    standing = [p for p in sorted(path.parent.iterdir()) if p.suffix == path.suffix and _is_static(p)]
    return replace(take, static=standing[0]) if len(standing) == 1 and standing[0] != path else take


def _of_bundle(path: Path) -> Take:
    try:
        capture = read_bundle(path).capture
    except CaptureError:  # given as it is: opening it says why
        return Take(path, path.name, "unknown", None, path.name, path.parent.name, UNKNOWN)
    licence = capture.licence or UNKNOWN
    kind = capture.movement
    return Take(path, capture.subject.id, kind or "unknown", kind, path.name, path.parent.name, licence)


def _of_archive(path: Path, licence: str) -> Iterator[Take]:
    try:
        listed = list_takes(path)
    except CaptureError:  # given as it is: opening it says why
        yield Take(path, path.parent.name, "unknown", None, path.stem, path.parent.name, licence)
        return
    for one in listed:
        address = Path(f"{path}{SEPARATOR}{one.name}")
        yield _cmu(one, address, licence) if one.dataset == "cmu_expmap" else _ui_prmd(one, address, licence)


def _ui_prmd(one: ZipTake, address: Path, licence: str) -> Take:
    """Read `m01_s02_e03_inc`; a subject is the same person before Vicon and Kinect."""
    movement, subject, repetition, *wrong = one.name.split("_")
    number = int(movement[1:])
    name = ui_prmd.MOVEMENTS[number - 1] if 1 <= number <= len(ui_prmd.MOVEMENTS) else movement
    known = ui_prmd.LICENCE if licence == UNKNOWN else licence
    take = "_".join((repetition, *wrong))
    kind = _UI_PRMD_KINDS.get(name, "other")
    return Take(address, f"ui_prmd_{subject}", name, kind, take, one.dataset, known, correct=not wrong)


def _cmu(one: ZipTake, address: Path, licence: str) -> Take:
    """Read `train/walking_extra/walking_7`.

    The files do not say who moves: an action's takes count as one subject, so that no split can part a person's takes of
    one action; the same person may still appear in two actions.
    """
    stem = one.name.rpartition("/")[2]
    action = re.sub(r"_?\d+$", "", stem)
    movement, kind = _movement(action)
    part = one.name.partition("/")[0] if "/" in one.name else "all"
    known = cmu_expmap.LICENCE if licence == UNKNOWN else licence
    name = movement if movement in ("walking", "running") else action
    folder = one.name.split("/")[-2] if one.name.count("/") > 1 else action
    take = f"{part}_{folder}_{stem}" if folder != action else f"{part}_{stem}"
    return Take(address, f"cmu_{action}", name, kind, take, one.dataset, known)


def _movement(stem: str) -> tuple[str, Movement | None]:
    for pattern, movement, kind in _WORDS:
        if re.search(pattern, stem.lower()):
            return movement, kind
    return stem.lower(), None


def _is_static(path: Path) -> bool:
    return _movement(path.stem)[0] == "standing"


def _file_name(path: Path) -> str:
    """Give a name that a bundle's list takes: the last part, other characters replaced."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", path.name).lstrip("._-")[:121] or "motion"


def _capture_id(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "_", name.lower())[-63:].strip("_-") or "take"
