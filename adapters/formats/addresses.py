"""`file::part`: one take, window or array inside a larger file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SEPARATOR: Final = "::"


def split_address(path: Path) -> tuple[Path, str | None]:
    """Give the file and the part of `data.zip::take`; None where no part is named."""
    file, mark, part = str(path).partition(SEPARATOR)
    return Path(file), (part or None) if mark else None
