import time

import numpy as np

from benchmarks import physics_speed
from benchmarks.physics_speed import _summary, in_turn
from schemas.benchmark import Figure


def test_functions_are_timed_in_turn_and_by_their_own_work():
    order: list[str] = []

    def long():
        order.append("long")
        began = time.process_time()
        while time.process_time() - began < 0.01:
            pass

    def short():
        order.append("short")

    slow, quick = in_turn([long, short], rounds=3)
    assert order == ["long", "short"] * 4
    assert slow > 0.009 > quick


def test_the_worst_clip_decides():
    def figure(value):
        return Figure(value=value, units="u", goal="g", holds=True)

    figures = {f"{key}.{clip}": figure(v) for key in ("score.ratio", "score.ms", "ik.fps", "ik.residual")
               for clip, v in (("a", 1.0), ("b", 3.0))}  # fmt: skip
    found = _summary(figures)
    assert [found[k].value for k in ("score.ratio", "score.ms", "ik.fps", "ik.residual")] == [3.0, 3.0, 1.0, 3.0]
    assert found["ik.fps"].note == "worst of 2: a"


def test_a_short_recording_is_measured_whole(recordings, monkeypatch):
    """Every key is there; how fast this machine is today is no test's business."""
    monkeypatch.setenv("KINETRACE_DATA", str(recordings))
    monkeypatch.setattr(physics_speed, "TRIALS", {"walking1": "gait", "walking2": "gait"})
    monkeypatch.setattr(physics_speed, "ROUNDS", 1)
    found = physics_speed.measure(None)
    assert {"score.ratio", "score.ms", "ik.fps", "ik.residual", "stage.s", "ik.fps.walking1"} <= set(found)
    assert all(f.value is not None and np.isfinite(f.value) for f in found.values())
    assert found["ik.residual"].holds
    assert "mink" in found["ik.fps"].peer
