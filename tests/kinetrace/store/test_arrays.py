from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from kinetrace.store.arrays import encode_h5, encode_npz, read_h5, read_npz, write_h5, write_npz
from schemas.base import ArrayTable
from schemas.dataset import TransitionArrays
from schemas.errors import ArtifactError
from schemas.motion import AdapterArrays, MotionArrays
from schemas.planning import VariantArrays
from schemas.simulation import TruthArrays

TABLES = (MotionArrays, AdapterArrays, TransitionArrays, VariantArrays, TruthArrays)
FORMATS = [pytest.param(write_h5, read_h5, "t.h5", id="h5"), pytest.param(write_npz, read_npz, "t.npz", id="npz")]

Writer = Callable[[Path, ArrayTable], None]
Reader = Callable[[Path, type[MotionArrays]], MotionArrays]


@st.composite
def tables(draw: st.DrawFn) -> ArrayTable:
    """Draw any table of arrays that its own schema allows."""
    model = draw(st.sampled_from(TABLES))
    lengths: dict[str, int] = {}
    arrays: dict[str, Any] = {}
    for name, spec in model.specs().items():
        shape = tuple(
            a if isinstance(a, int) else lengths.setdefault(a, draw(st.integers(0, 3), label=a)) for a in spec.shape
        )
        elements = nps.from_dtype(np.dtype(spec.dtype), allow_nan=False, allow_infinity=False)
        arrays[name] = draw(nps.arrays(spec.dtype, shape, elements=elements, fill=elements))
    return model(**arrays)


def motion(frames: int = 2) -> MotionArrays:
    return MotionArrays(
        positions=np.arange(frames * 63, dtype=np.float32).reshape(frames, 21, 3),
        validity=np.full((frames, 21), 2, np.uint8),
        time=np.arange(frames) / 100.0,
        reasons=np.zeros(frames, np.uint32),
    )


def plain(**changes: Any) -> dict[str, Any]:
    """The arrays of a good motion, some of them exchanged, None for left out."""
    arrays: dict[str, Any] = {**{n: getattr(motion(), n) for n in MotionArrays.specs()}, **changes}
    return {n: a for n, a in arrays.items() if a is not None}


