"""The speed benchmark measures the real audit on sound files; what it measures is not asserted here, for machines differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import audit_speed
from kinetrace.store.digest import digest_file
from schemas.errors import ArtifactError


def test_the_bare_loop_gives_the_digests_that_the_audit_compares(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kinetrace" * 100_000)
    whole = digest_file(path)
    assert audit_speed.raw(path, fast=False) == (whole.xxh3_128, whole.sha256)


def test_large_and_small_files_are_measured_under_their_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_speed, "ROUNDS", 1)
    figures = {**audit_speed.large(tmp_path / "large", 3_000_000, 3), **audit_speed.small(tmp_path / "small", 20)}
    assert list(figures) == ["ratio.strong", "ratio.fast", "files_per_s"]
    for figure in figures.values():
        assert figure.value is not None
        assert figure.value > 0
    sizes = [p.stat().st_size for p in (tmp_path / "large").rglob("*.bin")]
    assert sizes == [1_000_000] * 3


def test_a_capture_that_does_not_hold_is_not_measured(tmp_path: Path) -> None:
    project, plan = audit_speed.made(tmp_path / "p", 2, 100)
    (project.stage(audit_speed.CAPTURE, plan.name) / plan.outputs[0]).write_bytes(b"x" * 100)
    with pytest.raises(ArtifactError, match=r"output.content.changed"):
        audit_speed._sound(project, plan, fast=True)


def test_where_there_is_no_room_nothing_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_speed, "ROOM", 1 << 62)
    monkeypatch.setattr(audit_speed, "small", lambda root, count: {})
    figures = audit_speed.measure(tmp_path)  # type: ignore[arg-type]
    assert {key: (f.value, f.holds) for key, f in figures.items()} == {
        "ratio.strong": (None, None), "ratio.fast": (None, None),
    }  # fmt: skip
