from __future__ import annotations

from pathlib import Path

import pytest

from adapters.formats.licence_table import read_licences
from schemas.errors import CaptureError

TABLE = "# Files\n\n| file | bytes | licence |\n|---|---|---|\n| a/walk.trc | 12 | CC0 |\n| b.zip | 1 | ODC PDDL |\n"


def test_the_table_is_found_in_the_folder_or_above_it(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.md").write_text(TABLE)
    (tmp_path / "a").mkdir()
    for folder in (tmp_path, tmp_path / "a"):
        found = read_licences(folder)
        assert found[tmp_path / "a" / "walk.trc"] == "CC0" and found[tmp_path / "b.zip"] == "ODC PDDL"


def test_without_a_table_nothing_is_known(tmp_path: Path) -> None:
    assert read_licences(tmp_path) == {}
    (tmp_path / "MANIFEST.md").write_text("| name | terms |\n| a | b |\n")
    assert read_licences(tmp_path) == {}


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.md").write_bytes(b"\0")
    with pytest.raises(CaptureError, match=r"MANIFEST\.md.*binary"):
        read_licences(tmp_path)
