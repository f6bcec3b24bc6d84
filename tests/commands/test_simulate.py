"""`kinetrace simulate`: an ARKit-like body as ever, a film where it is asked for, and options that do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.simulate import app
from kinetrace.store.documents import read_json
from schemas.capture import CaptureFile
from schemas.errors import UsageError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "captures").mkdir()
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text("capture: walk\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_without_rgbd_a_body_of_ordinary_size_is_made(project: Path) -> None:
    made = call("squat", "--seconds", "4", "--seed", "3")
    assert made.exit_code == 0, made.output
    assert "Next: kinetrace run sim_squat_3" in made.output
    head = read_json(project / "captures" / "sim_squat_3" / "capture.json", CaptureFile)
    assert (head.subject.height_m, head.subject.mass_kg, head.subject.sex) == (1.75, 70.0, "m")
    assert "rgb.mp4" not in head.files


@pytest.mark.usefixtures("opengl")
def test_with_rgbd_it_is_filmed(project: Path) -> None:
    made = call("balance", "--rgbd", "--seconds", "1", "--width", "96", "--height", "1.6", "--id", "film")
    assert made.exit_code == 0, made.output
    head = read_json(project / "captures" / "film" / "capture.json", CaptureFile)
    assert head.files["rgb.mp4"] == "rgb" and head.subject.height_m == 1.6


@pytest.mark.usefixtures("opengl")
def test_an_apps_export_lies_where_it_is_told_and_says_how_to_bring_it_in(project: Path) -> None:
    made = call(
        "balance", "--rgbd", "--layout", "record3d", "--seconds", "1", "--width", "96", "--id", "r", "--into", "out"
    )
    assert made.exit_code == 0, made.output
    assert (project / "out" / "r" / "recording.r3d").is_file()
    assert "Next: kinetrace ingest out/r/recording.r3d --id r" in made.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("squat", "--view", "side"), "a film's options only with --rgbd, found no --rgbd. Add --rgbd"),
        (("squat", "--rgbd", "--fault", "fog"), "fault: expected no_person"),
        (("squat", "--height", "0"), r"height_m: expected 0\.6 to 2\.4 m, found 0 m"),
    ],
)
def test_what_does_not_go_together_is_refused(project: Path, arguments: tuple[str, ...], told: str) -> None:
    error = call(*arguments).exception
    assert isinstance(error, UsageError)
    with pytest.raises(UsageError, match=told):
        raise error
