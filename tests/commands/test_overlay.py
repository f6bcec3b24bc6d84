"""`kinetrace overlay`: a picture where the user says, and numbers for machines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from adapters.videopose3d import pose_network
from adapters.videopose3d.landmarks import Landmarks
from benchmarks.film_bytes import make_film, pictures
from commands.overlay import app
from schemas.errors import CaptureError, UsageError

RUN = CliRunner()


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A film in whose every frame somebody stands, and a folder to work in."""
    path = tmp_path / "walk.mp4"
    path.write_bytes(make_film(pictures(6, 320, 240)))

    def found(film: object, *, upright: int | None, place: object, progress: object) -> Landmarks:
        points = np.random.default_rng(0).uniform(50, 200, (6, 33, 2))
        return Landmarks(np.arange(6) / 30, points, np.ones((6, 33)), (320, 240), upright or 0, (f"place {place}",))

    monkeypatch.setattr(pose_network, "find_landmarks", found)
    monkeypatch.chdir(tmp_path)
    return path


def test_the_picture_goes_to_runs_or_where_the_user_says(film: Path, tmp_path: Path) -> None:
    assert RUN.invoke(app, [str(film)]).exit_code == 0
    assert (tmp_path / "runs" / "walk_overlay.png").stat().st_size > 1000
    said = RUN.invoke(app, [str(film), "--out", "there.png", "--place", "0.4,0.6", "--turns", "3", "--json"])
    told = json.loads(said.stdout)
    assert told["picture"] == "there.png" and (tmp_path / "there.png").is_file()
    assert told["remarks"] == ["place (0.4, 0.6)"] and told["quarter_turns"] == 3 and told["frames"] == 6


@pytest.mark.parametrize("place", ["0.4", "0.4,1.6", "left,top", "0.1,0.2,0.3"])
def test_a_place_outside_the_picture_is_refused(film: Path, place: str) -> None:
    done = RUN.invoke(app, [str(film), "--place", place])
    assert isinstance(done.exception, UsageError) and "--place 0.5,0.6" in done.exception.fix


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("no film at all", encoding="utf-8")
    assert isinstance(RUN.invoke(app, [str(path)]).exception, CaptureError)
