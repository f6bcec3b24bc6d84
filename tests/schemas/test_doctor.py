from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.doctor import Ailment, DoctorReport

STATES = st.sampled_from(["mended", "noted", "needs a person"])


@given(state=STATES, done=st.text(max_size=20), ok=st.booleans())
def test_a_report_survives_the_way_through_json(state: str, done: str, ok: bool) -> None:
    parts = {"code": "draft.dead", "where": "a", "expected": "b", "found": "c", "state": state, "done": done}
    report = DoctorReport(ok=ok, findings=(Ailment.model_validate(parts),), summary="1")
    assert DoctorReport.model_validate_json(report.model_dump_json(by_alias=True)) == report


def test_the_exit_code_by_hand() -> None:
    assert DoctorReport(ok=True, findings=(), summary="all is well").exit_code == 0
    assert DoctorReport(ok=False, findings=(), summary="1 needs a person").exit_code == 1


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="'mended', 'noted' or 'needs a person'"):
        Ailment.model_validate({"code": "a", "where": "b", "expected": "c", "found": "d", "state": "cured"})


def test_the_text_by_hand() -> None:
    ailment = Ailment(
        code="draft.dead", where="a", expected="nothing", found="a draft", state="mended", done="removed", fix=""
    )
    text = DoctorReport(ok=True, findings=(ailment,), summary="1 mended").text()
    assert text == "a: mended (draft.dead)\n  expected: nothing\n  found:    a draft\n  done:     removed\n1 mended"
