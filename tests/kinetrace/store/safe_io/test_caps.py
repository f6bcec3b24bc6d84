"""The page that explains the caps shows all of them as they are."""

from __future__ import annotations

import re
from pathlib import Path

from kinetrace.store.safe_io import caps

UNITS = {"": 1, " KiB": 1 << 10, " MiB": 1 << 20}


def test_the_page_lists_every_cap_with_its_value(project: Path) -> None:
    page = (project / "docs" / "safe-io.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_0-9]+)` \| (\d+)( KiB| MiB)? \|", page, re.MULTILINE)
    written = {name: int(number) * UNITS[unit] for name, number, unit in rows}
    assert written == {name: value for name, value in vars(caps).items() if name.isupper() and name != "MIB"}


def test_the_smaller_caps_lie_within_the_larger_ones() -> None:
    assert caps.PARAMS_BYTES < caps.MAPPING_BYTES < caps.RECORDING_JSON_BYTES < caps.RECORDING_BYTES
    assert caps.TABLE_COLUMNS < caps.TABLE_CELLS and caps.LINE_CHARACTERS < caps.RECORDING_BYTES
