"""The page of constants and the code say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinetrace.motion.segment_parameters import SEGMENTS
from kinetrace.physics.joint_limits import LIMITS
from kinetrace.physics.reference import TABLES, renewed, score_bounds
from kinetrace.physics.score_table import BOUNDS
from schemas.errors import ArtifactError


def test_the_page_shows_the_codes_own_tables(project: Path) -> None:
    page = (project / "docs" / "constants.md").read_text("utf-8")
    assert renewed(page) == page


def test_every_entry_has_a_row() -> None:
    for name, entries in (("segment parameters", SEGMENTS), ("joint limits", LIMITS), ("score bounds", BOUNDS)):
        rows = TABLES[name]().splitlines()[2:]
        assert [row.split("|")[1].strip(" `") for row in rows] == list(entries)


def test_a_bounds_row_by_hand() -> None:
    assert "| `foot_float` | 0.03 | 0.08 | m | stage 2's contact height; measured:" in score_bounds()


def test_a_stale_table_is_made_anew_and_the_text_around_it_stays() -> None:
    page = "".join(f"before\n<!-- made from the code: {name} -->\nold\n<!-- end -->\nafter\n" for name in TABLES)
    made = renewed(page)
    assert "old" not in made
    assert made.count("before") == made.count("after") == len(TABLES)


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ArtifactError, match=r"tables: expected joint limits, .*found none"):
        renewed("# Constants\n")
