from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_project import ADAPTER, ALIGNMENT, FUNCTIONS, PLANS, Project, Words, make_project

from kinetrace.store.documents import encode, read_json
from kinetrace.store.execute import SOURCE, execute
from kinetrace.store.plan import StagePlan
from kinetrace.store.stage_run import StageRun
from schemas.errors import ArtifactError, ComputeError, ParamsError
from schemas.manifest import Manifest


def files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_stage_is_published_whole(fresh: Project) -> None:
    target = execute(fresh.workspace, ADAPTER, FUNCTIONS["s00_adapter"])
    assert target == fresh.artifacts / "s00_adapter"
    assert sorted(p.name for p in target.iterdir()) == ["manifest.json", "words.json"]
    assert (target / "words.json").read_bytes() == encode(Words(text="one two three\n", count=3))


def test_the_manifest_says_what_was_read_written_and_decided(toy: Project) -> None:
    manifest = read_json(toy.artifacts / "s01_alignment" / "manifest.json", Manifest)
    assert (manifest.capture, manifest.stage) == ("toy", "s01_alignment")
    assert list(manifest.inputs) == ["s00_adapter"]
    assert [r.path for r in manifest.outputs] == ["numbers.h5"]
    assert manifest.params["max_tilt_deg"] == 10.0
    assert manifest.environment.device == "cpu"


def test_the_device_that_a_stage_names_is_in_the_manifest(fresh: Project) -> None:
    def on_a_gpu(run: StageRun, params: Any) -> None:
        run.device = "cuda:H100"
        FUNCTIONS["s00_adapter"](run, params)

    target = execute(fresh.workspace, ADAPTER, on_a_gpu)
    assert read_json(target / "manifest.json", Manifest).environment.device == "cuda:H100"


def test_two_projects_in_two_places_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = make_project(tmp_path / "here"), make_project(tmp_path / "there" / "deeper")
    here.run()
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.chdir(there.root)
    there.run()
    assert files(here.artifacts) == files(there.artifacts)
    assert str(tmp_path).encode() not in b"".join(files(here.artifacts).values())


def test_a_second_run_gives_the_same_bytes(toy: Project) -> None:
    before = files(toy.artifacts)
    toy.run()
    assert files(toy.artifacts) == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tilt=st.floats(0.1, 45.0))
def test_the_manifest_changes_exactly_when_the_stages_own_params_do(tilt: float, toy: Project) -> None:
    before = {s: (toy.artifacts / s / "manifest.json").read_bytes() for s in ("s00_adapter", "s01_alignment")}
    old = read_json(toy.artifacts / "s01_alignment" / "manifest.json", Manifest).params["max_tilt_deg"]
    (toy.root / "params.yaml").write_text(f"capture: toy\nalignment:\n  max_tilt_deg: {json.dumps(tilt)}\n")
    toy.run(ADAPTER, ALIGNMENT)
    assert (toy.artifacts / "s00_adapter" / "manifest.json").read_bytes() == before["s00_adapter"]
    changed = (toy.artifacts / "s01_alignment" / "manifest.json").read_bytes() != before["s01_alignment"]
    assert changed == (tilt != old)


def fails(run: StageRun, params: Any) -> None:
    run.write_json("words.json", Words(text="half", count=0))
    raise ComputeError(where="toy", field="x", expected="an answer", found="none", fix="Try another.")


def test_a_stage_that_fails_publishes_nothing(fresh: Project) -> None:
    with pytest.raises(ComputeError, match="expected an answer"):
        execute(fresh.workspace, ADAPTER, fails)
    assert files(fresh.root / "artifacts") == {}
    assert list(fresh.artifacts.iterdir()) == []


def test_a_stage_that_fails_keeps_the_old_artifact(toy: Project) -> None:
    before = files(toy.artifacts)
    with pytest.raises(ComputeError, match="expected an answer"):
        execute(toy.workspace, ADAPTER, fails)
    assert files(toy.artifacts) == before


def test_a_stage_that_writes_less_or_more_than_declared_is_refused(toy: Project) -> None:
    before = files(toy.artifacts)

    def more(run: StageRun, params: Any) -> None:
        FUNCTIONS["s00_adapter"](run, params)
        run.write_bytes("extra.bin", b"x")

    with pytest.raises(ArtifactError, match=r"expected words.json, found nothing"):
        execute(toy.workspace, ADAPTER, lambda run, params: None)
    with pytest.raises(ArtifactError, match=r"expected words.json, found extra.bin, words.json"):
        execute(toy.workspace, ADAPTER, more)
    assert files(toy.artifacts) == before


def test_bad_params_stop_a_stage_before_it_starts(fresh: Project) -> None:
    (fresh.root / "params.yaml").write_text("capture: toy\nadapter: {max_fp: 3.0}\n")
    with pytest.raises(ParamsError, match="Did you mean 'max_fps'"):
        execute(fresh.workspace, ADAPTER, lambda run, params: pytest.fail("the stage ran"))


def test_a_parent_that_has_not_run_stops_a_stage_before_it_starts(fresh: Project) -> None:
    with pytest.raises(ArtifactError, match="Run it first: kinetrace run toy"):
        execute(fresh.workspace, ALIGNMENT, lambda run, params: pytest.fail("the stage ran"))


def test_a_stage_gets_its_own_section_of_the_params(toy: Project) -> None:
    seen: list[Any] = []
    plan = StagePlan("s01_alignment", "alignment", ("s00_adapter",), (), ADAPTER.code)
    execute(toy.workspace, plan, lambda run, params: seen.append(params))
    assert type(seen[0]).__name__ == "AlignmentParams"


def test_the_source_is_the_folder_of_the_packages() -> None:
    assert (SOURCE / "kinetrace" / "store").is_dir()
    assert len(PLANS) == 3
