from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io import zip_members
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.zip_members import (
    DATASET_NAMES,
    check_members,
    member_places,
    open_zip,
    read_member,
    read_place,
)

NAMES = st.from_regex(r"[a-z]{1,4}(/[a-z.]{1,4}x){0,2}", fullmatch=True)


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def unpacked(data: bytes, max_bytes: int = 10_000) -> dict[str, bytes]:
    with open_zip(io.BytesIO(data), max_bytes) as archive:
        return {m.filename: read_member(archive, m) for m in archive.infolist()}


@given(members=st.dictionaries(NAMES, st.binary(max_size=50), max_size=4), stored=st.booleans())
def test_members_come_back_as_they_were(members: dict[str, bytes], stored: bool) -> None:
    assert unpacked(packed(members, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)) == members


GOOD = packed({"a": b"x" * 100, "b/c": b"y" * 100})
CENTRAL = GOOD.index(b"PK\x01\x02")


def central(offset: int, value: bytes) -> bytes:
    at = CENTRAL + offset
    return GOOD[:at] + value + GOOD[at + len(value) :]


def with_64(count: int, mark: bytes = b"PK\x06\x06") -> bytes:
    """The good archive with a zip64 end record that claims `count` members."""
    entries, directory, at = struct.unpack("<HLL", GOOD[-12:-2])
    end = struct.pack("<4sQ2H2L4Q", mark, 44, 45, 45, 0, 0, count, entries, directory, at)
    return GOOD[:-22] + end + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(GOOD) - 22, 1) + GOOD[-22:]


def test_an_archive_with_a_second_end_record_that_agrees_is_read() -> None:
    assert unpacked(with_64(2)) == {"a": b"x" * 100, "b/c": b"y" * 100}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "do not end as one"),
        (GOOD[:-1], "do not end as one"),
        (GOOD + b"x", "do not end as one"),
        (b"x" * 30 + GOOD, "one of 96 bytes at"),
        (with_64(3), "two that differ"),
        (with_64(2, b"PK\x09\x09"), "two that differ"),
        (central(8, b"\x01\x00"), "flags 0x1"),
        (central(10, b"\x63\x00"), "method 99"),
        (central(10, b"\x00\x00"), "for 100"),
        (central(24, b"\xff\xff\x00\x00"), "claims 65635"),
        (central(24, b"\x10\x00\x00\x00"), "CRC"),
        (central(24, b"\x70\x00\x00\x00"), "100|CRC"),
        (central(42, b"\x03\x00\x00\x00"), "Bad magic|overlaps"),
        (central(0, b"PK\x03\x04"), "Bad magic"),
        (GOOD[:32] + b"\0" + GOOD[33:], "CRC|Error"),
        (packed({"../a": b""}), r"a member named '\.\./a'"),
        (packed({"a/../b": b""}), "a member named"),
        (packed({"/a": b""}), "a member named"),
        (packed({"a b": b""}), "a member named"),
        (packed({"ä": b""}), "a member named"),
        (packed({"a": b""}, zipfile.ZIP_BZIP2), "method 12"),
    ],
)
def test_an_archive_that_lies_or_climbs_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(FormatError, match=found):
        unpacked(data)


def test_the_ratio_is_bounded_beyond_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({"a": bytes(9000)})
    assert len(unpacked(bomb)["a"]) == 9000
    monkeypatch.setattr(zip_members, "ZIP_RATIO_FLOOR", 5000)
    monkeypatch.setattr(zip_members, "ZIP_RATIO", 10)
    with pytest.raises(FormatError, match="more than 10 to 1"):
        unpacked(bomb)


def test_a_crowd_of_members_is_refused_by_the_end_record_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "ZIP_MEMBERS", 1)
    with pytest.raises(FormatError, match=r"2 members"):
        unpacked(GOOD)


def test_members_that_share_their_bytes_or_their_name_are_refused() -> None:
    def member(name: str, offset: int) -> zipfile.ZipInfo:
        found = zipfile.ZipInfo(name)
        found.header_offset, found.file_size, found.compress_size = offset, 10, 10
        return found

    check_members([member("a", 0), member("b", 40)], 100, 100)
    with pytest.raises(FormatError, match="b overlaps"):
        check_members([member("a", 0), member("b", 39)], 100, 100)
    with pytest.raises(FormatError, match="stands twice"):
        check_members([member("a", 0), member("a", 40)], 100, 100)


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("Incorrect Segmented Movements/Vicon/m01.txt", True), ("data/cmu/", True), ("a (copy)+1.txt", True),
        ("../a", False), ("a/../../b", False), ("/a", False), ("a\\b", False), ("C:/a", False), (" a", False),
        ("a\x1b[2J", False), ("a//b", False), ("ä.txt", False), ("./a/..", False),
    ],
)  # fmt: skip
def test_names_of_data_sets_may_have_blanks_and_folders_but_never_leave_the_archive(name: str, fine: bool) -> None:
    data = packed({name: b""})
    if fine:
        with open_zip(io.BytesIO(data), 100, DATASET_NAMES) as archive:
            assert [m.filename for m in archive.infolist()] == [name]
        return
    with pytest.raises(FormatError, match=r"named|zip"), open_zip(io.BytesIO(data), 100, DATASET_NAMES):
        pass


def test_a_name_that_is_no_utf_8_is_refused() -> None:
    data = packed({"aé": b"x"}).replace("é".encode(), b"\xc3\x28")
    with pytest.raises(FormatError, match="invalid continuation byte"):
        unpacked(data)


@given(members=st.dictionaries(NAMES, st.binary(max_size=50), max_size=4), stored=st.booleans())
def test_members_are_read_again_from_their_places_without_the_directory(
    members: dict[str, bytes], stored: bool
) -> None:
    stream = io.BytesIO(packed(members, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED))
    with open_zip(stream, 10_000) as archive:
        places = member_places(archive)
    assert {name: read_place(stream, place) for name, place in places.items()} == members


def test_a_place_where_something_else_lies_is_refused() -> None:
    stream = io.BytesIO(GOOD)
    with open_zip(stream, 10_000) as archive:
        place = member_places(archive)["b/c"]
    for offset, message in ((0, "where the directory says"), (place.offset + 1, "where the directory says")):
        with pytest.raises(FormatError) as caught:
            read_place(stream, replace(place, offset=offset))
        assert message in caught.value.expected
    for wrong in (
        replace(place, size=99),
        replace(place, crc=1),
        replace(place, packed=3),
        replace(place, deflated=False),
    ):
        with pytest.raises(FormatError) as caught:
            read_place(stream, wrong)
        assert "bytes in b/c" in caught.value.expected


def test_more_members_than_the_caller_allows_are_refused() -> None:
    data = packed({f"m{at}": b"" for at in range(9)})
    with open_zip(io.BytesIO(data), 100, most=9) as archive:
        assert len(archive.infolist()) == 9
    with pytest.raises(FormatError, match=r"9 members"), open_zip(io.BytesIO(data), 100, most=8):
        pass
