from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import ingest, validate
from adapters.robotics.adapter import adapt
from schemas.adapter import AdapterParams
from schemas.capture import CaptureFile
from schemas.errors import CaptureError, KinetraceError, MarkerSetError, StorageError, UnitsError, UsageError

Make = Callable[..., dict[str, np.ndarray]]
Trc = Callable[..., str]


@pytest.fixture
def walk(tmp_path: Path, walker: np.ndarray, keypoints: Make, trc: Trc) -> Path:
    path = tmp_path / "walk one.trc"
    path.write_text(trc(keypoints(walker)), newline="")
    return path


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_file_becomes_a_bundle_with_its_bytes_and_what_was_declared(tmp_path: Path, walk: Path) -> None:
    captures = tmp_path / "captures"
    report = ingest(walk, captures, "walk_1", mass_kg=70.0, height_m=1.75, sex="m", movement="gait")
    assert (captures / "walk_1" / "motion.trc").read_bytes() == walk.read_bytes()
    document = CaptureFile.model_validate_json((captures / "walk_1" / "capture.json").read_bytes())
    assert document.subject.mass_kg == 70.0 and document.movement == "gait" and document.source == "walk one.trc"
    assert report.taken == ("walk one.trc as motion.trc",) and report.motion.frames == 150
    assert "video keypoints" in report.text() and not report.already_there
    assert sorted(p.name for p in captures.iterdir()) == ["walk_1"]
    assert adapt(captures / "walk_1", AdapterParams())[0].capture == "walk_1"


def test_what_was_not_declared_is_said(tmp_path: Path, walk: Path) -> None:
    text = ingest(walk, tmp_path / "captures", "a").text()
    for expected in ("movement not declared", "mass not declared", "sex not declared"):
        assert expected in text


def test_the_same_again_changes_nothing_and_something_else_is_refused(tmp_path: Path, walk: Path) -> None:
    captures = tmp_path / "captures"
    ingest(walk, captures, "a", mass_kg=70.0)
    before = _tree(captures)
    assert ingest(walk, captures, "a", mass_kg=70.0).already_there
    with pytest.raises(UsageError, match=r"exists and differs in capture.json.*Give another --id"):
        ingest(walk, captures, "a", mass_kg=71.0)
    walk.write_text(walk.read_text().replace("0.000000", "0.000001", 1))
    with pytest.raises(UsageError, match=r"differs in motion.trc"):
        ingest(walk, captures, "a", mass_kg=70.0)
    (captures / "a" / "extra").touch()
    with pytest.raises(UsageError, match=r"differs in"):
        ingest(walk, captures, "a", mass_kg=70.0)
    (captures / "a" / "extra").unlink()
    assert _tree(captures) == before


def test_a_bundle_is_taken_over_without_what_it_does_not_list(tmp_path: Path, walk: Path) -> None:
    ingest(walk, tmp_path / "one", "a", movement="gait")
    (tmp_path / "one" / "a" / "notes.txt").write_text("private")
    report = ingest(tmp_path / "one" / "a", tmp_path / "two", "b")
    assert report.left_out == ("notes.txt: not listed in capture.json",)
    assert set(_tree(tmp_path / "two" / "b")) == {"capture.json", "motion.trc"}
    with pytest.raises(UsageError, match=r"no option beside --id for a bundle, found --mass, --sex\."):
        ingest(tmp_path / "one" / "a", tmp_path / "two", "c", mass_kg=60.0, sex="f")


