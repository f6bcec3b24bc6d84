"""Hostile text: JSON, JSON lines, CSV, TRC, MOT and YAML."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.doors import DOORS
from benchmarks.seeds import seed

Make = Callable[[Path], Path]


def _file(door: str, data: bytes | Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS[door].file
        path.write_bytes(data if isinstance(data, bytes) else data())
        return path

    return make


def _changed(door: str, old: bytes, new: bytes) -> Make:
    def data() -> bytes:
        good = seed(door)
        if old not in good:
            raise ValueError(f"{old!r} is not in the good file of {door}")
        return good.replace(old, new, 1)

    return _file(door, data)


def _sparse(door: str, size: int) -> Make:
    def make(folder: Path) -> Path:
        path = folder / DOORS[door].file
        with path.open("wb") as stream:
            stream.write(seed(door))
            stream.truncate(size)
        return path

    return make


def _filled(door: str, piece: bytes, times: int) -> Make:
    return _file(door, lambda: seed(door) + piece * times)


def _trc_labels() -> bytes:
    lines = seed("trc").split(b"\n")
    lines[3] = b"Frame#\tTime\t" + b"\t\t\t".join(b"m%d" % i for i in range(100_000))
    return b"\n".join(lines)


def _body_line(**change: object) -> bytes:
    first = json.loads(seed("jsonl").splitlines()[0])
    return json.dumps(first).encode() + b"\n" + json.dumps(first | {"t": 0.5} | change).encode() + b"\n"


_LAUGHS = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (98 + i, 98 + i, 97 + i, 97 + i) for i in range(24))

CASES: dict[str, dict[str, Make]] = {
    "json": {
        "a document 100 000 deep": _file("json", b"[" * 100_000),
        "objects 100 000 deep": _file("json", b'{"a":' * 100_000),
        "an object within params 80 deep": _changed("json", b'"seed":7', b'"seed":' + b"[" * 80 + b"]" * 80),
        "a key twice": _changed("json", b'"stage":', b'"stage":"s00_adapter","stage":'),
        "a key twice, written otherwise": _changed("json", b'"seed":7', b'"s\\u0065ed":8,"seed":7'),
        "NaN": _changed("json", b'"seed":7', b'"seed":NaN'),
        "a number that overflows": _changed("json", b'"seed":7', b'"seed":1e999'),
        "an integer of 100 000 digits": _changed("json", b'"seed":7', b'"seed":' + b"9" * 100_000),
        "an integer of 70 bits": _changed("json", b'"seed":7', b'"seed":1180591620717411303424'),
        "true for a number of bytes": _changed("json", b'"bytes":12', b'"bytes":true'),
        "a path that climbs": _changed("json", b'"path":"motion.h5"', b'"path":"../motion.h5"'),
        "a string that never closes": _file("json", b'{"a":"' + b'\\"' * 2_000_000),
        "UTF-16": _file("json", lambda: seed("json").decode().encode("utf-16")),
        "two documents": _filled("json", b"{}", 1),
        "a terabyte that is not there": _sparse("json", 1 << 40),
    },
    "capture_json": {
        "a file name that climbs": _changed("capture_json", b'"motion.trc":', b'"../../etc/passwd":'),
        "a lone surrogate as a key": _changed("capture_json", b'"files"', b'"\\ud800": 1, "files"'),
        "control characters for the terminal": _changed("capture_json", b'"files"', b'"\\u001b[2J": 1, "files"'),
        "five million lists": _file("capture_json", lambda: b"[" + b"[]," * 5_000_000 + b"[]]"),
        "two million objects": _file("capture_json", lambda: b"[" + b'{"":0},' * 2_000_000 + b"[]]"),
        "brackets that do not match": _file("capture_json", b"[}" * 4_000_000),
    },
    "jsonl": {
        "a line 100 000 deep": _filled("jsonl", b"[" * 100_000, 1),
        "a line of 100 MB": _filled("jsonl", b"x" * 1_000_000, 100),
        "100 MB of blank lines": _filled("jsonl", b"\n" * 1_000_000, 100),
        "NaN for a time": _changed("jsonl", b'"t": 0.0', b'"t": NaN'),
        "a number that overflows": _changed("jsonl", b'"scale": 1.0', b'"scale": 1e999'),
        "a frame of 70 bits": _changed("jsonl", b'"frame": 1', b'"frame": 1180591620717411303424'),
        "100 000 joints": _file("jsonl", lambda: _body_line(joints={f"j{i}": {"p": [0.0, 0.0, 0.0]} for i in range(20_000)})),
    },
    "csv": {
        "a cell of 10 MB": _filled("csv", b'"' + b"x" * 10_000_000 + b'"\n', 1),
        "a pose at infinity": _changed("csv", b" 1.3,", b" inf,"),
        "frame 1e308": _changed("csv", b", 1, 600", b", 1e308, 600"),
        "frame -1": _changed("csv", b", 1, 600", b", -1, 600"),
        "a column twice": _changed("csv", b"frame, fx", b"frame, frame, fx"),
        "zero bytes": _changed("csv", b", 1, 600", b", \x00, 600"),
    },
    "trc": {
        "a thousand million frames": _changed("trc", b"100\t100\t5\t3", b"100\t100\t1000000000\t3"),
        "10^30 frames": _changed("trc", b"100\t100\t5\t3", b"100\t100\t1" + b"0" * 30 + b"\t3"),
        "100 000 labels": _file("trc", _trc_labels),
        "infinity": _changed("trc", b"100.125", b"inf"),
        "an underscore for a point": _changed("trc", b"100.125", b"100_125"),
        "digits of another script": _changed("trc", b"100.125", "\u0661\u0660\u0660".encode()),
        "zero bytes": _changed("trc", b"100.125", b"100\x00125"),
        "100 MB of blank lines": _filled("trc", b"\n" * 1_000_000, 100),
        "a line of 100 MB": _filled("trc", b"\t" * 1_000_000, 100),
        "a terabyte that is not there": _sparse("trc", 1 << 40),
        "half a gigabyte of zeros": _sparse("trc", 500 << 20),
    },
    "mot": {
        "a thousand million rows": _changed("mot", b"nRows=4", b"nRows=1000000000"),
        "10^30 rows": _changed("mot", b"nRows=4", b"nRows=1" + b"0" * 30),
        "100 000 columns": _changed("mot", b"time\tknee\thip", b"time" + b"".join(b"\tc%d" % i for i in range(100_000))),
        "a label twice": _changed("mot", b"knee\thip", b"knee\tknee"),
        "infinity": _changed("mot", b"10.5", b"inf"),
        "100 MB of header": _file("mot", lambda: b"a=1\n" * 25_000_000),
    },
    "params_yaml": {
        "a billion laughs": _filled("params_yaml", _LAUGHS, 1),
        "a command as a tag": _changed("params_yaml", b"seed: 7", b"seed: !!python/object/apply:os.system ['id']"),
        "lists 10 000 deep": _changed("params_yaml", b"seed: 7", b"seed: " + b"[" * 10_000),
        "a number in base 60": _changed("params_yaml", b"seed: 7", b"seed: 1" + b":59" * 80_000),
        "200 kB of values": _changed("params_yaml", b"seed: 7", b"seed: [" + b"1," * 100_000 + b"]"),
        "a merge key": _changed("params_yaml", b"seed: 7", b"<<: {seed: 8}"),
        "an integer of 4000 digits": _changed("params_yaml", b"seed: 7", b"seed: " + b"9" * 4000),
        "a binary number without digits": _changed("params_yaml", b"seed: 7", b"seed: 0b_"),
        "a date that is none": _changed("params_yaml", b"seed: 7", b"seed: 2024-13-45"),
    },
    "mapping_yaml": {
        "a billion laughs": _file("mapping_yaml", _LAUGHS),
        "a number in base 60": _changed("mapping_yaml", b"units: mm", b"units: 1" + b":59" * 300_000),
        "a megabyte of values": _changed("mapping_yaml", b"units: mm", b"units: [" + b"a," * 500_000 + b"]"),
        "100 000 keys": _file("mapping_yaml", b"".join(b"k%d: 1\n" % i for i in range(90_000))),
        "a mark in 1 MB of spaces": _file("mapping_yaml", b"units:" + b" " * 1_000_000 + b"mm\n? x"),
    },
}  # fmt: skip
