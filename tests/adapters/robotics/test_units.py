from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.robotics.units import METRES, PERSON_M, Unit, fitting_unit, unit_advice


@given(st.floats(*PERSON_M, exclude_min=True, exclude_max=True), st.sampled_from(sorted(METRES)))
def test_a_person_written_in_any_unit_is_recognised_in_it(metres: float, unit: Unit) -> None:
    assert fitting_unit(metres / METRES[unit]) == unit


@pytest.mark.parametrize("size", [0.0, 0.4, 34.0, 3000.0])
def test_no_unit_makes_a_person_of_other_sizes(size: float) -> None:
    assert fitting_unit(size) is None
    assert unit_advice(size, "the height").startswith(
        f"No unit makes this a person (the height: {size:.3g} m if in m, "
    )


def test_the_advice_names_the_unit_and_the_size_it_gives() -> None:
    assert unit_advice(1712.0, "the height").endswith("says: units: mm (the height is then 1.71 m).")
