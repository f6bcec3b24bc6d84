from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import TypeCheckError
from made_prediction import made_places

from kinetrace.models.cmu_protocol import Future, Windows, zero_velocity
from kinetrace.models.motion_prediction.judging import errors_by_action


def test_the_truth_has_no_error_and_short_files_have_none_at_all() -> None:
    found = errors_by_action(lambda some: some[:, 10:], {"b": (made_places(60),), "a": (made_places(34),)})
    assert list(found) == ["b"] and (found["b"] == 0).all()


def test_windows_of_all_files_weigh_alike() -> None:
    still, straight = np.zeros((35, 38, 3)), np.zeros((37, 38, 3))
    straight[:, :, 0] = np.arange(37)[:, None]  # one millimetre a frame: three windows
    found = errors_by_action(zero_velocity, {"a": (still, straight)})
    np.testing.assert_allclose(found["a"], np.arange(1, 26) * 3 / 4)


def test_a_prediction_of_another_length_is_refused() -> None:
    def short(some: Windows) -> Future:
        return some[:, 10:20]

    with pytest.raises((TypeCheckError, ValueError), match=r"25|broadcast"):
        errors_by_action(short, {"a": (made_places(40),)})
