from __future__ import annotations

from pathlib import Path

import pytest
from made_lifter import TINY, corpus_arrays, everybody

from kinetrace.models.lifter.weights import read_lifter, to_safetensors
from kinetrace.store.corpus import document
from kinetrace.training.lifter.division import LifterDivision, divide
from kinetrace.training.lifter.fit import fit
from schemas.errors import UsageError


@pytest.fixture(scope="module")
def division() -> LifterDivision:
    arrays = corpus_arrays(everybody())
    return divide(arrays, document(arrays, "made"))


def test_the_folder_holds_weights_that_read_back_and_a_card_that_says_who(
    division: LifterDivision, tmp_path: Path
) -> None:
    made = fit(division, TINY, tmp_path)
    found = read_lifter(tmp_path)
    assert to_safetensors(found.network) == to_safetensors(made.network) and found.card == made.card
    assert found.card.subjects == ("cmu_walking", "ui_prmd_s01", "ui_prmd_s02")
    assert found.card.held_out == ("opencap_s4", "ui_prmd_s05", "ui_prmd_s06")
    assert found.card.spread_factor > 0 and found.card.spread_factor != 1.0
    assert found.card.minutes == pytest.approx((60 + 60 + 60) / 30 / 60 + 200 / 120 / 60)


def test_again_gives_the_same_bytes(division: LifterDivision, tmp_path: Path) -> None:
    fit(division, TINY, tmp_path / "a")
    fit(division, TINY, tmp_path / "b")
    for name in ("lifter.safetensors", "lifter.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_folder_in_use_and_a_folder_without_checkpoint_are_refused(division: LifterDivision, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Leave --resume out"):
        fit(division, TINY, tmp_path, resume=True)
    fit(division, TINY, tmp_path)
    with pytest.raises(UsageError, match="Add --resume, or choose another --out"):
        fit(division, TINY, tmp_path)
