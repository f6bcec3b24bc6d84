from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kinetrace.store.findings import finding, printable, remove


@given(text=st.text(max_size=30))
def test_whatever_a_file_is_called_can_be_printed_and_encoded(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    shown.encode()


def test_escapes_by_hand() -> None:
    assert printable("walk_01 é…") == "walk_01 é…"
    assert printable("a\x1b[2Jb\n") == "a\\x1b[2Jb\\n"
    assert printable("\udcff") == "\\udcff"


@given(name=st.text(max_size=20).filter(str.isprintable))
def test_the_removal_command_is_one_word_to_the_shell(name: str) -> None:
    assert shlex.split(remove(f"artifacts/{name}").removeprefix("Remove it: ")) == ["rm", "-r", f"artifacts/{name}"]


def test_no_command_is_given_for_a_name_that_a_terminal_would_obey() -> None:
    assert "rm -r" not in remove("a\x1b[2J")


def test_a_finding_of_no_known_promise_is_refused() -> None:
    with pytest.raises(ValidationError, match="promise"):
        finding("x", "a", "LUCKY", "b", "c", "d")
