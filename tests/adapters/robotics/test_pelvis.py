from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.pelvis import harrington_hip


def test_harringtons_formula_by_hand() -> None:
    shape = np.array([[0.0, 0.0, 0.12], [0.0, 0.0, -0.12], [-0.15, 0.0, 0.05], [-0.15, 0.0, -0.05]])
    # PW 240 mm, PD 150 mm: back 0.24*150+9.9 = 45.9, down 0.30*240+10.9 = 82.9, out 0.33*240+7.3 = 86.5
    np.testing.assert_allclose(harrington_hip(shape, "r"), [-0.0459, -0.0829, 0.0865])
    np.testing.assert_allclose(harrington_hip(shape, "l"), [-0.0459, -0.0829, -0.0865])


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_a_wider_pelvis_has_its_hips_further_out_and_down(factor: float) -> None:
    shape = np.array([[0.0, 0.0, 0.12], [0.0, 0.0, -0.12], [-0.15, 0.0, 0.05], [-0.15, 0.0, -0.05]])
    grown = harrington_hip(shape * factor, "r") - harrington_hip(shape, "r")
    assert np.sign(grown[2]) == np.sign(factor - 1) and np.sign(grown[1]) == -np.sign(factor - 1)
