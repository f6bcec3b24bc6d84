from __future__ import annotations

import numpy as np
import pytest
from made_pinn import made_recording, tiny_loaded

from kinetrace.training.pinn_data import Recording
from kinetrace.training.pinn_probe import VIEWS, describe, probe
from schemas.errors import ComputeError


def people(subjects: str, speeds: dict[str, float]) -> list[Recording]:
    return [
        made_recording(48, subject=s, movement=m, speed=v, seed=10 * k + n)
        for k, s in enumerate(subjects)
        for m, v in speeds.items()
        for n in range(4)
    ]


SPEEDS = {"slow": 0.5, "quick": 4.0}


def test_movements_that_differ_in_speed_are_told_apart_in_every_view() -> None:
    found = probe(tiny_loaded(), people("ab", SPEEDS), people("c", SPEEDS))
    assert set(found) == set(VIEWS)
    for view in VIEWS:
        assert found[view].accuracy == 1.0, view
    assert found["pinn"].features == found["pca"].features == found["pinn_joints"].features == 32
    assert found["raw"].features == 2 * 17 * 12
    assert found["raw"].ari == pytest.approx(1.0)


def test_labels_that_say_nothing_are_not_found() -> None:
    found = probe(tiny_loaded(), people("ab", {"x": 1.0, "y": 1.0}), people("cdef", {"x": 1.0, "y": 1.0}))
    assert found["pinn"].accuracy < 0.8
    assert abs(found["pinn"].ari) < 0.4


def test_a_description_has_a_row_a_frame() -> None:
    (one,) = describe(tiny_loaded(), [made_recording(30)])
    assert one.tokens.shape == (30, 16)
    assert one.joints.shape == (30, 17 * 16)
    assert one.states.shape == (30, 17 * 12)
    assert np.allclose(one.joints.reshape(30, 17, 16).mean(axis=1), one.tokens, atol=1e-6)


def test_one_movement_cannot_be_probed() -> None:
    with pytest.raises(ComputeError, match=r"movements: expected two or more.*found 1 and 2"):
        probe(tiny_loaded(), people("a", {"slow": 1.0}), people("b", SPEEDS))