@pytest.mark.parametrize("name", ["", "A", "../x", "a b", "-a", "a" * 64, "x;rm -rf ~", "ä"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, walk: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"--id: expected a capture's name"):
        ingest(walk, tmp_path / "captures", name)
    assert not (tmp_path / "captures").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"height_m": 175.0}, "--height: expected .*found 175.0.*height in m"),
        ({"mass_kg": float("nan")}, "--mass"),
        ({"sex": "x"}, "--sex: expected"),
        ({"movement": "dance"}, "--movement: expected"),
    ],
)
def test_a_declared_value_without_meaning_is_refused(
    tmp_path: Path, walk: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        ingest(walk, tmp_path / "captures", "a", **options)  # type: ignore[arg-type]


def _giant(folder: Path, made: dict[str, np.ndarray], trc: Trc) -> Path:
    path = folder / "giant.trc"
    path.write_text(trc({name: track * 17.0 for name, track in made.items()}))
    return path


def test_nothing_is_written_for_a_recording_that_cannot_be_used(
    tmp_path: Path, walker: np.ndarray, keypoints: Make, lab_markers: Make, trc: Trc
) -> None:
    os.mkfifo(tmp_path / "pipe.trc")
    (tmp_path / "link.trc").symlink_to(tmp_path / "giant.trc")
    (tmp_path / "strange.trc").write_text(trc({f"M{i}": walker[:, i] for i in range(5)}))
    kneeless = {n: p for n, p in lab_markers(walker, medial=False).items() if "knee" not in n}
    (tmp_path / "kneeless.trc").write_text(trc(kneeless))
    (tmp_path / "song.mp3").write_bytes(b"ID3")
    cases: list[tuple[Path, type[KinetraceError], str]] = [
        (_giant(tmp_path, keypoints(walker), trc), UnitsError, "expected a person"),
        (tmp_path / "pipe.trc", CaptureError, "a pipe"),
        (tmp_path / "link.trc", CaptureError, "a symbolic link"),
        (tmp_path / "none.trc", CaptureError, "nothing at this path"),
        (tmp_path / "strange.trc", MarkerSetError, "5 labels: M0, M1, M2, M3, M4.*--mapping"),
        (tmp_path / "kneeless.trc", MarkerSetError, "--static FILE"),
        (tmp_path / "song.mp3", CaptureError, "format: expected .trc"),
    ]
    for source, error, message in cases:
        with pytest.raises(error, match=message):
            ingest(source, tmp_path / "captures", "a")
        with pytest.raises(error, match=message):
            validate(source)
    assert not (tmp_path / "captures").exists()


def test_an_assessment_alone_validates_but_is_not_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"assessment_type": "tug", "metrics": {"time_s": 9.5}}))
    report = validate(path)
    assert report.assessment == "tug" and report.motion is None and "can be kept, not run" in report.text()
    assert json.loads(report.model_dump_json())["schema"] == "kinetrace.check/1"
    with pytest.raises(CaptureError, match=r"only an assessment"):
        ingest(path, tmp_path / "captures", "a")


def test_a_static_trial_and_a_mapping_travel_with_the_recording(
    tmp_path: Path, walker: np.ndarray, stander: np.ndarray, lab_markers: Make, trc: Trc
) -> None:
    (tmp_path / "m.trc").write_text(trc(lab_markers(walker, medial=False), units=""))
    (tmp_path / "s.trc").write_text(trc(lab_markers(stander), units=""))
    (tmp_path / "map.yaml").write_text("units: m\nup: y\n")
    options = {"static": tmp_path / "s.trc", "mapping": tmp_path / "map.yaml"}
    ingest(tmp_path / "m.trc", tmp_path / "captures", "a", **options)  # type: ignore[arg-type]
    folder = tmp_path / "captures" / "a"
    assert set(_tree(folder)) == {"capture.json", "motion.trc", "static.trc", "mapping.json"}
    result, _ = adapt(folder, AdapterParams())
    assert result.static_pose is not None and result.source_info.units_found == "m"
    assert ingest(tmp_path / "m.trc", tmp_path / "captures", "a", **options).already_there  # type: ignore[arg-type]


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path, walk: Path) -> None:
    (tmp_path / "captures").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"room and permission to write"):
        ingest(walk, tmp_path / "captures", "a")
