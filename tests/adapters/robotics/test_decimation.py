from __future__ import annotations

import numpy as np
import pytest

from adapters.robotics.body import Body
from adapters.robotics.decimation import decimate, decimation_factor
from schemas.motion import Validity


@pytest.mark.parametrize(("fps", "factor"), [(60, 1), (120, 1), (121, 2), (240, 2), (250, 3), (1000, 9)])
def test_the_factor_is_the_least_that_keeps_the_limit(fps: float, factor: int) -> None:
    assert decimation_factor(float(fps), 120.0) == factor


def _body(frequency: float, fps: float = 480.0) -> Body:
    body = Body.empty(960)
    body.positions[:] = np.sin(2 * np.pi * frequency * np.arange(960) / fps)[:, None, None]
    body.validity[:] = Validity.MEASURED
    return body


def test_movement_stays_and_what_would_fold_is_taken_out() -> None:
    slow, buzz = _body(3.0), _body(110.0)
    np.testing.assert_allclose(decimate(slow, 4).positions[5:-5], slow.positions[::4][5:-5], atol=0.002)
    assert np.abs(decimate(buzz, 4).positions[10:-10]).max() < 0.02  # 110 Hz would fold to 10 Hz


def test_gaps_stay_gaps() -> None:
    body = _body(3.0)
    body.positions[400:440] = np.nan
    body.validity[400:440] = Validity.MISSING
    thin = decimate(body, 4)
    assert np.isnan(thin.positions[100:110]).all() and np.isfinite(thin.positions[:100]).all()
    assert decimate(body, 1) is body
