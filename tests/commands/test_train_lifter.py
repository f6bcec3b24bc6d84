from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from made_lifter import everybody, made_take, write_takes
from typer.testing import CliRunner

from commands.train_lifter import EPILOG, train_lifter
from kinetrace.models.lifter.weights import read_lifter
from schemas.errors import KinetraceError

APP = typer.Typer()
APP.command(epilog=EPILOG)(train_lifter)
QUICK = ("--steps", "3", "--batch-size", "2", "--device", "cpu")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_takes(tmp_path_factory.mktemp("made") / "corpus.h5", everybody())


def invoke(*arguments: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(APP, list(arguments))
    return result.exit_code, result.output, result.exception


def test_it_trains_and_going_on_from_the_end_gives_the_same_card(corpus: Path, tmp_path: Path) -> None:
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(tmp_path), *QUICK)
    assert code == 0, text
    assert "not trained on: opencap_s4, ui_prmd_s05, ui_prmd_s06" in text.replace("\n", "")
    card = read_lifter(tmp_path).card
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(tmp_path), *QUICK, "--resume", "--json")
    assert code == 0 and json.loads(text) == json.loads(card.model_dump_json())


def test_a_killed_command_goes_on_to_the_same_weights(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, half = tmp_path / "whole", tmp_path / "half"
    invoke("--corpus", str(corpus), "--out", str(whole), *QUICK)
    import benchmarks.progress

    def stops(items: object, description: str, total: float | None = None) -> object:
        for k in items:  # type: ignore[attr-defined]
            if k == 2:
                raise KeyboardInterrupt
            yield k

    with monkeypatch.context() as patch:
        patch.setattr(benchmarks.progress, "track", stops)
        code, _, _ = invoke("--corpus", str(corpus), "--out", str(half), *QUICK, "--keep-every", "1")
    assert code != 0 and not (half / "lifter.json").exists()
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(half), *QUICK, "--resume")
    assert code == 0, text
    assert (whole / "lifter.safetensors").read_bytes() == (half / "lifter.safetensors").read_bytes()


def test_the_baseline_looks_at_one_frame(corpus: Path, tmp_path: Path) -> None:
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(tmp_path), *QUICK, "--one-frame")
    assert code == 0, text
    assert read_lifter(tmp_path).network.reach == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--steps", "0"), "--steps"),
        (("--batch-size", "0"), "--batch-size"),
        (("--noise", "-1"), "--noise"),
        (("--learning-rate", "0"), "--learning-rate"),
        (("--held-out", "nobody"), "--held-out"),
        (("--resume",), "--resume"),
    ],
)
def test_an_option_without_meaning_is_refused_by_name(
    corpus: Path, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    _, _, error = invoke("--corpus", str(corpus), "--out", str(tmp_path / "out"), *options)
    assert isinstance(error, KinetraceError) and says in str(error)


def test_a_corpus_without_the_held_out_people_is_refused(tmp_path: Path) -> None:
    corpus = write_takes(tmp_path / "c.h5", [made_take()])
    _, _, error = invoke("--corpus", str(corpus), "--out", str(tmp_path / "out"), *QUICK)
    assert isinstance(error, KinetraceError) and "found ui_prmd_s05, ui_prmd_s06" in str(error)
