from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import formats
from benchmarks.example_pictures import pictures
from benchmarks.format_recordings import listed, rows
from benchmarks.made_exports import exports
from benchmarks.registry import markdown
from kinetrace.simulation.simulate import simulate
from schemas.benchmark import Benchmark, Figure

NUMBER = re.compile(r"-?\d+\.\d")


def _table(project: Path) -> str:
    page = (project / "docs" / "formats.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- begin: kinetrace bench formats --markdown -->\n(.*)<!-- end -->", page, re.DOTALL)
    assert found is not None
    return found[1]


def _keys(table: str) -> list[str]:
    return [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")][1:]


def test_the_page_has_the_columns_and_every_format_of_the_command(project: Path) -> None:
    made = exports(simulate("gait", 2.0, 1).truth.positions.astype(float)[:90], 1.75)
    empty = Benchmark(
        name="formats", machine="x", command="kinetrace bench formats", figures={"k": Figure(value=None, units="")}
    )
    table = _table(project)
    assert next(line for line in markdown(empty).splitlines() if line.startswith("| key")) in table
    keys = _keys(table)
    assert [key for key in keys if key.startswith("round_trip.")] == [f"round_trip.{name}_mm" for name in made]
    assert {"trc_2000_s", "recordings.used", "recordings.refused", "recordings.crashed", "same_bytes"} <= set(keys)
    assert "**no**" not in table and "| recordings.crashed | 0 of" in table


def test_the_page_has_a_row_for_every_recording(project: Path, recordings: Path) -> None:
    keys = {key.partition("::")[0] for key in _keys(_table(project))}
    assert set(listed(recordings)) <= keys


def test_the_pages_pictures_are_what_the_command_draws(project: Path) -> None:
    """Numbers may differ by what another processor rounds; what is drawn may not."""
    page = (project / "docs" / "bring-your-own.md").read_text(encoding="utf-8")
    for name, text in pictures():
        assert f"pictures/{name}" in page
        there = (project / "docs" / "pictures" / name).read_text(encoding="utf-8")
        assert NUMBER.sub("0", there) == NUMBER.sub("0", text), name
        pairs = zip(NUMBER.findall(there), NUMBER.findall(text), strict=True)
        assert max(abs(float(a) - float(b)) for a, b in pairs) <= 0.3, name


def test_a_long_trc_and_round_trips_are_measured() -> None:
    figure = formats._long_trc()
    assert figure.value is not None and figure.value > 0.0 and "39 markers" in figure.note
    trips = formats._round_trips()
    assert all(figure.holds for figure in trips.values())


def test_a_folder_of_odd_files_gives_a_row_each(tmp_path: Path) -> None:
    (tmp_path / "walk.trc").write_text("no TRC")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "LICENSE").write_text("none")
    names = ("walk.trc", "notes.txt", "LICENSE", "gone.trc")
    table = "| file | licence |\n|---|---|\n" + "".join(f"| {name} | CC0 |\n" for name in names)
    (tmp_path / "MANIFEST.md").write_text(table)
    assert listed(tmp_path) == ("walk.trc", "notes.txt")
    found = {row.name: row for row in rows(tmp_path)}
    assert found["walk.trc"].outcome == "refused" and "PathFileType" in found["walk.trc"].told
    assert found["notes.txt"].outcome == "refused" and "found notes.txt" in found["notes.txt"].told


def test_without_recordings_the_made_ones_are_measured_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINETRACE_DATA", str(tmp_path / "none"))
    monkeypatch.setattr(formats, "_long_trc", lambda: Figure(value=0.1, units="s"))
    monkeypatch.setattr(formats, "_round_trips", dict)
    figures = formats.measure(None)  # type: ignore[arg-type]
    assert figures["recordings.used"].value is None and "MANIFEST.md" in figures["recordings.used"].note
