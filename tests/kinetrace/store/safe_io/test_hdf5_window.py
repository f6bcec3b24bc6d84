from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.hdf5_window import read_window


def _file(path: Path, array: np.ndarray, **storage: object) -> Path:
    with h5py.File(path, "w") as file:
        file.create_dataset("data/features", data=array, **storage)
    return path


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.sampled_from(["<f4", "<f8", "<i2", ">f4"]))
def test_a_window_is_what_was_written_whatever_the_numbers_are_stored_as(
    tmp_path: Path, window: int, kind: str
) -> None:
    array = np.arange(4 * 5 * 6).reshape(4, 5, 6).astype(kind)
    found = read_window(_file(tmp_path / "a.h5", array), "data/features", window)
    assert found.shape == (4, 5, 6) and found.values is not None
    np.testing.assert_array_equal(found.values, array[window].astype(float))


def test_packed_chunks_are_read_and_a_window_that_is_not_there_is_none(tmp_path: Path) -> None:
    array = np.ones((3, 5, 6), np.float32)
    path = _file(tmp_path / "a.h5", array, chunks=(1, 5, 2), compression="gzip", shuffle=True)
    assert read_window(path, "data/features", 2).values is not None
    beyond = read_window(path, "data/features", 3)
    assert beyond.shape == (3, 5, 6) and beyond.values is None


def test_what_is_no_data_set_of_windows_is_refused(tmp_path: Path) -> None:
    good = _file(tmp_path / "a.h5", np.ones((2, 5, 6)))
    for dataset, found in (("data/labels", "no dataset"), ("data", "no dataset"), ("data/features/x", "no dataset")):
        with pytest.raises(FormatError, match=found):
            read_window(good, dataset, 0)
    wide = _file(tmp_path / "wide.h5", np.ones((1, 600, 300)))
    with pytest.raises(FormatError, match="more than a window may take"):
        read_window(wide, "data/features", 0)
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(FormatError, match="bytes that begin with"):
        read_window(tmp_path / "text.h5", "data/features", 0)
    (tmp_path / "cut.h5").write_bytes(good.read_bytes()[:700])
    with pytest.raises(FormatError, match=r"truncated file|Unable"):
        read_window(tmp_path / "cut.h5", "data/features", 0)
