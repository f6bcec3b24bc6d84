from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from kinetrace.store.plan import StagePlan
from schemas.errors import UsageError
from schemas.params import Params
from stages.registry import STAGES, TITLES, find_stage, load

ROOT = Path(__file__).resolve().parents[2]
NAMES = [p.name for p in STAGES]


def entry(plan: StagePlan) -> dict[str, object]:
    """What dvc.yaml must say of one stage."""
    parents = [f"artifacts/${{capture}}/{p}" for p in plan.parents] or ["captures/${capture}"]
    found: dict[str, object] = {
        "cmd": f"kinetrace stage {plan.section}",
        "deps": [*parents, *plan.code, "requirements.lock"],
        "outs": [f"artifacts/${{capture}}/{plan.name}"],
    }
    if type(getattr(Params(capture="x"), plan.section)).model_fields:
        found["params"] = [plan.section]
    return found


def test_dvc_yaml_is_the_registry() -> None:
    written = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    assert list(written) == ["stages"]
    assert list(written["stages"]) == NAMES
    for plan in STAGES:
        assert written["stages"][plan.name] == entry(plan), plan.name


def test_no_command_carries_anything_that_a_capture_could_choose() -> None:
    for plan in STAGES:
        assert re.fullmatch(r"kinetrace stage [a-z_]+", str(entry(plan)["cmd"]))


def test_params_yaml_shows_exactly_the_defaults() -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "capture: demo_walk"
    assert yaml.safe_load(text) == json.loads(Params(capture="demo_walk").model_dump_json())


def test_params_yaml_has_a_section_a_stage_in_order() -> None:
    written = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    assert list(written) == ["capture", *(p.section for p in STAGES)]


def test_the_stages_are_numbered_in_order_and_named_after_their_section() -> None:
    assert [p.name for p in STAGES] == [f"s{i:02d}_{p.section}" for i, p in enumerate(STAGES)]
    assert list(TITLES) == NAMES


def test_parents_come_before_their_children_and_only_stage_0_reads_the_capture() -> None:
    for number, plan in enumerate(STAGES):
        assert set(plan.parents) <= set(NAMES[:number])
        assert list(plan.parents) == sorted(plan.parents)
        assert bool(plan.parents) == (number > 0)


def test_outputs_by_hand() -> None:
    assert find_stage("world_model").outputs == ("checkpoint.pt", "embeddings.npz", "uncertainty.npz", "training.json")
    assert find_stage("s10_audit").parents == tuple(NAMES[:10])


@pytest.mark.parametrize("plan", STAGES, ids=NAMES)
def test_a_stage_is_found_by_both_of_its_names(plan: StagePlan) -> None:
    assert find_stage(plan.name) is plan
    assert find_stage(plan.section) is plan


@pytest.mark.parametrize("name", ["", "adaptor", "../adapter", "s00", "ADAPTER", "adapter;ls"])
def test_an_unknown_stage_is_refused_and_the_known_ones_listed(name: str) -> None:
    with pytest.raises(UsageError, match=r"expected adapter \| alignment \| .* \| audit, found"):
        find_stage(name)


@cache
def graph() -> object:
    """The static import graph of all our packages, function-level imports included."""
    import grimp

    return grimp.build_graph("schemas", "kinetrace", "adapters", "stages", cache_dir=None)


def source(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def is_inside(file: str, code: tuple[str, ...]) -> bool:
    return any(file == place or file.startswith(f"{place}/") for place in code)


def reached(module: str) -> set[str]:
    """Every module that importing one runs: what it imports, and the packages around each."""
    found = {module} | graph().find_upstream_modules(module)  # type: ignore[attr-defined]
    return found | {".".join(m.split(".")[:n]) for m in found for n in range(1, m.count(".") + 1)}


@pytest.mark.parametrize("plan", STAGES, ids=NAMES)
def test_the_declared_code_holds_whatever_the_stage_imports(plan: StagePlan) -> None:
    files = {source(m) for m in reached(f"stages.{plan.name}.stage") | {"kinetrace.store.execute"}}
    assert sorted(f for f in files if not is_inside(f, plan.code)) == []


@pytest.mark.parametrize("plan", STAGES, ids=NAMES)
def test_nothing_is_declared_that_the_stage_never_imports(plan: StagePlan) -> None:
    files = {source(m) for m in reached(f"stages.{plan.name}.stage") | reached("kinetrace.store.execute")}
    weights = {place for place in plan.code if place.startswith("kinetrace/models/weights/")}
    assert [
        place for place in plan.code if place not in weights and not any(is_inside(f, (place,)) for f in files)
    ] == []
    assert {f"kinetrace/models/{Path(place).stem}" for place in weights} <= set(plan.code), "weights without their room"


@pytest.mark.parametrize("plan", STAGES, ids=NAMES)
def test_every_declared_place_is_there(plan: StagePlan) -> None:
    assert [place for place in plan.code if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("plan", STAGES, ids=NAMES)
def test_a_stage_room_says_its_promise_and_has_a_short_edge(plan: StagePlan) -> None:
    room = ROOT / "stages" / plan.name
    assert re.fullmatch(r'"""[^\n]+\."""\n', (room / "__init__.py").read_text(encoding="utf-8"))
    assert len((room / "stage.py").read_text(encoding="utf-8").splitlines()) <= 80


def test_loading_a_stage_gives_its_run() -> None:
    assert load(find_stage("audit")).__module__ == "stages.s10_audit.stage"
