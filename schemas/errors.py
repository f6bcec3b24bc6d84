"""The exceptions a user can meet, each naming what was asked, what was found and what would work."""

from __future__ import annotations


class KinetraceError(Exception):
    """A refusal that a person can act on: where, which field, what was expected, what was found, what would work."""

    exit_code = 1

    def __init__(self, *, where: str, field: str, expected: str, found: str, fix: str) -> None:
        self.where = where
        self.field = field
        self.expected = expected
        self.found = found
        self.fix = fix
        super().__init__(f"{where}: {field}: expected {expected}, found {found}. {fix}")

    def as_dict(self) -> dict[str, str]:
        """Give the refusal as plain strings, for ``--json``."""
        return {
            "code": type(self).__name__,
            "where": self.where,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
            "fix": self.fix,
        }


class CaptureError(KinetraceError):
    """A recording that cannot be read or used: missing, truncated, malformed, without a joint that is needed."""


class MarkerSetError(CaptureError):
    """Markers that no known set explains, or a set that needs a static trial."""


class UnitsError(CaptureError):
    """Lengths whose unit nobody declared and no sane human explains."""


class AlignmentError(CaptureError):
    """No floor, an inverted world or a scale that is not metres."""


class ParamsError(KinetraceError):
    """A section or value of ``params.yaml`` that is unknown or out of range."""


class ArtifactError(KinetraceError):
    """A stage output that is missing, malformed or does not fit its schema."""


class StorageError(KinetraceError):
    """The disk refused: full, read-only or without permission."""


class ComputeError(KinetraceError):
    """A computation that has no answer on this input: a diverged model, an unsolvable problem."""


class UsageError(KinetraceError):
    """A command asked in a way that has no meaning."""

    exit_code = 2


class UncheckableError(KinetraceError):
    """Something that could not be checked, which is not the same as being wrong."""

    exit_code = 4
