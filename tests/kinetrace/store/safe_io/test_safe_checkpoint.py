from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.seeds import seed
from kinetrace.store.safe_io.checkpoint import check_pickle, read_checkpoint
from kinetrace.store.safe_io.format_error import FormatError

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)


@settings(deadline=None)
@given(value=PLAIN, shape=SHAPES)
def test_tensors_and_plain_values_come_through(
    value: Any, shape: tuple[int, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "x.pt"
    weights = torch.arange(float(torch.Size(shape).numel())).reshape(shape)
    torch.save({"weights": weights, "value": value, "wide": weights.double(), "list": [1, 2]}, path)
    found = torch.load(io.BytesIO(read_checkpoint(path)), weights_only=True)
    assert found["value"] == value and found["list"] == [1, 2]
    assert torch.equal(found["weights"], weights) and torch.equal(found["wide"], weights.double())


def test_the_manifests_digest_is_held_against_the_bytes_that_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(seed("checkpoint"))
    digest = hashlib.sha256(seed("checkpoint")).hexdigest()
    assert zipfile.is_zipfile(io.BytesIO(read_checkpoint(path, digest)))
    with pytest.raises(FormatError, match=digest[:12]) as refusal:
        read_checkpoint(path, "0" * 64)
    assert refusal.value.rule == "digest"


STORAGE = b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
HOOKS = b"ccollections\nOrderedDict\n)R"


def tensor(storage: bytes = STORAGE, view: bytes = b"K\x00K\x06\x85K\x01\x85", rest: bytes = b"\x89" + HOOKS) -> bytes:
    return b"\x80\x02" + REBUILD + storage + view + rest + b"tR."


def test_a_program_by_hand() -> None:
    check_pickle(tensor(), {"data.pkl": 1, "data/0": 24, "byteorder": 6})


@pytest.mark.parametrize(
    ("program", "rule", "found"),
    [
        (pickle.dumps({"a": 1}, protocol=4), "pickle", "the operation FRAME"),
        (pickle.dumps(print, protocol=2), "pickle", "__builtin__.print"),
        (b"\x80\x02ctorch\nload\n.", "pickle", "torch.load"),
        (b"\x80\x02cos\nsystem\n(X\x01\x00\x00\x00xtR.", "pickle", "os.system"),
        (b"\x80\x02]r\xff\xff\x00\x00.", "pickle", "kept at place 65535"),
        (b"\x80\x02](q\x00h\x00h\x00e.", "pickle", "."),
        (b"\x80\x02]q\x00(h\x00e.", "pickle", "used twice"),
        (b"\x80\x02K\x01.x", "pickle", "bytes after the end"),
        (b"\x80\x02K", "pickle", "."),
        (b"", "pickle", "."),
        (b"\x80\x02tR.", "pickle", "."),
        (b"\x80\x02K\x01Q.", "pickle", "."),
        (tensor(STORAGE.replace(b"storage", b"another")), "pickle", "a storage of another kind"),
        (tensor(STORAGE.replace(b"cpu", b"gpu")), "pickle", "a storage of another kind"),
        (tensor(STORAGE.replace(b"K\x06", b"K\x07")), "storage", "24 bytes for 7 of FloatStorage"),
        (tensor(view=b"K\x01K\x06\x85K\x01\x85"), "storage", "from 1"),
        (tensor(view=b"K\x00K\x07\x85K\x00\x85"), "storage", r"\(7,\)"),
        (tensor(view=b"K\x00K\x03\x85K\x03\x85"), "storage", r"by \(3,\)"),
        (tensor(view=b"K\x00K\x06\x85K\x01K\x01\x86"), "pickle", "a tensor of another kind"),
        (tensor(view=b"\x88K\x06\x85K\x01\x85"), "pickle", "a tensor of another kind"),
        (tensor(rest=b"\x88" + HOOKS), "pickle", "a tensor of another kind"),
        (tensor(storage=b"(N"), "pickle", "a tensor of another kind"),
    ],
)
def test_a_program_that_is_more_than_tensors_and_plain_values_is_refused(program: bytes, rule: str, found: str) -> None:
    with pytest.raises(FormatError, match=found) as refusal:
        check_pickle(program, {"data.pkl": 1, "data/0": 24})
    assert refusal.value.rule == rule


def test_a_member_that_nothing_uses_is_refused() -> None:
    with pytest.raises(FormatError, match="'data/1' that nothing uses"):
        check_pickle(tensor(), {"data.pkl": 1, "data/0": 24, "data/1": 3})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda m: m.pop("archive/data.pkl"), "no data.pkl"),
        (lambda m: m.update({"archive/data.pkl": b"x" * (5 << 20)}), "too large"),
        (lambda m: m.clear(), "no data.pkl"),
        (lambda m: m.update({"archive/byteorder": b"big"}), "another order, or none"),
        (lambda m: m.pop("archive/byteorder"), "another order, or none"),
    ],
)
def test_an_archive_that_torch_would_not_write_is_refused(change: Any, found: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(seed("checkpoint"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(FormatError, match=found):
        read_checkpoint(tmp_path / "x.pt")
