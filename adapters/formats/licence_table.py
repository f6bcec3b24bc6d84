"""Licences of a folder's files, from the table in its MANIFEST.md: columns `file` and `licence`."""

from __future__ import annotations

from pathlib import Path

from adapters.formats.raw_file import decode_text, read_raw
from kinetrace.store.safe_io.caps import MAPPING_BYTES

MANIFEST = "MANIFEST.md"
UNKNOWN = "not declared"


def read_licences(folder: Path) -> dict[Path, str]:
    """Give the licence of each file that the MANIFEST.md of a folder, or of the one above it, lists.

    Args:
        folder: Where recordings lie; without a MANIFEST.md nothing is known.

    Raises:
        CaptureError: MANIFEST.md is no plain text file of at most 1 MiB.
    """
    path = next((place / MANIFEST for place in (folder, folder.resolve().parent) if (place / MANIFEST).exists()), None)
    if path is None:
        return {}
    found: dict[Path, str] = {}
    columns: list[str] = []
    for line in decode_text(path, read_raw(path, MAPPING_BYTES)).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.lstrip().startswith("|") else []
        if {"file", "licence"} <= set(cells):
            columns = cells
        elif columns and len(cells) == len(columns):
            found[path.parent.resolve() / cells[columns.index("file")]] = cells[columns.index("licence")]
    return found
