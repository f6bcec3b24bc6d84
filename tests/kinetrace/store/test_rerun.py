from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_project import FUNCTIONS, PLANS, Numbers, Project, Words

from kinetrace.store.execute import execute
from kinetrace.store.rerun import TOLERANCE
from kinetrace.store.stage_run import StageRun
from schemas.base import Strict
from schemas.errors import StorageError
from schemas.manifest import AuditReport

Function = Callable[[StageRun, Any], None]


def again(project: Project, **functions: Function) -> AuditReport:
    return project.audit(rerun=lambda plan: functions.get(plan.name, FUNCTIONS[plan.name]))


def trained(values: np.ndarray, text: str = "x", count: int = 3, device: str = "cuda:0") -> Function:
    """A stage that trained on a GPU: its numbers are its own each time."""

    def labels(run: StageRun, params: Any) -> None:
        run.device = device
        run.write_json("words.json", Words(text=text, count=count))
        run.write_arrays("numbers.npz", Numbers(values=values))

    return labels


def test_the_same_stages_give_the_same_bytes_and_the_project_is_left_alone(toy: Project) -> None:
    before = {p: p.read_bytes() for p in toy.root.rglob("*") if p.is_file()}
    report = again(toy)
    assert report.ok
    assert report.summary.promises["REPRODUCIBLE"] == "holds"
    assert [s.reproducible for s in report.summary.stages] == [True, True, True]
    assert {p: p.read_bytes() for p in toy.root.rglob("*") if p.is_file()} == before


def test_only_the_stage_that_differs_is_named_and_not_its_children(toy: Project) -> None:
    def other(run: StageRun, params: Any) -> None:
        run.write_arrays("numbers.h5", Numbers(values=np.ones(3)))

    report = again(toy, s01_alignment=other)
    assert [(f.code, f.where) for f in report.findings] == [
        ("rerun.output.differs", "artifacts/toy/s01_alignment/numbers.h5")
    ]
    assert [s.reproducible for s in report.summary.stages] == [True, False, True]
    assert report.summary.exit_code == 1


def test_what_is_damaged_or_stale_is_not_run_again(toy: Project) -> None:
    def never(run: StageRun, params: Any) -> None:
        raise AssertionError("was run")

    (toy.root / "requirements.lock").write_text("numpy==2.1.0\n")
    report = again(toy, **{p.name: never for p in PLANS})
    assert report.summary.promises["REPRODUCIBLE"] == "unchecked"
    assert {s.reproducible for s in report.summary.stages} == {None}


def test_unasked_it_is_not_asked(toy: Project) -> None:
    assert toy.audit().summary.promises["REPRODUCIBLE"] == "not asked"


@pytest.mark.parametrize(
    ("second", "apart"),
    [
        (trained(np.array([1.0, 2.0, 3.0])), None),
        (trained(np.array([1.0, 2.0, 3.0]) * (1 + 0.9 * TOLERANCE)), None),
        (trained(np.array([1.0, 2.0, 3.0]) * (1 - 1.1 * TOLERANCE)), "0.0582"),
        (trained(np.zeros(3)), "2.16"),
        (trained(np.array([1.0, 2.0])), "inf"),
        (trained(np.array([1.0, 2.0, 3.0]), text="y"), "inf"),
        (trained(np.array([1.0, 2.0, 3.0]), count=4), "inf"),
    ],
)
def test_what_a_gpu_trained_is_compared_by_its_numbers(toy: Project, second: Function, apart: str | None) -> None:
    execute(toy.workspace, PLANS[2], trained(np.array([1.0, 2.0, 3.0])))
    report = again(toy, s03_labels=second)
    assert [(f.code, f.found) for f in report.findings] == (
        [] if apart is None else [("rerun.tolerance.exceeded", apart)]
    )


class Figures(Strict):
    """A toy document of figures."""

    loss: float
    curve: tuple[float, ...]


def figures(*values: float, archive: bytes | None = None) -> Function:
    def labels(run: StageRun, params: Any) -> None:
        run.device = "cuda:0"
        run.write_json("words.json", Figures(loss=values[0], curve=values[1:]))
        if archive is None:
            run.write_arrays("numbers.npz", Numbers(values=np.ones(3)))
        else:
            run.write_bytes("numbers.npz", archive)

    return labels


@pytest.mark.parametrize(
    ("second", "where", "apart"),
    [
        (figures(1.04, 0.04, 100.0, archive=b"none"), "numbers.npz", "inf"),
        (figures(1.06, 0.0, 100.0), "words.json", "0.0566"),
        (figures(1.0, 0.06, 100.0), "words.json", "0.06"),
        (figures(1.0, 0.0, 90.0), "words.json", "0.111"),
        (figures(1.0, 0.0), "words.json", "inf"),
    ],
)
def test_figures_are_held_relative_to_themselves_or_to_1(
    toy: Project, second: Function, where: str, apart: str
) -> None:
    execute(toy.workspace, PLANS[2], figures(1.0, 0.0, 100.0))
    (finding,) = again(toy, s03_labels=second).findings
    assert (finding.where, finding.found) == (f"artifacts/toy/s03_labels/{where}", apart)


def archive(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, values=values)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "apart"),
    [
        (np.array([[1, 2, 3, 5]]), "inf"),
        (np.array([[1.0, 2.0, 3.0, 4.0]]), "inf"),
        (np.array([[1], [2], [3], [4]]), "inf"),
        (np.zeros((1, 0)), "inf"),
        (np.array([[1, 2, 3, 4]]), None),
    ],
)
def test_whole_numbers_shapes_and_kinds_must_be_equal(toy: Project, values: np.ndarray, apart: str | None) -> None:
    execute(toy.workspace, PLANS[2], figures(1.0, archive=archive(np.array([[1, 2, 3, 4]]))))
    report = again(toy, s03_labels=figures(1.01, archive=archive(values)))
    assert [f.found for f in report.findings] == ([] if apart is None else [apart])


def test_an_empty_array_is_no_distance(toy: Project) -> None:
    execute(toy.workspace, PLANS[2], figures(1.0, archive=archive(np.zeros(0))))
    assert again(toy, s03_labels=figures(1.01, archive=archive(np.zeros(0)))).ok


def test_the_tolerance_is_for_gpus_alone(toy: Project) -> None:
    execute(toy.workspace, PLANS[2], trained(np.array([1.0, 2.0, 3.0]), device="cpu"))
    close = trained(np.array([1.0, 2.0, 3.0 + 1e-12]), device="cpu")
    assert [f.code for f in again(toy, s03_labels=close).findings] == ["rerun.output.differs"]


def test_another_device_could_not_be_checked(toy: Project) -> None:
    execute(toy.workspace, PLANS[2], trained(np.ones(3)))
    report = again(toy, s03_labels=trained(np.ones(3), device="cpu"))
    assert [(f.code, f.expected, f.found) for f in report.findings] == [("rerun.device.differs", "cuda:0", "cpu")]
    assert (report.summary.exit_code, report.summary.promises["REPRODUCIBLE"]) == (4, "unchecked")


def test_where_no_second_name_can_be_given_files_are_copied(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    assert again(toy).ok


def test_a_full_disk_is_no_difference(toy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StorageError, match="No space left on device"):
        again(toy)
    assert Path(toy.root).is_dir()
