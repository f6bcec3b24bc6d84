"""Findings of the audit, safe to print: file names are an attacker's to choose."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from kinetrace.store.causes import CAUSES
from schemas.manifest import Finding

_KINDS = {
    stat.S_IFREG: "a file", stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFIFO: "a fifo",
    stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def finding(code: str, where: str, expected: str, found: str, fix: str) -> Finding:
    """Make one finding; characters that a terminal would obey are written as escapes.

    Args:
        code: A cause from the table, which knows the promise that it breaks.
        where: File or folder, relative to the project.
        expected: What should have been there.
        found: What was.
        fix: What would mend it.
    """
    texts = {"where": where, "expected": expected, "found": found, "fix": fix}
    safe = {name: printable(text) for name, text in texts.items()}
    return Finding.model_validate({"code": code, "promise": CAUSES[code].promise, **safe})


def printable(text: str) -> str:
    """Write control characters and bytes that are not text as escapes; everything else stays."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def remove(path: str) -> str:
    """Give the command that removes a path, quoted for the shell."""
    if not path.isprintable():
        return "Remove it; its name holds characters that no terminal should see."
    return f"Remove it: rm -r {shlex.quote(path)}"


def kind_of(path: Path) -> str:
    """Say what stands at a path, without following a link: ``a file``, ``a folder``, ``a link``, …, or ``none``."""
    try:
        return _KINDS[stat.S_IFMT(os.lstat(path).st_mode)]
    except (FileNotFoundError, NotADirectoryError):
        return "none"


def open_to_all(path: Path, place: str) -> list[Finding]:
    """Find a file or folder that every user of the machine may write to.

    A folder with the sticky bit is left alone: there, nobody can change what another has put.
    """
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode) or not mode & stat.S_IWOTH or (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):
        return []
    return [
        finding("file.world.writable", place, "written to by its owner alone", f"mode {stat.S_IMODE(mode):04o}",
                f"chmod o-w {shlex.quote(printable(place))}")
    ]  # fmt: skip
