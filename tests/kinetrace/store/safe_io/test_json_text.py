from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io import json_text
from kinetrace.store.safe_io.format_error import FormatError, printable
from kinetrace.store.safe_io.json_text import load_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)  # fmt: skip


@given(value=VALUES)
def test_json_means_what_json_means(value: object) -> None:
    assert load_json(json.dumps(value), 64) == value


@given(depth=st.integers(1, 30))
def test_the_bound_on_depth_is_exact(depth: int) -> None:
    text = '{"a":[' * depth + "1" + "]}" * depth
    load_json(text, 2 * depth)
    with pytest.raises(FormatError, match=f"nested {2 * depth} deep, at most {2 * depth - 1} allowed"):
        load_json(text, 2 * depth - 1)


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ('{"a":1,"\\u0061":2}', "twice", "key 'a' stands twice"),
        ('{"\\ud800":1,"\\ud800":2}', "twice", "ud800"),
        ("NaN", "finite", "NaN is not finite"),
        ("-1e999", "finite", "-1e999 is not finite"),
        ("18446744073709551616", "integer", "an integer of 20 characters"),
        ("9" * 5000, "integer", "an integer of 5000 characters"),
        ("[1,", "syntax", "Expecting value at line 1, column 4"),
        ("[" * 9, "depth", "nested 9 deep"),
        ("[" + "[]," * 5, "syntax", "Expecting value"),
        ("[]][[][[]]", "syntax", "Extra data"),
        ("{}" * 6, "syntax", "Extra data"),
        ("[]" + "]]]]]" + "[[[[[", "syntax", "Extra data"),
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_word(text: str, rule: str, found: str) -> None:
    with pytest.raises(FormatError, match=found) as refusal:
        load_json(text, 4)
    assert refusal.value.rule == rule
    assert refusal.value.field.isprintable()


def test_integers_of_64_bits_pass() -> None:
    assert load_json("[18446744073709551615,-9223372036854775808]", 4) == [2**64 - 1, -(2**63)]


def test_a_document_of_too_many_values_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "JSON_VALUES", 5)
    assert load_json('["a,b,c,d,e,f,[[[[[[",1]', 4)[1] == 1
    with pytest.raises(FormatError, match="6 of them"):
        load_json("[1,2,3,4,[5]]", 4)


def test_a_refusal_is_safe_on_any_terminal() -> None:
    assert printable("a\x1b[2J\ud800ä") == "a\\x1b[2J\\ud800\\xe4"
    assert printable("knee ä") == "knee ä"
    assert len(printable("\x1b" * 500)) == 300
