from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from schemas.physical_state import ANGLES, ContactParams, FilterParams, PhysicalStateArrays, Subject


def test_every_array_but_none_is_counted_in_frames() -> None:
    assert {spec.shape[0] for spec in PhysicalStateArrays.specs().values()} == {"frames"}


def test_the_state_is_four_vectors_a_joint() -> None:
    assert PhysicalStateArrays.specs()["state"].shape == ("frames", 21, 12)
    assert ANGLES == ("hip_r", "knee_r", "ankle_r", "hip_l", "knee_l", "ankle_l", "trunk")
    assert PhysicalStateArrays.specs()["angles"].shape == ("frames", len(ANGLES))


def test_an_array_of_another_length_is_refused() -> None:
    arrays = {
        name: np.zeros([a if isinstance(a, int) else 4 for a in spec.shape], spec.dtype)
        for name, spec in PhysicalStateArrays.specs().items()
    }
    PhysicalStateArrays(**arrays)
    with pytest.raises(ValidationError, match="com: expected 4 frames as in time, found 5"):
        PhysicalStateArrays(**{**arrays, "com": np.zeros((5, 9), np.float32)})


@pytest.mark.parametrize("order", [0, 9])
def test_a_filter_has_an_order_from_one_to_eight(order: int) -> None:
    with pytest.raises(ValidationError, match="order"):
        FilterParams(order=order)


def test_a_contact_cannot_end_before_it_began() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        ContactParams(release_ratio=0.9)


def test_a_mass_that_nobody_declared_stays_unknown() -> None:
    subject = Subject(
        id="s1", stature_m=1.7, stature_source="estimated", mass_kg=None, sex="unknown", segment_lengths_m={}
    )
    assert Subject.model_validate_json(subject.model_dump_json(), strict=True) == subject
