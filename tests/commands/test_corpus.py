from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.made_takes import bvh_text, kinect_zip
from commands.corpus import app
from schemas.errors import UsageError


def test_a_corpus_is_built_and_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "k.zip").write_bytes(kinect_zip(60, ("m01_s01_e01", "m01_s02_e01")))
    (data / "short.bvh").write_text(bvh_text(8))
    out = tmp_path / "corpus.h5"
    made = CliRunner().invoke(app, ["build", str(data), "--out", str(out), "--processes", "1"])
    assert made.exit_code == 0, made.output
    assert "2 recordings of 3 takes" in made.output and "1 takes refused" in made.output
    told = CliRunner().invoke(app, ["info", str(out), "--json"])
    found = json.loads(told.output)
    assert found["recordings"] == 2 and set(found["subject"]) == {"ui_prmd_s01", "ui_prmd_s02"}
    assert "at least 30" in found["refused"][0]["reason"]
    shown = CliRunner().invoke(app, ["info", str(out)])
    assert "deep_squat" in shown.output


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["build", str(tmp_path / "none"), "--out", str(tmp_path / "c.h5")])
    assert isinstance(found.exception, UsageError)
    with pytest.raises(UsageError, match="expected folders of recordings"):
        raise found.exception
