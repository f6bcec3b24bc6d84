from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.planning import GoalParams, Rejection, Variant, VariantArrays


@given(value=st.floats(0.0, 1e6), bound=st.floats(0.0, 1e6), step=st.integers(0, 1000))
def test_a_variant_keeps_the_reasons_for_its_rejection(value: float, bound: float, step: int) -> None:
    rejection = Rejection(rule="max_joint_speed", value=value, bound=bound, units="m/s", step=step)
    variant = Variant(
        index=0, kind="goal", keyframe_anchor=3, accepted=False, rejections=(rejection,), reencoding_gap=0.1,
        mean_change_mm=4.0,
    )  # fmt: skip
    assert Variant.model_validate_json(variant.model_dump_json(), strict=True) == variant
    assert variant.goal_reached_deg is None


def test_variants_and_the_recorded_motion_have_one_shape() -> None:
    specs = VariantArrays.specs()
    assert specs["positions"] == specs["reference"]
    assert specs["positions"].shape == ("variants", "steps", 21, 3)


def test_a_goal_beyond_what_a_knee_can_change_is_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 45"):
        GoalParams(change_deg=60.0)
    with pytest.raises(ValidationError, match="kind"):
        GoalParams(kind="backflip")  # type: ignore[arg-type]
