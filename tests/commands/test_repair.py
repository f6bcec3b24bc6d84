from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_swaying import swaying
from typer.testing import CliRunner

from benchmarks.made_exports import mapped_csv
from commands.repair import app
from schemas.errors import CaptureError, KinetraceError, UsageError


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    from schemas.capture import CaptureFile

    motion, mapping = mapped_csv(swaying(150))
    folder = tmp_path / "sway"
    folder.mkdir()
    (folder / "motion.csv").write_bytes(motion)
    (folder / "mapping.json").write_text(json.dumps(json.loads(mapping) | {"fps": 60.0}), encoding="utf-8")
    files = {"motion.csv": "motion", "mapping.json": "mapping"}
    made = CaptureFile.model_validate({
        "device": {"model": "made"}, "subject": {"id": "made"}, "units": "m", "files": files, "simulated": True,
    })  # fmt: skip
    (folder / "capture.json").write_text(made.model_dump_json(), encoding="utf-8")
    return folder


def invoke(*arguments: object) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.output, result.exception


def test_it_hides_fills_and_writes_a_page(recording: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, text, error = invoke(recording, "--hide", "l_knee", "--from", 1.0, "--to", 1.5, "--out", page)
    assert code == 0, (text, error)
    assert "l knee, 1 to 1.5 s" in text and "on average" in text and page.read_text().startswith("<!doctype html>")
    code, text, error = invoke(recording, "--hide", "r_knee", "--from", 1.0, "--to", 1.2, "--out", page, "--json")
    assert code == 0, error
    said = json.loads(text)
    assert code == 0 and said["filled"] == 12 and 0 <= said["error_mm"] < 20


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--hide", "tail", "--from", 1, "--to", 1.2), "--hide"),
        (("--hide", "head", "--from", 1.4, "--to", 1.2), "--from"),
        (("--hide", "head", "--from", 99, "--to", 100), "--from"),
        (("--hide", "head", "--from", 0.5, "--to", 1.9), "--to"),
    ],
)
def test_what_cannot_be_hidden_or_filled_is_refused(
    recording: Path, tmp_path: Path, arguments: tuple[object, ...], field: str
) -> None:
    _, _, error = invoke(recording, *arguments, "--out", tmp_path / "p.html")
    assert isinstance(error, UsageError) and error.field == field and not (tmp_path / "p.html").exists()


def test_no_recording_is_refused(tmp_path: Path) -> None:
    _, _, error = invoke(tmp_path / "none.trc", "--hide", "head", "--from", 0, "--to", 1, "--out", tmp_path / "p.html")
    assert isinstance(error, KinetraceError) and isinstance(error, CaptureError)
