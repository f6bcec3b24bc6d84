from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from made_pinn import made_recording, write_made_corpus
from typer.testing import CliRunner

from commands.train_pinn import EPILOG, train_pinn
from kinetrace.models.pinn.weights import read_pinn
from kinetrace.training import pinn_run
from schemas.errors import KinetraceError

QUICK = {"width": 16, "layers": 1, "d_state": 8, "graph_heads": 2, "batch_size": 2, "window": 16, "rates_hz": (30.0,),
         "target_bone_std_mm": 100.0, "steps": 6}  # fmt: skip

APP = typer.Typer()
APP.command(epilog=EPILOG)(train_pinn)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pinn_run, "SMALL", QUICK)
    recordings = [made_recording(40, subject=s, seed=k) for k, s in enumerate("abcd")]
    return write_made_corpus(tmp_path / "corpus.h5", recordings)


def invoke(*arguments: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(APP, list(arguments))
    return result.exit_code, result.output, result.exception


def test_it_trains_resumes_and_writes_a_page(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(out), "--small", "--keep-every", "2")
    assert code == 0, text
    assert "held out: d" in text and "reconstruction.html" in text
    assert (out / "reconstruction.html").read_text().startswith("<!doctype html>")
    loaded, card = read_pinn(out)
    assert card.steps == 6 and loaded.config.params.width == 16
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(out), "--small", "--resume", "--json")
    assert code == 0 and json.loads(text)["weights_sha256"] == card.weights_sha256


def test_a_killed_command_goes_on_to_the_same_weights(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, half = tmp_path / "whole", tmp_path / "half"
    invoke("--corpus", str(corpus), "--out", str(whole), "--small")
    import benchmarks.progress

    def stops(items: object, description: str) -> object:
        for k in items:  # type: ignore[attr-defined]
            if k == 3:
                raise KeyboardInterrupt
            yield k

    with monkeypatch.context() as patch:
        patch.setattr(benchmarks.progress, "track", stops)
        code, _, _ = invoke("--corpus", str(corpus), "--out", str(half), "--small", "--keep-every", "1")
    assert code != 0 and not (half / "pinn.json").exists()
    code, text, _ = invoke("--corpus", str(corpus), "--out", str(half), "--small", "--resume")
    assert code == 0, text
    assert (whole / "pinn.safetensors").read_bytes() == (half / "pinn.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--steps", "0"), "--steps"),
        (("--learning-rate", "-1"), "--learning-rate"),
        (("--held-out", "nobody"), "--held-out"),
        (("--resume",), "--resume"),
    ],
)
def test_an_option_without_meaning_is_refused_by_name(
    corpus: Path, tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    code, _, error = invoke("--corpus", str(corpus), "--out", str(tmp_path / "out"), "--small", *options)
    assert code == 1 and isinstance(error, KinetraceError)
    assert error.field == says
    assert not (tmp_path / "out" / "pinn.json").exists()


def test_the_help_has_an_example() -> None:
    code, text, _ = invoke("--help")
    assert code == 0 and "kinetrace train pinn --corpus" in " ".join(text.split())
