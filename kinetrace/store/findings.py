"""Findings of the audit, safe to print: file names are an attacker's to choose."""

from __future__ import annotations

import shlex

from schemas.manifest import Finding


def finding(code: str, where: str, promise: str, expected: str, found: str, fix: str) -> Finding:
    """Make one finding; characters that a terminal would obey are written as escapes."""
    texts = {"where": where, "expected": expected, "found": found, "fix": fix}
    return Finding.model_validate(
        {"code": code, "promise": promise, **{name: printable(text) for name, text in texts.items()}}
    )


def printable(text: str) -> str:
    """Write control characters and bytes that are not text as escapes; everything else stays."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def remove(path: str) -> str:
    """Give the command that removes a path, quoted for the shell."""
    if not path.isprintable():
        return "Remove it; its name holds characters that no terminal should see."
    return f"Remove it: rm -r {shlex.quote(path)}"
