"""Names are normalised, and what is not known is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.s03_labels.vocabulary import ALIASES, SYNONYMS, canonical, normal_form


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Knee Valgus", "knee_valgus"),
        ("knees-in", "knee_valgus"),
        ("  Freezing of Gait ", "freezing"),
        ("FOG", "freezing"),
        ("Forward lean", "excessive_trunk_lean"),
        ("stance phase", "stance"),
    ],
)
def test_an_assessors_words_become_one_name(given_name, name):
    assert canonical(given_name) == (name, True)


def test_an_unknown_name_is_kept_in_normal_form_and_said_to_be_unknown():
    assert canonical("Übermäßige Drehung!") == ("ubermassige_drehung", False)
    assert canonical("???") == ("unnamed", False)


def test_no_alias_means_two_things():
    every = [alias for name, aliases in SYNONYMS.items() for alias in (name, *aliases)]
    assert len(every) == len(set(every)) == len(ALIASES)
    assert all(alias == normal_form(alias) for alias in every)


@given(st.text(max_size=30))
def test_naming_twice_changes_nothing(text):
    name, _ = canonical(text)
    assert canonical(name)[0] == name
