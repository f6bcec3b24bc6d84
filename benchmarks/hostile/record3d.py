"""Hostile `.r3d` files: archives that lie, metadata that claims too much, depth that is none."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.doors import DOORS
from benchmarks.made_videos import FRAMES, record3d_bytes
from benchmarks.seeds import seed

Make = Callable[[Path], Path]
_SECOND: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"


def _file(data: Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS["record3d"].file
        path.write_bytes(data())
        return path

    return make


def _metadata(**changes: Any) -> Make:
    return _file(lambda: record3d_bytes(changes))


def _written(text: Callable[[], bytes]) -> Make:
    return _members(lambda found: found.__setitem__("metadata", text()))


def _members(change: Callable[[dict[str, bytes]], object]) -> Make:
    def data() -> bytes:
        with zipfile.ZipFile(io.BytesIO(seed("record3d"))) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        change(found)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in found.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return _file(data)


def _put(name: str, content: Callable[[], bytes]) -> Make:
    return _members(lambda found: found.__setitem__(name, content()))


def _central(offset: int, value: bytes, mark: bytes = _SECOND) -> Make:
    def data() -> bytes:
        good = seed("record3d")
        at = good.rindex(mark) + offset
        return good[:at] + value + good[at + len(value) :]

    return _file(data)


def _twice() -> bytes:
    buffer = io.BytesIO(seed("record3d"))
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("metadata", b"{}")
    return buffer.getvalue()


CASES: dict[str, dict[str, Make]] = {
    "record3d": {
        "no zip": _file(lambda: b"\xff\xd8\xff\xe0" * 500),
        "an empty zip": _file(lambda: _END + bytes(18)),
        "cut short": _file(lambda: seed("record3d")[:-500]),
        "a name that leaves the archive": _put("../../etc/cron.d/x", lambda: b"x"),
        "an absolute name": _put("/etc/passwd", lambda: b"x"),
        "a name with a backslash": _put("rgbd\\..\\..\\x", lambda: b"x"),
        "metadata twice": _file(_twice),
        "an encrypted member": _central(8, b"\x01\x00"),
        "an unknown method": _central(10, b"\x0e\x00"),
        "a member at another's place": _central(42, bytes(4)),
        "a member of 4 GB": _central(20, struct.pack("<2L", 0xFFFFFFF0, 0xFFFFFFF0)),
        "65535 members": _central(8, struct.pack("<2H", 0xFFFF, 0xFFFF), _END),
        "metadata of 20 MB": _written(lambda: b" " * (20 << 20)),
        "metadata nested 100000 deep": _written(lambda: b"[" * 100_000),
        "metadata that is no JSON": _written(lambda: b"\x80\x04pickle"),
        "metadata of two million numbers": _written(lambda: b'{"poses": [' + b"0," * 2_000_000 + b"0]}"),
        "no metadata": _members(lambda found: found.pop("metadata")),
        "no frames": _members(lambda found: [found.pop(f"rgbd/{at}.jpg") for at in range(FRAMES)]),
        "a frame that is no JPEG": _put("rgbd/0.jpg", lambda: b"GIF89a" + bytes(500)),
        "a frame of 20 MB of zeros": _put("rgbd/0.jpg", lambda: b"\xff\xd8" + bytes(20 << 20)),
        "depth of 300 MB of zeros": _put("rgbd/0.depth", lambda: bytes(300 << 20)),
        "depth of another size": _put("rgbd/0.depth", lambda: bytes(100)),
        "depth packed with nonsense": _put("rgbd/0.depth", lambda: b"bvx2" + b"\xff" * 200),
        "confidence of another size": _put("rgbd/0.conf", lambda: bytes(5)),
        "frame 999999": _put("rgbd/999999.jpg", lambda: b"\xff\xd8"),
        "pictures of a thousand million pixels": _metadata(w=10**9, h=10**9),
        "depth of 8192 by 8192": _metadata(dw=8192, dh=8192),
        "no intrinsics": _metadata(K=None, perFrameIntrinsicCoeffs=None),
        "optics of no length": _metadata(perFrameIntrinsicCoeffs=[[0.0, 0.0, 0.0, 0.0]] * FRAMES),
        "a matrix of eight numbers": _metadata(K=[1.0] * 8),
        "poses of no length": _metadata(poses=[[0.0, 0.0, 0.0, 0.0, at, 0.0, 0.0] for at in range(FRAMES)]),
        "poses beyond the moon": _metadata(poses=[[0.0, 0.0, 0.0, 1.0, 4e8 + at, 0.0, 0.0] for at in range(FRAMES)]),
        "time that goes back": _metadata(frameTimestamps=[float(-at) for at in range(FRAMES)]),
        "a number that is none": _written(lambda: json.dumps({"w": 64, "h": 48, "fps": float("nan")}).encode()),
        "an integer of 1000 digits": _written(lambda: b'{"w": ' + b"9" * 1000 + b', "h": 48, "fps": 10}'),
    }
}
