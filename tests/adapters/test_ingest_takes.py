from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import ingest, read, validate
from adapters.robotics.adapter import adapt
from benchmarks.made_takes import bvh_text, cmu_zip, kinect_zip, vicon_zip
from schemas.adapter import AdapterParams
from schemas.errors import CaptureError

TWO = ("m01_s01_e01", "m01_s01_e02")


@pytest.mark.parametrize(
    ("data", "take"),
    [
        (vicon_zip(40, TWO), "m01_s01_e02"),
        (kinect_zip(40, TWO), "m01_s01_e02"),
        (cmu_zip(40, ("train/walking/walking_1", "test/walking/walking_1")), "test/walking/walking_1"),
    ],
)
def test_one_take_of_an_archive_is_brought_in_and_reads_the_same_alone(tmp_path: Path, data: bytes, take: str) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(data)
    address = Path(f"{path}::{take}")
    assert validate(address).summary == "can be used"
    captures = tmp_path / "captures"
    captures.mkdir()
    report = ingest(address, captures, "one")
    assert not report.already_there and ingest(address, captures, "one").already_there
    kept = {p.name for p in (captures / "one").iterdir()}
    assert kept == {"capture.json", "motion.zip"}
    assert (captures / "one" / "motion.zip").stat().st_size < len(data)
    _, alone = adapt(captures / "one", AdapterParams())
    _, there = read(address)
    np.testing.assert_array_equal(alone.positions, there.positions)


def test_an_archive_of_several_takes_is_not_brought_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(vicon_zip(40, TWO))
    with pytest.raises(CaptureError, match="expected one take, found 2 takes"):
        ingest(path, tmp_path, "all")
    assert not (tmp_path / "all").exists()


def test_a_bvh_is_brought_in_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_text(bvh_text(40))
    ingest(path, tmp_path, "walk")
    assert (tmp_path / "walk" / "motion.bvh").read_bytes() == path.read_bytes()
    result, _ = adapt(tmp_path / "walk", AdapterParams())
    assert result.source_info.format == "bvh" and "BVH names no unit" in result.source_info.assumptions[0]
