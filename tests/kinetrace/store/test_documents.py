from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, JsonValue

from kinetrace.store.documents import MAX_JSON_DEPTH, canonical, encode, parse, read_json, read_limited, write_json
from schemas.base import Strict
from schemas.errors import ArtifactError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


class Note(Strict):
    title: str
    weight: float = Field(default=1.0, gt=0.0)
    tags: tuple[str, ...] = ()
    more: dict[str, JsonValue] = {}


@given(title=TEXT, weight=NUMBERS.filter(lambda x: x > 0), tags=st.lists(TEXT, max_size=3))
def test_what_is_written_reads_back_and_encodes_to_the_same_bytes(title: str, weight: float, tags: list[str]) -> None:
    note = Note(title=title, weight=weight, tags=tuple(tags))
    again = parse(encode(note), Note, where="note")
    assert again == note
    assert encode(again) == encode(note)


@given(value=st.dictionaries(TEXT, st.integers() | NUMBERS | TEXT | st.none() | st.booleans(), max_size=5))
def test_the_order_in_which_keys_were_set_does_not_show(value: dict[str, object]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_canonical_bytes_by_hand() -> None:
    assert canonical({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}\n'.encode()
    assert encode(Note(title="x")) == b'{"more":{},"tags":[],"title":"x","weight":1.0}\n'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_and_infinity_are_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"x": value})


@pytest.mark.parametrize(
    ("data", "field", "expected", "found"),
    [
        (b'{"title":"a","title":"b"}', "document", "unique keys", "'title' stands twice"),
        (b'{"title":"a","more":{"k":1,"k":1}}', "document", "unique keys", "'k' stands twice"),
        (b'{"title":"a","weight":NaN}', "document", "finite", "NaN is not finite"),
        (b'{"title":"a","more":{"x":1e999}}', "document", "finite", "1e999 is not finite"),
        (b'{"title":"a","more":{"x":-Infinity}}', "document", "finite", "-Infinity is not finite"),
        (b'{"title":"a"', "document", "JSON", "Expecting"),
        (b"", "document", "JSON", "Expecting value"),
        (b'{"title":"\xff"}', "document", "JSON", "codec can't decode"),
        (b"[" * 100_000, "document", "bounded depth", f"at most {MAX_JSON_DEPTH} allowed"),
        (b'{"title":1}', "title", "a valid string", "1"),
        (b'{"title":"a","weight":0.0}', "weight", "greater than 0", "0.0"),
        (b'{"title":"a","weight":"1"}', "weight", "a valid number", "'1'"),
        (b'{"title":"a","colour":3}', "colour", "no field of this name", "3"),
        (b"{}", "title", "this field", "none"),
        (b"[]", "document", "an object", "[]"),
    ],
)
def test_a_bad_document_is_refused_and_the_field_named(data: bytes, field: str, expected: str, found: str) -> None:
    with pytest.raises(ArtifactError) as refusal:
        parse(data, Note, where="note.json")
    error = refusal.value
    assert (error.where, error.field) == ("note.json", field)
    assert expected in error.expected
    assert found in error.found
    assert error.fix


def test_brackets_inside_strings_are_not_depth() -> None:
    text = '[{\\"' * 500
    assert parse(f'{{"title":"{text}"}}'.encode(), Note, where="x").title == text.replace('\\"', '"')


def test_depth_is_allowed_up_to_the_bound_and_not_beyond() -> None:
    def nested(depth: int) -> bytes:
        return b'{"title":"a","more":{"x":' + b"[" * (depth - 2) + b"]" * (depth - 2) + b"}}"

    parse(nested(MAX_JSON_DEPTH), Note, where="x")
    with pytest.raises(ArtifactError, match="bounded depth, found nested 65 deep"):
        parse(nested(MAX_JSON_DEPTH + 1), Note, where="x")


def test_a_string_that_never_closes_costs_linear_time() -> None:
    # In quadratic time this would not end today.
    with pytest.raises(ArtifactError, match="Unterminated string"):
        parse(b'{"title":"' + b'\\"' * 500_000, Note, where="x")


def test_write_and_read_a_file(tmp_path: Path) -> None:
    write_json(tmp_path / "note.json", Note(title="x"))
    assert (tmp_path / "note.json").read_bytes() == encode(Note(title="x"))
    assert read_json(tmp_path / "note.json", Note) == Note(title="x")


def test_a_model_that_would_not_read_back_is_not_written(tmp_path: Path) -> None:
    broken = Note.model_construct(title=3)
    with pytest.warns(UserWarning, match="Expected `str`"), pytest.raises(ArtifactError, match="title"):
        write_json(tmp_path / "note.json", broken)
    assert not (tmp_path / "note.json").exists()


def test_a_missing_file_a_link_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(encode(Note(title="x")))
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ArtifactError, match="expected a plain file, found nothing"):
        read_json(tmp_path / "absent.json", Note)
    with pytest.raises(ArtifactError, match="expected a plain file, found a link"):
        read_json(tmp_path / "link.json", Note)
    with pytest.raises(ArtifactError, match="expected a plain file, found a folder"):
        read_json(tmp_path / "folder.json", Note)
    with pytest.raises(ArtifactError, match="expected a plain file, found a device"):
        read_json(tmp_path / "pipe.json", Note)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(ArtifactError, match=f"at most 1000 bytes, found {1 << 40} bytes"):
        read_limited(path, 1000)
