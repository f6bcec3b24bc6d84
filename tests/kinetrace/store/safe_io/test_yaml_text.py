from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.yaml_text import load_yaml

KEYS = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5).map(lambda k: f"k_{k}")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e9, 1e9) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


@given(value=VALUES)
def test_plain_yaml_means_what_yaml_means(value: object) -> None:
    assert load_yaml(yaml.dump(value, Dumper=NoAliases)) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x 1\nb: *x", "aliases"),
        ("a: 1\na: 2", "'a' stands twice"),
        ("a: {<<: {b: 1}}", "'<<' is not plain text"),
        ("1: a", "'1' is not plain text"),
        ("? [a]\n: 1", "unhashable"),
        ("a: " + "[" * 40 + "]" * 40, "nested more than 32 deep"),
        ("a: [" + "1," * 6000 + "]", "more than 5000 values"),
        ("a: " + "x" * 5000, "a value of 5000 characters"),
        ("a: 1:" + "59:" * 1000 + "59", "an integer of"),
        ("a: 0b_", "invalid literal"),
        ("a: 2024-13-45", "month must be"),
        ("a: !!binary é", "ascii"),
        ("a: !!timestamp x", "NoneType|AttributeError"),
        ("a: !!python/name:os.system", "could not determine"),
        ("a: \x07", "special characters are not allowed"),
        ("a: 1\n---\nb: 2", "single document"),
    ],
)
def test_yaml_that_is_not_plain_is_refused(text: str, found: str) -> None:
    with pytest.raises(FormatError, match=found):
        load_yaml(text)
