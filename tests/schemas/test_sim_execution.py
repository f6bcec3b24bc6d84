from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.sim_execution import Correction, Outcome, OutcomeArrays, SimExecutionParams


def test_an_outcome_survives_json() -> None:
    outcome = Outcome(
        variant=-1, success=False, labels=("no_fall", "slip_exceeded"), reasons=("foot slip 0.2 m",),
        root_force_rms_bw=0.1, root_moment_rms_bwh=0.01, torque_saturation_fraction=0.0, tracking_error_mean_m=0.02,
        foot_slip_m=0.2, fell=False, correction=Correction(fraction=0.5, joint_change_mm=10.0, latent_change=0.3),
    )  # fmt: skip
    assert Outcome.model_validate_json(outcome.model_dump_json(), strict=True) == outcome


def test_every_executed_motion_has_its_own_time() -> None:
    assert OutcomeArrays.specs()["time"].shape == ("executed", "steps")
    assert OutcomeArrays.specs()["variant"].dtype == "int32"


@pytest.mark.parametrize(
    ("field", "value"), [("timestep_s", 0.05), ("timestep_s", 0.0), ("fall_pelvis_fraction", 1.0), ("corrections", -1)]
)
def test_an_execution_that_has_no_meaning_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=field):
        SimExecutionParams(**{field: value})  # type: ignore[arg-type]
