"""Hostile checkpoints: programs instead of weights, tensors larger than their bytes."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.seeds import seed

Make = Callable[[Path], Path]


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(seed("checkpoint"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(change: Callable[[dict[str, bytes]], object], method: int = zipfile.ZIP_STORED) -> Make:
    def make(folder: Path) -> Path:
        found = _members()
        change(found)
        path = folder / "checkpoint.pt"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in found.items():
                archive.writestr(zipfile.ZipInfo(name), data, method)
        return path

    return make


def _program(program: bytes) -> Make:
    return _packed(lambda m: m.__setitem__("archive/data.pkl", program))


def _bytes(data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "checkpoint.pt"
        path.write_bytes(data())
        return path

    return make


def _edited(old: bytes, new: bytes) -> Make:
    def change(found: dict[str, bytes]) -> None:
        program = found["archive/data.pkl"]
        if old not in program:
            raise ValueError(f"{old!r} is not in the good checkpoint's program")
        found["archive/data.pkl"] = program.replace(old, new, 1)

    return _packed(change)


def _call(module: str, name: str, argument: bytes) -> bytes:
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + b"(" + argument + b"tR."


def _doubled() -> bytes:
    """A list of two lists of two lists … each the same object: 120 bytes that take for ever to walk."""
    found = b"\x80\x02]q\x00"
    for i in range(60):
        found += b"](h" + bytes([i]) + b"h" + bytes([i]) + b"eq" + bytes([i + 1])
    return found + b"."


def _nan(found: dict[str, bytes]) -> None:
    found["archive/data/0"] = b"\x00\x00\xc0\x7f" * (len(found["archive/data/0"]) // 4)


def _hidden(found: dict[str, bytes]) -> None:
    program = found["archive/data.pkl"]
    at = program.index(b"hidden_dim")
    value = program.index(b"K\x04", at)
    found["archive/data.pkl"] = program[:value] + b"M\x00\x10" + program[value + 2 :]


_TEXT = b"X\x02\x00\x00\x00id"

CASES: dict[str, dict[str, Make]] = {
    "checkpoint": {
        "os.system": _program(_call("os", "system", _TEXT)),
        "eval": _program(_call("builtins", "eval", _TEXT)),
        "a bytearray of 10 GB": _program(_call("builtins", "bytearray", b"\x8a\x05" + (10**10).to_bytes(5, "little"))),
        "a hundred million places to remember": _program(b"\x80\x02]r" + struct.pack("<I", 100_000_000) + b"."),
        "a list that doubles 60 times": _program(_doubled()),
        "a method call by BUILD": _program(b"\x80\x02ccollections\nOrderedDict\n)R}X\x01\x00\x00\x00aK\x01sb."),
        "a program without an end": _edited(b".", b"!"),
        "a tensor larger than its bytes": _edited(b"cpuq\x08Kl", b"cpuq\x08J\xff\xff\xff\x7f"),
        "a view of 27 thousand million": _edited(b"K\x04K\x1b\x86q\nK\x1bK\x01", b"J\x00\xca\x9a;K\x1b\x86q\nK\x00K\x00"),
        "a program of 5 MB": _program(b"\x80\x02" + b"]0" * 2_500_000 + b"]."),
        "a weight that nothing uses": _packed(lambda m: m.__setitem__("archive/data/99", b"x")),
        "weights that are missing": _packed(lambda m: m.pop("archive/data/0")),
        "weights cut short": _packed(lambda m: m.__setitem__("archive/data/0", m["archive/data/0"][:-4])),
        "a member that climbs": _packed(lambda m: m.__setitem__("archive/../../x", b"x")),
        "code in the archive": _packed(lambda m: m.__setitem__("archive/code/__torch__.py", b"import os")),
        "200 MB of zeros in 200 kB": _packed(lambda m: m.__setitem__("archive/data/0", bytes(200 << 20)), zipfile.ZIP_DEFLATED),
        "another byte order": _packed(lambda m: m.__setitem__("archive/byteorder", b"big")),
        "the format of before 2020": _bytes(lambda: pickle.dumps({"encoder_state_dict": {}}, protocol=2)),
        "NaN for a weight": _packed(_nan),
        "4096 hidden units in its configuration": _packed(_hidden),
    }
}  # fmt: skip
