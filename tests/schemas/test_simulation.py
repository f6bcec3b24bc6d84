from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.simulation import EVENT_KINDS, TruthArrays


def truth(
    frames: int, events: int, repetitions: int, seats: int
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    lengths = {"frames": frames, "events": events, "repetitions": repetitions, "seats": seats}
    return {
        name: np.zeros([a if isinstance(a, int) else lengths[a] for a in spec.shape], spec.dtype)
        for name, spec in TruthArrays.specs().items()
    }


@given(frames=st.integers(0, 9), events=st.integers(0, 9), repetitions=st.integers(0, 9), seats=st.integers(0, 1))
def test_frames_events_and_repetitions_are_counted_apart(
    frames: int, events: int, repetitions: int, seats: int
) -> None:
    made = TruthArrays(**truth(frames, events, repetitions, seats))
    assert (len(made.time), len(made.event_time), len(made.repetition_times)) == (frames, events, repetitions)


def test_events_by_hand() -> None:
    assert EVENT_KINDS == ("heel_strike", "toe_off")


def test_an_event_without_its_side_is_refused() -> None:
    arrays = truth(3, 2, 1, 0)
    with pytest.raises(ValidationError, match="event_side: expected 2 events as in event_time, found 1"):
        TruthArrays(**{**arrays, "event_side": arrays["event_side"][:1]})


def test_the_way_into_the_captures_world_is_four_by_four() -> None:
    with pytest.raises(ValidationError, match="to_capture: expected length 4"):
        TruthArrays(**{**truth(3, 0, 0, 0), "to_capture": np.zeros((3, 4))})
