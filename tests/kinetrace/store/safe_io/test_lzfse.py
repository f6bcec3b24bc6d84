from __future__ import annotations

import importlib
import importlib.util

import pytest

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.lzfse import unpack_lzfse

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("liblzfse") is None, reason="the optional extra record3d is not installed"
)


def _packed(data: bytes) -> bytes:
    return bytes(importlib.import_module("liblzfse").compress(data))


@needs_library
def test_blocks_come_back_as_they_were_packed() -> None:
    blocks = [bytes(range(256)) * 300, b"x", b"depth" * 10_000]
    assert unpack_lzfse([_packed(b) for b in blocks], [len(b) for b in blocks]) == blocks


@needs_library
@pytest.mark.parametrize("size", [9_999, 10_001])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(FormatError, match=r"10000|more"):
        unpack_lzfse([_packed(bytes(10_000))], [size])


@needs_library
def test_a_block_that_unpacks_to_gigabytes_is_refused_within_bounds() -> None:
    mebibyte = _packed(bytes(1 << 20))
    bomb = mebibyte[:-4] * 1000 + mebibyte[-4:]  # blocks one after the other, then the mark of the end
    with pytest.raises(FormatError, match=r"more memory|does not end"):
        unpack_lzfse([bomb], [196_608])


@needs_library
@pytest.mark.parametrize("data", [b"", b"bvx2" + bytes(60), b"\xff" * 500])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        unpack_lzfse([data], [196_608])


def test_without_the_library_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FormatError) as caught:
        unpack_lzfse([b"x"], [1])
    assert caught.value.fix == "Install it with: pip install 'kinetrace[record3d]'"
