"""A quick subset of `kinetrace bench audit-attacks`: the same attacks on a smaller sealed capture."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.attacks.benign import BENIGN
from benchmarks.attacks.made import random_target
from benchmarks.attacks.named import NAMED
from benchmarks.attacks.second import compare, missing, second_opinion
from benchmarks.attacks.shares import Outcome, share
from benchmarks.attacks.structural import HEAD_NEEDED, STRUCTURAL
from benchmarks.attacks.target import Target, Verdict, judge
from benchmarks.audit_attacks import figures
from schemas.errors import ComputeError, UncheckableError


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return random_target(tmp_path_factory.mktemp("sealed") / "project", np.random.default_rng(3), stages=3)


@pytest.mark.parametrize("fast", [False, True])
def test_the_sealed_capture_itself_holds(pristine: Target, fast: bool) -> None:
    report = pristine.audit(fast, head=True)
    assert report.findings == ()
    assert {p: report.summary.promises[p] for p in ("AUTHENTIC", "FRESH", "LEDGER")} == dict.fromkeys(
        ("AUTHENTIC", "FRESH", "LEDGER"), "holds"
    )


def test_every_changed_byte_is_found_with_one_cause(pristine: Target, tmp_path: Path) -> None:
    for outcome in share(pristine, "bytes", range(60), 1, tmp_path / "copy"):
        assert (len(outcome.strong.codes), len(outcome.fast.codes)) == (1, 1), outcome


def test_every_kind_of_file_is_among_those_changed(pristine: Target) -> None:
    places = [p.relative_to(pristine.workspace.root).as_posix() for p in pristine.files()]
    for part in (
        "captures/one/",
        "/manifest.json",
        "/seals/0001/seal.json",
        "/seals/0002/seal.json.sig",
        "ledger.jsonl",
        ".bin",
    ):
        assert any(part in place for place in places), part


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_structural_mutation_is_found(pristine: Target, tmp_path: Path, name: str) -> None:
    mine = pristine.copy(tmp_path / "copy")
    for number in range(2):
        STRUCTURAL[name](mine, np.random.default_rng(number))
        for fast in (False, True):
            verdict = judge(mine, fast, name in HEAD_NEEDED)
            assert (verdict.crash, verdict.detected) == (None, True), (name, number, fast)
        mine.restore(pristine)
    assert not judge(mine, False).detected


@pytest.mark.parametrize("name", NAMED)
def test_a_named_attack_breaks_its_promise(pristine: Target, tmp_path: Path, name: str) -> None:
    mine = pristine.copy(tmp_path / "copy")
    NAMED[name].attack(mine)
    for fast in (False, True):
        verdict = judge(mine, fast, NAMED[name].head)
        assert verdict.crash is None
        assert NAMED[name].promise in verdict.promises, (fast, verdict)


def test_the_whole_history_put_back_needs_a_head_from_outside(pristine: Target, tmp_path: Path) -> None:
    """The limit that docs/audit.md states: within the project alone, nothing can tell."""
    mine = pristine.copy(tmp_path / "copy")
    NAMED["old tree, old ledger"].attack(mine)
    assert not judge(mine, fast=False, head=False).detected
    assert judge(mine, fast=False, head=True).detected


@pytest.mark.parametrize("name", [name for name in BENIGN if name != "DVC hard links"])
def test_a_harmless_thing_rings_no_alarm(pristine: Target, name: str) -> None:
    # Not below pytest's own folder, which no other user may enter.
    with tempfile.TemporaryDirectory() as scratch:
        try:
            assert BENIGN[name](pristine, Path(scratch)) == []
        except UncheckableError as error:
            pytest.skip(error.found)


def test_the_second_verifier_agrees(pristine: Target, tmp_path: Path) -> None:
    if lacking := missing():
        pytest.skip(f"not here: {', '.join(lacking)}")
    assert second_opinion(pristine) is None
    tampered = compare(1, 5, tmp_path)
    assert tampered.agree
    assert tampered.first is not None


def test_a_share_that_does_not_take_its_attacks_back_is_refused(
    pristine: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Target, "restore", lambda self, pristine: None)
    with pytest.raises(ComputeError, match="a clean capture once the attacks are taken back"):
        share(pristine, "structural", range(1), 1, tmp_path / "copy")


def test_an_audit_that_dies_is_counted_as_a_crash_and_as_a_miss(
    pristine: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr("benchmarks.attacks.target.audit", die)
    verdict = judge(pristine, fast=False)
    assert (verdict.crash, verdict.detected) == ("ZeroDivisionError: by hand", False)


def test_figures_by_hand(pristine: Target) -> None:
    found, two, lost = Verdict(("a",)), Verdict(("a", "b")), Verdict((), crash="Boom")
    single = [Outcome(0, "x:1", found, found), Outcome(1, "x:2", two, found), Outcome(2, "x:3", lost, found)]
    table = figures(pristine, single, single[:1], single[:2], {"tar": ["stale.code"], "touch": []})
    values = {key: (figure.value, figure.holds) for key, figure in table.items()}
    assert values == {
        "bytes.strong": (2.0, False), "bytes.fast": (3.0, True), "one_cause": (pytest.approx(100 / 3), False),
        "structural": (1.0, True), "named": (2.0, True), "false_alarms": (1.0, False), "crashes": (1.0, False),
    }  # fmt: skip
    assert "missed: x:3" in table["bytes.strong"].note
    assert table["false_alarms"].note == "tar: stale.code"


def test_what_could_not_be_tried_does_not_count_as_silent(pristine: Target) -> None:
    found = Verdict(("a",))
    one = [Outcome(0, "x:1", found, found)]
    alarms = figures(pristine, one, one, one, {"touch": [], "another user (user 1000)": None})["false_alarms"]
    assert (alarms.value, alarms.holds) == (0.0, False)
    assert "could not be tried here: another user (user 1000)" in alarms.note
