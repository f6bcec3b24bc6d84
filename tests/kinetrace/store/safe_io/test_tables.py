from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from kinetrace.store import arrays as room
from kinetrace.store.arrays import encode_npz, read_any, read_npz, write_h5, write_npz
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.hdf5 import read_h5_arrays
from kinetrace.store.safe_io.npz import read_npz_arrays
from kinetrace.store.safe_io.table import check_declared, check_names
from schemas.base import Array
from schemas.errors import ArtifactError
from schemas.motion import MotionArrays

NUMBERS = st.sampled_from(["f4", "f8", "u1", "i4", "c8", "?"])


def table() -> MotionArrays:
    return MotionArrays(
        positions=np.ones((2, 21, 3), np.float32), validity=np.ones((2, 21), np.uint8), time=np.arange(2.0),
        reasons=np.zeros(2, np.uint32),
    )  # fmt: skip


@given(array=nps.arrays(NUMBERS, nps.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)))
def test_any_array_of_numbers_can_be_looked_at(array: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=array)
    found = read_npz_arrays(buffer, None, 10_000)["a"]
    assert found.dtype == array.dtype and found.tobytes() == array.tobytes() and found.shape == array.shape


def test_what_a_stage_wrote_can_be_looked_at_without_its_schema(tmp_path: Path) -> None:
    for name, write in (("t.h5", write_h5), ("t.npz", write_npz)):
        write(tmp_path / name, table())
        found = read_any(tmp_path / name)
        assert sorted(found) == ["positions", "reasons", "time", "validity"]
        assert found["time"].tolist() == [0.0, 1.0]
    (tmp_path / "t.npz").write_bytes(b"PK")
    with pytest.raises(ArtifactError, match="arrays"):
        read_any(tmp_path / "t.npz")
    with pytest.raises(ArtifactError, match="found nothing"):
        read_any(tmp_path / "absent.h5")


@pytest.mark.parametrize("array", [np.array(["a"]), np.zeros(2, "S3"), np.zeros((1,) * 9)])
def test_what_is_no_array_of_numbers_is_not_shown(array: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, a=array)
    with pytest.raises(FormatError, match="expected numbers"):
        read_npz_arrays(buffer, None, 10_000)


def test_a_member_that_is_no_array_is_refused() -> None:
    import zipfile

    for names in (["a.txt"], ["a.npy", "a"], [f"a{i}.npy" for i in range(65)]):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in names:
                archive.writestr(name, b"")
        with pytest.raises(FormatError, match=r"a|stands twice"):
            read_npz_arrays(buffer, None, 10_000)


@pytest.mark.parametrize("header", [b"{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }\n", b"x\n"])
def test_a_header_that_numpy_would_not_write_is_refused(header: bytes) -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(FormatError, match=r"f3|not valid"):
        read_npz_arrays(buffer, None, 10_000)


def test_datasets_that_share_their_bytes_may_not_claim_more_than_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "t.h5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file["a0"] = np.zeros(1000)
        for i in range(1, 9):
            file[f"a{i}"] = file["a0"]
    with path.open("rb") as stream, pytest.raises(FormatError, match="datasets that claim 72000 bytes in a file of"):
        read_h5_arrays(stream, None, 10_000)


def test_a_declaration_is_held_against_what_is_found() -> None:
    sizes: dict[str, tuple[int, str]] = {}
    assert check_declared("a", np.dtype("f4"), (3, 2), Array("float32", ("n", 2)), sizes, 100) == 24
    assert sizes == {"n": (3, "a")}
    with pytest.raises(FormatError, match="at most 20 bytes, header claims 24"):
        check_declared("a", np.dtype("f4"), (3, 2), None, {}, 20)
    with pytest.raises(FormatError, match=r"missing \['b'\], unknown \['a'\]"):
        check_names({"a"}, {"b": Array("float32", ())})
    check_names({"a"}, None)


def test_a_table_that_packs_better_than_the_reader_allows_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = 3000
    zeros = MotionArrays(
        positions=np.zeros((frames, 21, 3), np.float32), validity=np.zeros((frames, 21), np.uint8),
        time=np.arange(frames) / 100.0, reasons=np.zeros(frames, np.uint32),
    )  # fmt: skip
    packed = encode_npz(zeros)
    monkeypatch.setattr(room, "ZIP_RATIO_FLOOR", 1000)
    monkeypatch.setattr(room, "ZIP_RATIO", 10)
    stored = encode_npz(zeros)
    assert len(stored) > 10 * len(packed)
    (tmp_path / "t.npz").write_bytes(stored)
    assert read_npz(tmp_path / "t.npz", MotionArrays).time.tobytes() == zeros.time.tobytes()


def test_numbers_that_would_be_converted_and_crowds_of_datasets_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.h5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        kind = h5py.h5t.STD_I16LE.copy()
        kind.set_precision(12)
        h5py.h5d.create(file.id, b"a", kind, h5py.h5s.create_simple((2,)))
    with path.open("rb") as stream, pytest.raises(FormatError, match="numbers that would be converted"):
        read_h5_arrays(stream, None, 10_000)
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for i in range(65):
            file[f"a{i}"] = 1.0
    with path.open("rb") as stream, pytest.raises(FormatError, match="at most 64 datasets, found 65"):
        read_h5_arrays(stream, None, 10_000)


@pytest.mark.parametrize("start", [b"\x93NUMPY\x02\x00\x10\x00", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUM", b""])
def test_another_version_of_npy_or_a_long_header_is_refused(start: bytes) -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", start + b" " * 9000)
    with pytest.raises(FormatError, match=r"expected npy format 1\.0 with a short header"):
        read_npz_arrays(buffer, None, 100_000)
