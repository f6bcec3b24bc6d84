"""Imports go down only, and looking at a room costs nothing."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ("schemas", "kinetrace", "adapters", "stages")


def upstream(module: str) -> set[str]:
    """Every module of ours that one can reach."""
    import grimp

    graph = grimp.build_graph(*ORDER, cache_dir=None)
    below = {m for m in graph.modules if m == module or m.startswith(f"{module}.")}
    return set().union(*(graph.find_upstream_modules(m) for m in below))


@pytest.mark.parametrize("number", range(len(ORDER)))
def test_no_room_knows_a_room_above_it(number: int) -> None:
    above = ORDER[number + 1 :]
    assert [m for m in sorted(upstream(ORDER[number])) if m.split(".")[0] in above] == []


def test_the_store_knows_nothing_of_motion_physics_or_models() -> None:
    rooms = {".".join(m.split(".")[:2]) for m in upstream("kinetrace.store") if m.startswith("kinetrace.")}
    assert rooms == {"kinetrace.store"}


def test_importing_every_schema_and_the_whole_store_loads_no_heavy_library_and_writes_nothing(tmp_path: Path) -> None:
    rooms = {"schemas": ROOT / "schemas", "kinetrace.store": ROOT / "kinetrace" / "store"}
    modules = [f"{room}.{m.name}" for room, folder in rooms.items() for m in pkgutil.iter_modules([str(folder)])]
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(modules)}; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    heavy = {"torch", "mujoco", "mediapipe", "cv2", "viser", "plotly", "pyarrow", "sklearn", "matplotlib", "scipy"}
    assert heavy & {m.partition(".")[0] for m in ended.stdout.split()} == set()
    assert list(tmp_path.iterdir()) == []
