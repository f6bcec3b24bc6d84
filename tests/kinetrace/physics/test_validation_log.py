import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.physics.evidence import FrameScore
from kinetrace.physics.validation_log import fault_intervals
from schemas.sim_replay import SUB_SCORES, FrameFault


def log_of(faults, measure=None):
    faults = np.array(faults, dtype=np.uint32)
    measure = np.zeros(len(faults)) if measure is None else np.array(measure, dtype=float)
    frames = {name: FrameScore(np.ones(len(faults)), measure, "m", "") for name in SUB_SCORES}
    return fault_intervals(faults, 10.0, frames, measure, measure)


@given(st.lists(st.integers(0, 2**14 - 1), min_size=1, max_size=30))
def test_every_faulty_frame_is_in_exactly_one_interval_of_its_fault(faults):
    log = log_of(faults)
    for fault in FrameFault:
        if fault:
            inside = [f for i in log if i.fault == fault.name.lower() for f in range(i.start_frame, i.end_frame + 1)]
            assert inside == [f for f, bits in enumerate(faults) if bits & fault]


def test_one_interval_by_hand():
    slip = int(FrameFault.FOOT_SLIP)
    (found,) = log_of([0, slip, slip, 0], [9.0, 0.2, 0.7, 9.0])
    assert (found.start_s, found.end_s, found.worst, found.units, found.fault) == (0.1, 0.2, 0.7, "m", "foot_slip")


def test_two_stretches_are_two_intervals_in_order_of_time():
    bit = int(FrameFault.ROOT_RESIDUAL)
    assert [i.start_frame for i in log_of([bit, 0, bit | int(FrameFault.BRIDGED)])] == [0, 2, 2]


def test_a_sound_motion_has_an_empty_log():
    assert log_of([0, 0, 0]) == ()
