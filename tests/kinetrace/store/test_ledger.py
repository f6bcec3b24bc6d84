from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from kinetrace.store.documents import encode
from kinetrace.store.ledger import GENESIS, append, read_ledger
from kinetrace.store.manifest import own_digest
from schemas.errors import ArtifactError


def add(path: Path, **changes: Any) -> Any:
    fields = {"time": "2025-01-01T00:00:00Z", "actor": "me", "action": "audit", "capture": "toy", "root": "a" * 64,
              "ok": True, "git": None}  # fmt: skip
    return append(path, **{**fields, **changes})


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of three lines."""
    path = tmp_path / "artifacts" / "ledger.jsonl"
    for number in range(3):
        add(path, capture=f"toy{number}", ok=number != 1)
    return path


def test_each_line_is_chained_to_the_one_before(ledger: Path) -> None:
    first, second, third = read_ledger(ledger)
    assert [e.seq for e in (first, second, third)] == [0, 1, 2]
    assert first.prev == GENESIS
    assert (second.prev, third.prev) == (first.hash, second.hash)
    assert third.hash == own_digest(third, "hash")
    assert second.ok is False


def test_the_file_only_grows(ledger: Path) -> None:
    before = ledger.read_bytes()
    entry = add(ledger)
    assert ledger.read_bytes() == before + encode(entry)


def test_a_ledger_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "ledger.jsonl") == ()


def test_flipping_any_byte_is_found_and_the_line_named(ledger: Path) -> None:
    whole = ledger.read_bytes()
    second = range(whole.index(b"\n") + 1, whole.index(b"\n", whole.index(b"\n") + 1) + 1)
    for place in sorted({*second, *range(0, len(whole), 9), whole.index(b"\n"), len(whole) - 1}):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        ledger.write_bytes(damaged)
        line = whole[:place].count(b"\n") + 1
        with pytest.raises(ArtifactError) as refusal:
            read_ledger(ledger)
        # A line end that is gone shows on the line that it ended.
        assert refusal.value.where == f"{ledger}:{line}", place
        assert refusal.value.fix.startswith("Restore the ledger from a copy")


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_line_taken_out_is_found_unless_it_is_the_last(ledger: Path, line: int) -> None:
    lines = ledger.read_bytes().splitlines(keepends=True)
    del lines[line - 1]
    ledger.write_bytes(b"".join(lines))
    if line == 3:
        assert len(read_ledger(ledger)) == 2
    else:
        with pytest.raises(ArtifactError, match=f":{line}: chain: expected seq {line - 1}"):
            read_ledger(ledger)


def test_lines_that_change_places_are_found(ledger: Path) -> None:
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(lines[0] + lines[2] + lines[1])
    with pytest.raises(ArtifactError, match=":2: chain: expected seq 1 after"):
        read_ledger(ledger)


def test_the_same_content_written_otherwise_is_found(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b'"ok":true', b'"ok": true', 1))
    with pytest.raises(ArtifactError, match=":1: chain: expected canonical bytes"):
        read_ledger(ledger)


def test_a_torn_last_line_is_found_and_nothing_is_added_to_it(ledger: Path) -> None:
    torn = ledger.read_bytes()[:-20]
    ledger.write_bytes(torn)
    with pytest.raises(ArtifactError, match=":3: chain: expected a complete last line, found a torn line"):
        add(ledger)
    assert ledger.read_bytes() == torn


def test_a_line_with_an_unknown_field_is_found(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b'"ok"', b'"okay"', 1))
    with pytest.raises(ArtifactError, match=r":1: chain: expected ok: this field|:1: chain: expected okay: no field"):
        read_ledger(ledger)


def test_a_huge_ledger_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(ArtifactError, match="at most 268435456 bytes"):
        read_ledger(path)


def _add_many(path: Path) -> None:
    for _ in range(5):
        add(path)


def test_two_processes_that_append_at_once_keep_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add_many, args=(path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(read_ledger(path)) == 15


def test_a_forged_line_that_agrees_with_itself_but_not_with_its_place_is_found(ledger: Path) -> None:
    *first, last = read_ledger(ledger)
    forged = last.model_copy(update={"seq": 7})
    forged = forged.model_copy(update={"hash": own_digest(forged, "hash")})
    ledger.write_bytes(b"".join(encode(entry) for entry in (*first, forged)))
    with pytest.raises(ArtifactError, match=r":3: chain: expected seq 2 after .* found seq 7 after"):
        read_ledger(ledger)
