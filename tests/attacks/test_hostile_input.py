"""Crafted and damaged files through every reader: our refusal or a valid value; the full count is `kinetrace bench fuzz`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import benchmarks.fuzz_worker as worker
from benchmarks.doors import DOORS, Door, attempt
from benchmarks.fuzz import measure
from benchmarks.hostile import cases
from benchmarks.mutations import damage, lookup3
from benchmarks.seeds import seed

QUICK = 150


@pytest.mark.parametrize("name", DOORS)
def test_every_crafted_file_is_refused_by_our_error(name: str, tmp_path: Path) -> None:
    kinds = {}
    for number, (case, make) in enumerate(cases(name).items()):
        place = tmp_path / str(number)
        place.mkdir()
        path = make(place)
        kinds[case] = attempt(DOORS[name], path)
        if path.name.isprintable() and len(path.name) < 100 and path.is_file() and not path.is_symlink():
            path.unlink()  # some have 100 MB
    assert {case: found for case, found in kinds.items() if found[0] != "refused"} == {}


def test_there_are_far_more_than_forty_of_them() -> None:
    assert sum(len(cases(name)) for name in DOORS) >= 150


@pytest.mark.parametrize("name", DOORS)
def test_damaged_files_are_refused_or_valid_and_never_something_else(name: str, tmp_path: Path) -> None:
    found = worker.mutate(DOORS[name], 0, QUICK, tmp_path)
    assert found["examples"] == {}
    counts = found["counts"]
    assert isinstance(counts, dict)
    assert sum(counts.values()) == QUICK
    assert counts["refused"] > QUICK // 2


def test_the_same_number_gives_the_same_damage() -> None:
    for name in DOORS:
        good = seed(name)
        assert [damage(name, good, n) for n in range(4)] == [damage(name, good, n) for n in range(4)]
        assert len({damage(name, good, n)[0] for n in range(40)}) > 30


def test_the_checksum_of_hdf5_is_mended_as_the_library_computes_it() -> None:
    data = seed("hdf5")
    assert lookup3(data[:44]) == int.from_bytes(data[44:48], "little")
    assert lookup3(b"") == 0xDEADBEEF
    assert lookup3(b"Four score and seven years ago") == 0x17770551  # lookup3.c, driver5


def door(read: object) -> Door:
    return Door("json", "manifest.json", read, exact=False)  # type: ignore[arg-type]


def test_a_reader_that_takes_too_much_memory_or_dies_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    greedy = worker.in_child(door(lambda p: str(len(bytearray(300 << 20)))), path)
    assert greedy["kind"] == "foreign" and "MemoryError" in str(greedy["what"])
    modest = worker.in_child(door(lambda p: str(len(bytearray(b"x") * (100 << 20)))), path)
    assert modest["kind"] == "loaded" and 90 << 20 < int(str(modest["bytes"])) < 256 << 20
    crashed = worker.in_child(door(lambda p: os.kill(os.getpid(), signal.SIGKILL)), path)
    assert crashed["kind"] == "died"


def test_a_reader_that_hangs_or_loads_something_else_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HANG_SECONDS", 0.3)
    path = tmp_path / "x"
    path.write_bytes(b"x")
    assert worker.in_child(door(lambda p: signal.pause()), path)["kind"] == "died"
    gullible = Door("json", "manifest.json", lambda p: p.read_bytes().hex(), exact=True)
    found = worker.mutate(gullible, 0, 5, tmp_path)
    assert "different" in str(found["examples"])


def test_the_benchmark_has_every_key_and_says_what_held(monkeypatch: pytest.MonkeyPatch) -> None:
    import benchmarks.fuzz as bench

    def made(kind: str, name: str, *_: str) -> dict[str, object]:
        if kind == "hostile":
            row = {"kind": "loaded" if name == "trc" else "refused", "what": "", "seconds": 0.1, "bytes": 5}
            return {f"case {i}": row for i in range(5)}
        if name == "mot":
            return {"died": "exit -11: "}
        count = {"refused": 2499, "foreign": 1} if name == "npz" else {"refused": 2400, "same": 60, "other": 40}
        return {
            "counts": count,
            "worst_s": 0.5,
            "examples": {"foreign": "mutation 7: KeyError"} if name == "npz" else {},
        }

    monkeypatch.setattr(bench, "_worker", made)
    figures = measure(None)  # type: ignore[arg-type]
    assert set(figures) == {"hostile.refused", "hostile.total", *(f"fuzz.{name}" for name in DOORS)}
    assert figures["hostile.total"].value == 5 * len(DOORS) and figures["hostile.total"].holds
    assert figures["hostile.refused"].holds is False and "trc: case 0: loaded" in figures["hostile.refused"].note
    assert figures["fuzz.json"].holds is True and figures["fuzz.json"].value == 10_000
    assert figures["fuzz.npz"].holds is False and figures["fuzz.npz"].value == 9996
    assert figures["fuzz.mot"].holds is False and "exit -11" in figures["fuzz.mot"].note
