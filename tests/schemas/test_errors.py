from __future__ import annotations

import inspect

import pytest

from schemas import errors
from schemas.errors import CaptureError, KinetraceError, MarkerSetError, UncheckableError, UsageError

PARTS = {"where": "walk.trc", "field": "units", "expected": "mm", "found": "inch", "fix": "Say --units."}
ALL = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, KinetraceError)]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_keeps_its_five_parts_and_says_them(kind: type[KinetraceError]) -> None:
    error = kind(**PARTS)
    assert error.as_dict() == {"code": kind.__name__, **PARTS}
    assert all(part in str(error) for part in PARTS.values())
    assert error.exit_code in {1, 2, 4}


def test_the_sentence_by_hand() -> None:
    assert str(CaptureError(**PARTS)) == "walk.trc: units: expected mm, found inch. Say --units."


def test_exit_codes_tell_bad_data_from_wrong_usage_from_not_checkable() -> None:
    assert [CaptureError.exit_code, UsageError.exit_code, UncheckableError.exit_code] == [1, 2, 4]
    assert issubclass(MarkerSetError, CaptureError)


def test_an_error_without_a_fix_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="fix"):
        CaptureError(where="a", field="b", expected="c", found="d")  # type: ignore[call-arg]
