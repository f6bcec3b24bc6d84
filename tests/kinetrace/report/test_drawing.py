import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from walker import made_motion

from kinetrace.motion.skeletons import INDEX
from kinetrace.report.drawing import (
    SceneMotion,
    bone_table,
    centred,
    chosen_frames,
    followed_path,
    foot_table,
    force_table,
    joint_table,
)


@given(fps=st.floats(5.0, 240.0), frames=st.integers(1, 6000))
@settings(deadline=None)
def test_shown_frames_are_evenly_spaced_and_at_most_30_a_second_for_20_s(fps: float, frames: int) -> None:
    time = np.arange(frames) / fps
    shown = chosen_frames(time)
    assert shown[0] == 0
    assert len(set(np.diff(shown).tolist())) <= 1
    assert np.all(np.diff(time[shown]) >= 1.0 / 30.0 - 1e-6)
    assert time[shown[-1]] <= 20.0


def test_at_60_frames_a_second_every_second_frame_is_shown() -> None:
    assert chosen_frames(np.arange(10) / 60.0).tolist() == [0, 2, 4, 6, 8]


def test_a_missing_joint_is_drawn_neither_as_measured_nor_as_inferred_nor_with_bones() -> None:
    motion = made_motion()
    motion.validity[:, INDEX["l_wrist"]] = 0
    motion.validity[:, INDEX["r_wrist"]] = 1
    frames = chosen_frames(motion.time)
    measured = joint_table(motion, frames, 2)["scales"][:, :, 0]
    inferred = joint_table(motion, frames, 1)["scales"][:, :, 0]
    assert (measured[:, INDEX["l_wrist"]] < 1e-4).all()
    assert (inferred[:, INDEX["l_wrist"]] < 1e-4).all()
    assert (measured[:, INDEX["r_wrist"]] < 1e-4).all()
    assert (inferred[:, INDEX["r_wrist"]] > 0.01).all()
    bones = [bone_table(motion, frames, mark)["scales"][:, :, 1] for mark in (2, 1)]
    drawn = [(table > 1e-3).sum(axis=1) for table in bones]
    assert (drawn[0] == 18).all()
    assert (drawn[1] == 1).all()


def test_a_force_of_one_body_weight_is_drawn_0_6_m_long() -> None:
    motion = made_motion()
    force = np.zeros((len(motion.time), 2, 3))
    force[:, 0] = (0.0, 1.0, 0.0)
    table = force_table(
        SceneMotion(motion.time, motion.positions, motion.validity, None, force, np.zeros_like(force)), np.array([0])
    )
    assert abs(table["scales"][0, 0, 1] - 0.6) < 1.0 / 256.0
    assert table["scales"][0, 1, 1] < 1e-4


def test_a_foot_has_its_disc_only_while_it_is_known_to_bear() -> None:
    motion = made_motion()
    frames = chosen_frames(motion.time)
    motion.contacts[:, 0] = 2
    motion.contacts[:, 1] = 1
    motion.validity[frames[0], [INDEX["r_heel"], INDEX["r_ankle"]]] = 0
    size = foot_table(motion, frames)["scales"][:, :, 0]
    assert (size[:, 0] < 1e-4).all()
    assert size[0, 1] < 1e-4
    assert (size[1:, 1] > 0.1).all()


def test_a_long_walk_is_followed_and_a_squat_is_not() -> None:
    line = np.stack([np.linspace(0, 10, 300), np.ones(300), np.zeros(300)], axis=1)
    known = np.ones(300, dtype=bool)
    followed = followed_path(line, known)
    assert np.ptp(followed[:, 0]) > 8.0
    assert (followed[:, 1] == 0.0).all()
    assert np.ptp(followed_path(line * [0.05, 1.0, 1.0], known), axis=0).max() == 0.0


def test_frames_without_a_pelvis_do_not_throw_the_view_back_to_the_origin() -> None:
    line = np.stack([np.linspace(5, 15, 300), np.ones(300), np.zeros(300)], axis=1)
    known = np.ones(300, dtype=bool)
    known[100:140] = False
    holed = np.where(known[:, None], line, 0.0)
    assert np.allclose(followed_path(holed, known), followed_path(line, np.ones(300, dtype=bool)), atol=1e-3)


def test_a_followed_walker_stays_in_the_middle_while_nothing_changes_shape() -> None:
    motion = made_motion(6.0)
    frames = chosen_frames(motion.time)
    pelvis = INDEX["pelvis"]
    follow = followed_path(motion.positions[frames, pelvis], motion.validity[frames, pelvis] > 0)
    plain = joint_table(motion, frames, 2)["positions"]
    moved = centred(joint_table(motion, frames, 2), follow)["positions"]
    assert np.abs(moved[:, pelvis, [0, 2]]).max() < 0.4
    assert np.allclose(moved - moved[:, :1], plain - plain[:, :1], atol=2e-3)
