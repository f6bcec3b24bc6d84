from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.made_takes import cmu_zip
from commands.train_cmu import EPILOG, train_cmu
from kinetrace.models.motion_prediction.weights import read_predictor
from schemas.errors import CaptureError, UsageError

APP = typer.Typer()
APP.command(epilog=EPILOG)(train_cmu)
TAKES = (
    "train/walking/walking_1",
    "train/walking/walking_2",
    "train/walking_extra/walking_9",
    "test/walking/walking_1",
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "c.zip"
    path.write_bytes(cmu_zip(90, TAKES))
    return path


def invoke(*arguments: object) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(APP, [str(one) for one in arguments])
    return result.exit_code, result.output, result.exception


def test_it_trains_on_the_training_files_and_resumes_to_the_same_weights(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, text, _ = invoke("--archive", archive, "--out", out, "--steps", 3)
    assert code == 0 and "90 frames of 1 actions, 3 steps" in text
    _, card = read_predictor(out)
    assert card.frames == {"walking": 90} and card.params.steps == 3 and not card.params.walks
    code, text, _ = invoke("--archive", archive, "--out", out, "--steps", 3, "--resume", "--json")
    assert code == 0 and json.loads(text)["weights_sha256"] == card.weights_sha256


def test_the_walks_are_only_there_when_asked_for(archive: Path, tmp_path: Path) -> None:
    assert invoke("--archive", archive, "--out", tmp_path / "o", "--steps", 1, "--walks")[0] == 0
    assert read_predictor(tmp_path / "o")[1].frames == {"walking": 90, "walking_extra": 45}


def test_a_file_an_action_can_be_held_out_and_judged_on(archive: Path, tmp_path: Path) -> None:
    code, text, _ = invoke("--archive", archive, "--out", tmp_path / "o", "--steps", 1, "--hold-out")
    assert code == 0 and "45 frames of 1 actions" in text and "held-out files: frame 2 " in text


def test_a_folder_with_a_checkpoint_and_an_archive_that_is_none_are_refused(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert isinstance(invoke("--archive", archive, "--out", out, "--resume")[2], UsageError)
    (tmp_path / "d.zip").write_bytes(b"no zip")
    assert isinstance(invoke("--archive", tmp_path / "d.zip", "--out", out)[2], CaptureError)
