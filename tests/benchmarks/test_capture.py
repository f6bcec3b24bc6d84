"""The figures of `kinetrace bench capture`, from made errors by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.capture import breakdown, figures
from benchmarks.film_truth import Errors
from benchmarks.made_films import Filmed, Plan


def errors(off_m: float, angle: float, late_s: float) -> Errors:
    return Errors(
        joints=np.full(10, off_m), pelvis=np.full(5, off_m / 2.0), angles=np.full(6, angle), events=np.array([late_s]), asked=2,
        floor_m=0.004, floor_deg=0.2, floor_source="ransac",
    )  # fmt: skip


def filmed(seed: int, off_m: float, angle: float, path_s: float = 0.4) -> Filmed:
    plan = Plan(seed, "gait" if seed % 2 else "squat", "side", "tripod", "landscape", occlusion=False)
    return Filmed(
        plan=plan, fused=errors(off_m, angle, 0.02), arkit=errors(0.1, 20.0, 0.05), posed=errors(0.06, 8.0, 0.03),
        alone=np.full(8, 0.055), drift_m=0.01, network_s=4.0, path_s=path_s, frames=100,
    )  # fmt: skip


def test_figures_are_the_medians_and_means_of_what_was_measured() -> None:
    found = figures([filmed(1000, 0.02, 3.0), filmed(1001, 0.02, 5.0)])
    assert found["fused.joint_mm"].value == pytest.approx(20.0)
    assert found["fused.pelvis_mm"].value == pytest.approx(10.0)
    assert found["fused.angle_deg"].value == pytest.approx(4.0)
    assert found["fused.angle_gain"].value == pytest.approx(80.0)
    assert found["video.joint_mm"].value == pytest.approx(55.0)
    assert found["path_overhead"].value == pytest.approx(10.0)
    assert found["events.ms"].value == pytest.approx(20.0)
    assert found["events.found"].value == pytest.approx(50.0)
    assert found["floor.cm"].value == pytest.approx(0.4)
    assert all(
        found[key].holds
        for key in ("fused.joint_mm", "fused.angle_deg", "fused.angle_gain", "floor.cm", "path_overhead")
    )


def test_what_misses_its_goal_is_said_to() -> None:
    found = figures([filmed(1000, 0.05, 9.0, path_s=1.2)])
    assert not any(
        found[key].holds for key in ("fused.joint_mm", "fused.angle_deg", "fused.angle_gain", "path_overhead")
    )


def test_the_breakdown_keeps_groups_apart() -> None:
    found = breakdown([filmed(1000, 0.02, 3.0), filmed(1001, 0.04, 5.0)])
    assert found["movement.squat.joint_mm"].value == pytest.approx(20.0)
    assert found["movement.gait.joint_mm"].value == pytest.approx(40.0)
    assert found["view.side.joint_mm"].value == pytest.approx(30.0)
    assert not any(name.startswith("view.front") for name in found)


def test_without_the_real_recordings_the_real_films_figure_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    from benchmarks.real_film import real_film
    from kinetrace.store.workspace import Workspace

    monkeypatch.setenv("KINETRACE_DATA", str(tmp_path))
    found = real_film(Workspace(Path(str(tmp_path))))
    assert found["real.audit"].value is None