def store(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays without any check, as a careless or hostile program would."""
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w", libver=("v110", "v110")) as file:
            for name, array in arrays.items():
                file.create_dataset(name, data=array)


@settings(max_examples=40, deadline=None)
@given(table=tables())
@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
def test_every_table_reads_back_bit_for_bit(
    table: ArrayTable, write: Writer, read: Any, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    write(path, table)
    again = read(path, type(table))
    for field in table.specs():
        before, after = getattr(table, field), getattr(again, field)
        assert before.dtype == after.dtype
        assert before.shape == after.shape
        assert before.tobytes() == after.tobytes()


@settings(max_examples=20, deadline=None)
@given(table=tables())
def test_the_same_arrays_give_the_same_bytes_whatever_their_memory_layout(table: ArrayTable) -> None:
    turned = type(table)(**{n: np.asfortranarray(getattr(table, n)) for n in table.specs()})
    assert encode_h5(table) == encode_h5(turned)
    assert encode_npz(table) == encode_npz(turned)


def test_a_table_by_hand(tmp_path: Path) -> None:
    write_npz(tmp_path / "t.npz", motion())
    with np.load(tmp_path / "t.npz", allow_pickle=False) as archive:
        assert sorted(archive.files) == ["positions", "reasons", "time", "validity"]
        assert archive["time"].tolist() == [0.0, 0.01]
        assert archive["positions"][1, 0].tolist() == [63.0, 64.0, 65.0]
    write_h5(tmp_path / "t.h5", motion())
    with h5py.File(tmp_path / "t.h5") as file:
        assert file["positions"][1, 20].tolist() == [123.0, 124.0, 125.0]
        assert file["validity"].dtype == np.uint8


def test_arrays_that_were_read_can_be_written_to(tmp_path: Path) -> None:
    for write, read, name in ((write_h5, read_h5, "t.h5"), (write_npz, read_npz, "t.npz")):
        write(tmp_path / name, motion())
        assert read(tmp_path / name, MotionArrays).positions.flags.writeable


BAD: list[tuple[dict[str, Any], str]] = [
    ({"positions": np.zeros((2, 21, 3), np.float64)}, "positions: expected dtype float32, found float64"),
    ({"positions": np.zeros((2, 21, 3), ">f4")}, "positions: expected dtype float32, found >f4"),
    ({"positions": np.zeros((2, 63), np.float32)}, "positions: expected 3 axes"),
    ({"positions": np.zeros((2, 20, 3), np.float32)}, "positions: expected length 21 on axis 1, found 20"),
    ({"time": np.zeros(3)}, "time: expected 2 frames as in positions, found 3"),
    ({"time": np.array([0.0, np.nan])}, "time: expected finite numbers, found NaN or infinity"),
    ({"time": np.array([0.0, np.inf])}, "time: expected finite numbers, found NaN or infinity"),
    ({"extra": np.zeros(2)}, "unknown ['extra']"),
    ({"time": None}, "missing ['time']"),
    ({"time": np.zeros(2, "S8")}, "time: expected dtype float64"),
]


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
@pytest.mark.parametrize(("changes", "message"), BAD)
def test_arrays_that_do_not_fit_are_refused(
    write: Writer, read: Reader, name: str, changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    store(tmp_path / name, plain(**changes))
    with pytest.raises(ArtifactError) as refusal:
        read(tmp_path / name, MotionArrays)
    assert message in refusal.value.found
    assert refusal.value.where.endswith(name)


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
@pytest.mark.parametrize("data", [b"", b"PK", b"not an archive at all", b"\x89HDF\r\n\x1a\n" + b"\0" * 40])
def test_bytes_that_are_no_archive_are_refused(
    write: Writer, read: Reader, name: str, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ArtifactError, match="arrays"):
        read(tmp_path / name, MotionArrays)


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
def test_a_file_cut_anywhere_is_refused(write: Writer, read: Reader, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, motion())
    whole = (tmp_path / name).read_bytes()
    for length in range(0, len(whole), 41):
        (tmp_path / name).write_bytes(whole[:length])
        with pytest.raises(ArtifactError, match="arrays"):
            read(tmp_path / name, MotionArrays)


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
def test_a_flipped_byte_gives_a_table_or_our_refusal_never_another_error(
    write: Writer, read: Reader, name: str, tmp_path: Path
) -> None:
    write(tmp_path / name, motion())
    whole = (tmp_path / name).read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / name).write_bytes(damaged)
        try:
            read(tmp_path / name, MotionArrays)
        except ArtifactError:
            refused += 1
    assert refused > 50


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", **plain(time=np.array([{"a": 1}, None], dtype=object)))
    with pytest.raises(ArtifactError, match="plain C-ordered numbers, found object"):
        read_npz(tmp_path / "t.npz", MotionArrays)
    with h5py.File(tmp_path / "t.h5", "w", libver=("v110", "v110")) as file:
        for name, array in plain(time=None).items():
            file[name] = array
        file.create_dataset("time", data=["a", "b"], dtype=h5py.string_dtype())
    with pytest.raises(ArtifactError, match="time: expected dtype float64, found object"):
        read_h5(tmp_path / "t.h5", MotionArrays)


def _npz(path: Path, header: dict[str, Any], data: bytes = b"") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = repr({"descr": "<f4", "fortran_order": False, **header}).encode().ljust(117) + b"\n"
        archive.writestr("positions.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data)
        for name, array in plain(positions=None).items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, (1, 0))
            archive.writestr(f"{name}.npy", member.getvalue())


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"shape": (10**9, 21, 3)}, "at most 2147483648 bytes, header claims 252000000000"),
        ({"shape": (2, 21, 3)}, "expected 504 bytes of data, found 0"),
        ({"shape": (-2, 21, 3)}, "expected a length of 0 or more on axis 0, found -2"),
        ({"shape": (2, 21, 3), "fortran_order": True}, "C-ordered"),
        ({"shape": "all"}, "shape is not valid"),
        ({"shape": (2, 21, 3), "descr": "O"}, "plain C-ordered numbers, found object"),
    ],
)
def test_an_npz_header_that_lies_is_refused_before_anything_is_allocated(
    header: dict[str, Any], message: str, tmp_path: Path
) -> None:
    _npz(tmp_path / "t.npz", header)
    with pytest.raises(ArtifactError) as refusal:
        read_npz(tmp_path / "t.npz", MotionArrays)
    assert message in refusal.value.found


def test_an_npz_with_more_data_than_its_header_says_is_refused(tmp_path: Path) -> None:
    _npz(tmp_path / "t.npz", {"shape": (2, 21, 3)}, b"\0" * 600)
    with pytest.raises(ArtifactError, match="expected 504 bytes of data, found 600"):
        read_npz(tmp_path / "t.npz", MotionArrays)


def test_an_npz_with_a_member_twice_is_refused(tmp_path: Path) -> None:
    write_npz(tmp_path / "t.npz", motion())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "t.npz", "a") as archive:
        archive.writestr("time.npy", b"")
    with pytest.raises(ArtifactError, match="a member stands twice"):
        read_npz(tmp_path / "t.npz", MotionArrays)


def _h5(path: Path) -> h5py.File:
    file = h5py.File(path, "w", libver=("v110", "v110"))
    for name, array in plain(positions=None).items():
        file[name] = array
    return file


def _hollow(file: h5py.File) -> None:
    space = h5py.h5s.create_simple((2, 21, 3))
    h5py.h5d.create(file.id, b"positions", h5py.h5t.IEEE_F32LE, space)


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((2, 21, 3), np.float32)
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", shape=(2, 21, 3))
    file.create_virtual_dataset("positions", layout)


def _external_storage(file: h5py.File) -> None:
    file.create_dataset("positions", (2, 21, 3), np.float32, external=[("/etc/hostname", 0, 504)])


def _compressed(file: h5py.File) -> None:
    file.create_dataset("positions", data=np.zeros((2, 21, 3), np.float32), chunks=(1, 21, 3), compression="gzip")


def _huge(file: h5py.File) -> None:
    file.create_dataset("positions", (10**9, 21, 3), np.float32, chunks=(1000, 21, 3))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: f.__setitem__("positions", h5py.ExternalLink("/etc/hostname", "/x")), "found a link to elsewhere"),
        (lambda f: f.__setitem__("positions", h5py.SoftLink("/time")), "found a link to elsewhere"),
        (lambda f: f.create_group("positions"), "expected a dataset stored in this file"),
        (_virtual, "expected a dataset stored in this file"),
        (_external_storage, "expected a dataset stored in this file"),
        (_hollow, "header claims 504 bytes that are not stored plainly"),
        (_compressed, "header claims 504 bytes that are not stored plainly"),
        (_huge, "at most 2147483648 bytes, header claims 252000000000"),
    ],
)
def test_an_hdf5_file_that_points_elsewhere_or_lies_is_refused_before_anything_is_allocated(
    damage: Callable[[h5py.File], Any], message: str, tmp_path: Path
) -> None:
    with _h5(tmp_path / "t.h5") as file:
        damage(file)
    with pytest.raises(ArtifactError) as refusal:
        read_h5(tmp_path / "t.h5", MotionArrays)
    assert message in refusal.value.found


def test_a_link_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    write_h5(tmp_path / "real.h5", motion())
    (tmp_path / "t.h5").symlink_to(tmp_path / "real.h5")
    with pytest.raises(ArtifactError, match="expected a plain file, found a link"):
        read_h5(tmp_path / "t.h5", MotionArrays)


class SmallMotion(MotionArrays):
    max_bytes = 2000


def test_an_npz_that_unfolds_to_more_than_its_table_may_hold_is_refused_unread(tmp_path: Path) -> None:
    write_npz(tmp_path / "t.npz", motion(8))
    assert (tmp_path / "t.npz").stat().st_size <= SmallMotion.max_bytes
    with pytest.raises(ArtifactError, match="expected at most 2000 bytes, the archive claims"):
        read_npz(tmp_path / "t.npz", SmallMotion)


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
def test_a_file_larger_than_its_table_may_be_is_refused_unread(
    write: Writer, read: Any, name: str, tmp_path: Path
) -> None:
    with (tmp_path / name).open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(ArtifactError, match=f"size: expected at most {MotionArrays.max_bytes} bytes"):
        read(tmp_path / name, MotionArrays)


@pytest.mark.parametrize(("write", "read", "name"), FORMATS)
def test_arrays_that_were_spoilt_after_they_were_checked_are_not_written(
    write: Writer, read: Any, name: str, tmp_path: Path
) -> None:
    table = motion()
    table.time[1] = np.nan
    with pytest.raises(ArtifactError, match="time: expected finite numbers"):
        write(tmp_path / name, table)
    assert not (tmp_path / name).exists()


def test_no_dataset_remembers_when_it_was_written(tmp_path: Path) -> None:
    write_h5(tmp_path / "t.h5", motion())
    with h5py.File(tmp_path / "t.h5") as file:
        assert [file[name].id.get_create_plist().get_obj_track_times() for name in file] == [False] * 4
    write_npz(tmp_path / "t.npz", motion())
    with zipfile.ZipFile(tmp_path / "t.npz") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
