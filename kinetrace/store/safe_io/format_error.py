"""A refusal without a place: what was expected and found; each door adds where, and whose error it is."""

from __future__ import annotations


class FormatError(ValueError):
    """Bytes that are not what they should be.

    Attributes:
        rule: Which rule was broken, in one word.
        field: What in the file it is about.
        expected: What would have been right.
        found: What was there.
        fix: What would work, for someone who can make the file again.
    """

    def __init__(self, rule: str, field: str, expected: str, found: str, fix: str = "Make the file again.") -> None:
        self.rule = rule
        self.field = printable(field)
        self.expected = expected
        self.found = printable(found)
        self.fix = fix
        super().__init__(self.found)


def printable(text: str, limit: int = 300) -> str:
    """Give text that is safe on any terminal: no control characters, no lone surrogates, not long."""
    text = text[:limit]
    return text if text.isprintable() else ascii(text)[1:-1][:limit]
