from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from made_swaying import swaying
from typer.testing import CliRunner

from benchmarks.made_exports import windows_h5
from commands.train_corrector import EPILOG, train_corrector
from kinetrace.models.corrector.weights import read_corrector
from kinetrace.training.corrector import fit
from schemas.errors import ArtifactError, UsageError

APP = typer.Typer()
APP.command(epilog=EPILOG)(train_corrector)


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fit, "SMALL", {"width": 4, "layers": 1, "inner": 4, "batch_size": 2, "steps": 2})
    path = tmp_path / "time_sequences.h5"
    path.write_bytes(windows_h5(swaying(200), height=1.75, stacked=True))
    return path


def invoke(*arguments: object) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(APP, [str(one) for one in arguments])
    return result.exit_code, result.output, result.exception


def test_it_trains_on_windows_of_the_foundation_model_and_resumes_to_the_same_weights(
    windows: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, text, error = invoke("--windows", windows, "--out", out, "--small", "--merge", "sum", "--l2", 0.01)
    assert code == 0, (text, error)
    _, card = read_corrector(out)
    assert card.params.merge == "sum" and card.params.weight_decay == 0.01 and card.steps == 2 and card.recordings == 2
    again = invoke("--windows", windows, "--out", out, "--small", "--merge", "sum", "--l2", 0.01, "--resume", "--json")
    assert again[0] == 0, again
    assert json.loads(again[1])["weights_sha256"] == card.weights_sha256


def test_nothing_to_train_on_values_out_of_range_and_unknown_people_are_refused(windows: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    _, _, error = invoke("--out", out)
    assert isinstance(error, UsageError) and "--corpus" in str(error) and "--windows" in error.fix
    _, _, error = invoke("--windows", windows, "--out", out, "--joint-drop", 1.5)
    assert (
        isinstance(error, UsageError) and error.field == "--joint-drop" and "less than or equal to 1" in error.expected
    )
    _, _, error = invoke("--windows", windows, "--out", out, "--l2", -1)
    assert isinstance(error, UsageError) and error.field == "--l2"
    _, _, error = invoke("--windows", windows, "--out", out, "--held-out", "*/nobody/*")
    assert isinstance(error, UsageError) and error.field == "--held-out"
    _, _, error = invoke("--corpus", tmp_path / "none.h5", "--out", out)
    assert isinstance(error, ArtifactError)
