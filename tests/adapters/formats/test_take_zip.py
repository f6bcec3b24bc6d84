from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.addresses import split_address
from adapters.formats.motion_file import read_motion
from adapters.formats.take_zip import list_takes, read_cmu_frames, read_take, single_take
from benchmarks.made_takes import cmu_skeleton, cmu_text, cmu_zip, kinect_zip, vicon_text, vicon_zip, zipped
from schemas.errors import CaptureError

TAKES = ("m01_s01_e01", "m01_s01_e02", "m01_s02_e01_inc")


def written(folder: Path, data: bytes, name: str = "data.zip") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_an_address_is_the_archive_and_the_take() -> None:
    assert split_address(Path("a/b.zip::train/walking/walking_1")) == (Path("a/b.zip"), "train/walking/walking_1")
    assert split_address(Path("a/b.zip")) == (Path("a/b.zip"), None)
    assert split_address(Path("a/b.zip::")) == (Path("a/b.zip"), None)


def test_takes_are_listed_by_name_and_told_apart_by_data_set(tmp_path: Path) -> None:
    vicon = list_takes(written(tmp_path, vicon_zip(4, TAKES), "v.zip"))
    assert [take.name for take in vicon] == list(TAKES) and {take.dataset for take in vicon} == {"ui_prmd_vicon"}
    kinect = list_takes(written(tmp_path, kinect_zip(4, TAKES), "k.zip"))
    assert {take.dataset for take in kinect} == {"ui_prmd_kinect"} and len(kinect[0].members) == 2
    cmu = list_takes(written(tmp_path, cmu_zip(4, ("train/walking/walking_1", "test/walking/walking_1")), "c.zip"))
    assert [take.name for take in cmu] == ["test/walking/walking_1", "train/walking/walking_1"]


@pytest.mark.parametrize(
    ("made", "joints", "form"),
    [(vicon_zip, 39, "ui_prmd_vicon"), (kinect_zip, 22, "ui_prmd_kinect"), (cmu_zip, 38, "cmu_expmap")],
)
def test_a_lone_take_needs_no_name_and_its_own_small_archive_reads_the_same(
    tmp_path: Path, made: object, joints: int, form: str
) -> None:
    path = written(tmp_path, made(5))  # type: ignore[operator]
    take = list_takes(path)[0]
    found = read_motion(path)
    assert found.positions.shape == (5, joints, 3) and found.format == form
    small = single_take(Path(f"{path}::{take.name}"))
    again = read_motion(written(tmp_path, small, "motion.zip"))
    np.testing.assert_array_equal(again.positions, found.positions)
    assert single_take(path) == small == single_take(tmp_path / "motion.zip")


def test_a_take_is_found_by_its_name_its_file_or_the_end_of_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, cmu_zip(4, ("train/walking/walking_1", "train/running/running_2")))
    for name in ("train/walking/walking_1", "walking_1", "walking_1.txt", "data/train/walking/walking_1.txt"):
        assert read_take(Path(f"{path}::{name}")).format == "cmu_expmap"


def test_a_skeleton_may_lie_beside_the_archive(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"walk.txt": cmu_text(4)}))
    with pytest.raises(CaptureError, match=r"skeleton\.json: file: expected a file"):
        read_take(path)
    (tmp_path / "skeleton.json").write_text(json.dumps(cmu_skeleton()))
    assert read_take(path).positions.shape == (4, 38, 3)
    assert b"skeleton.json" in single_take(path)


def test_every_frame_of_a_cmu_archive_is_given_as_it_is(tmp_path: Path) -> None:
    frames, skeleton = read_cmu_frames(written(tmp_path, cmu_zip(4)))
    assert list(frames) == ["train/walking/walking_1"] and frames["train/walking/walking_1"].shape == (4, 117)
    assert skeleton.fps == 120
    with pytest.raises(CaptureError, match="expected CMU exponential maps, found takes of ui_prmd_vicon"):
        read_cmu_frames(written(tmp_path, vicon_zip(4)))


def test_several_takes_and_none_named_or_none_of_that_name_are_refused_with_how_many_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, vicon_zip(3, TAKES))
    with pytest.raises(
        CaptureError, match=r"expected one take, found 3 takes: m01_s01_e01.*Name one, e.g. .*::m01_s01_e01"
    ):
        read_take(path)
    with pytest.raises(CaptureError, match="found no 'm09_s09_e09' among 3: m01_s01_e01"):
        read_take(Path(f"{path}::m09_s09_e09"))
    two = written(tmp_path, cmu_zip(3, ("train/walking/walking_1", "test/walking/walking_1")), "c.zip")
    with pytest.raises(CaptureError, match="found 2 takes: test/walking/walking_1, train/walking/walking_1"):
        read_take(Path(f"{two}::walking_1"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"readme.md": "x"}, "expected takes of UI-PRMD .* or CMU exponential maps, found 1 files: readme.md"),
        ({"../m01_s01_e01_positions.txt": "x"}, "plain relative names"),
        ({"/m01_s01_e01_positions.txt": "x"}, "plain relative names"),
        ({"a/../../m01_s01_e01_positions.txt": "x"}, "plain relative names"),
        ({"a\\m01_s01_e01_positions.txt": "x"}, "plain relative names"),
        ({"m01_s01_e01_positions.txt": "\0"}, "binary data"),
        ({"m01_s01_e01_angles.txt": "1"}, "expected positions and angles, found no positions"),
        (
            {"a/m01_s01_e01_positions.txt": "1", "b/m01_s01_e01_positions.txt": "1"},
            "expected each take once, found m01_s01_e01 twice",
        ),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, members: dict[str, str], message: str) -> None:
    with pytest.raises(CaptureError, match=message):
        read_take(written(tmp_path, zipped(members)))


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    zeros = b"0" * (100 << 20)
    with pytest.raises(CaptureError, match="at most 100 to 1"):
        list_takes(written(tmp_path, zipped({"m01_s01_e01_positions.txt": zeros})))


def test_a_take_larger_than_any_recording_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.formats.take_zip.TAKE_BYTES", 100)
    with pytest.raises(CaptureError, match="expected at most 100 bytes a take"):
        read_take(written(tmp_path, vicon_zip(4)))


def test_an_archive_cut_short_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    good = vicon_zip(4)
    for data in (good[:-30], good[: len(good) // 2], b"PK", vicon_text(2).encode()):
        with pytest.raises(CaptureError, match="archive"):
            list_takes(written(tmp_path, data))
    with pytest.raises(CaptureError, match="expected a file"):
        list_takes(tmp_path / "none.zip")


def test_folders_and_blanks_in_names_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Incorrect Segmented Movements/", "")
        archive.writestr("Incorrect Segmented Movements/Vicon/m01_s01_e01_positions_inc.txt", vicon_text(3))
    assert [take.name for take in list_takes(path)] == ["m01_s01_e01_inc"]


def test_a_file_that_nothing_reads_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"motion: expected a \.trc.* file, found walk.xyz"):
        read_motion(tmp_path / "walk.xyz")


def test_the_real_archives_hold_what_their_data_sets_say(recordings: Path) -> None:
    counts = {path.name: len(list_takes(path)) for path in sorted((recordings / "ui_prmd").glob("*.zip"))}
    assert sum(n for name, n in counts.items() if name.startswith("kinect")) == 1200
    assert sum(n for name, n in counts.items() if name.startswith("vicon")) == 700
    cmu = list_takes(recordings / "cmu_mocap" / "cmu_mocap_expmap.zip")
    assert len(cmu) == 96 and len({take.name for take in cmu}) == 96
