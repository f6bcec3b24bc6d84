from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.adapter import AdapterParams, JointSource, SourceInfo, StaticPose

SOURCE = SourceInfo(
    adapter="robotics", format="trc", files=("walk.trc",), layout="opencap", units_found="mm", up_found="y",
    native_fps=60.0, fps=60.0, time_offset_s=0.0, max_timestamp_jitter_s=0.0, frames=300, simulated=False,
    joints=(JointSource(joint="r_knee", method="midpoint", measured_fraction=1.0, inferred_fraction=0.0),),
)  # fmt: skip


def test_provenance_survives_json() -> None:
    assert SourceInfo.model_validate_json(SOURCE.model_dump_json(), strict=True) == SOURCE


def test_what_was_not_said_is_empty_not_made_up() -> None:
    assert (SOURCE.licence, SOURCE.source, SOURCE.assumptions, SOURCE.left_out) == (None, None, (), ())


@pytest.mark.parametrize("joints", [0, 20, 22])
def test_a_static_pose_has_all_21_joints(joints: int) -> None:
    with pytest.raises(ValidationError, match="21 items"):
        StaticPose(file="standing.trc", positions=((0.0, 0.0, 0.0),) * joints, validity=(2,) * joints)


def test_units_are_one_of_three() -> None:
    with pytest.raises(ValidationError, match="'m', 'cm' or 'mm'"):
        SourceInfo.model_validate({**SOURCE.model_dump(), "units_found": "inch"})


def test_a_recording_of_fewer_than_eight_frames_cannot_be_allowed() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 8"):
        AdapterParams(min_frames=7)
