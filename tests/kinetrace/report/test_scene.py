import threading

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from walker import stance, vertical_force, walk

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.report import scene
from kinetrace.report.scene import SceneMotion, chosen_frames, scene_html


def made_motion(seconds: float = 1.0) -> SceneMotion:
    time, positions = walk(seconds)
    return SceneMotion(
        time=time, positions=positions.astype(np.float32), validity=np.full((len(time), len(BODY21)), 2, np.uint8),
        contacts=stance(time).astype(np.uint8), force=vertical_force(time), pressure_centre=np.zeros((len(time), 2, 3)),
    )  # fmt: skip


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


def test_the_same_motion_gives_the_same_page() -> None:
    assert scene_html(made_motion()) == scene_html(made_motion())


def test_another_motion_gives_another_page() -> None:
    motion = made_motion()
    moved = SceneMotion(motion.time, motion.positions + np.float32(0.5), motion.validity, motion.contacts)
    assert scene_html(moved) != scene_html(motion)


def test_no_thread_or_server_is_left_behind() -> None:
    before = set(threading.enumerate())
    scene_html(made_motion())
    assert set(threading.enumerate()) == before


def test_nothing_is_printed(capfd) -> None:
    scene_html(made_motion())
    assert capfd.readouterr() == ("", "")


def test_twenty_seconds_stay_below_three_megabytes() -> None:
    assert len(scene_html(made_motion(25.0))) < 3_000_000


def test_a_missing_joint_is_drawn_neither_as_measured_nor_as_inferred_nor_with_bones() -> None:
    motion = made_motion()
    motion.validity[:, INDEX["l_wrist"]] = 0
    motion.validity[:, INDEX["r_wrist"]] = 1
    frames = chosen_frames(motion.time)
    measured = scene._joint_table(motion, frames, 2)["scales"][:, :, 0]
    inferred = scene._joint_table(motion, frames, 1)["scales"][:, :, 0]
    assert (measured[:, INDEX["l_wrist"]] < 1e-4).all()
    assert (inferred[:, INDEX["l_wrist"]] < 1e-4).all()
    assert (measured[:, INDEX["r_wrist"]] < 1e-4).all()
    assert (inferred[:, INDEX["r_wrist"]] > 0.01).all()
    bones = [scene._bone_table(motion, frames, mark)["scales"][:, :, 1] for mark in (2, 1)]
    drawn = [(table > 1e-3).sum(axis=1) for table in bones]
    assert (drawn[0] == 18).all()
    assert (drawn[1] == 1).all()


def test_a_force_of_one_body_weight_is_drawn_0_6_m_long() -> None:
    motion = made_motion()
    force = np.zeros((len(motion.time), 2, 3))
    force[:, 0] = (0.0, 1.0, 0.0)
    table = scene._force_table(
        SceneMotion(motion.time, motion.positions, motion.validity, None, force, np.zeros_like(force)), np.array([0])
    )
    assert abs(table["scales"][0, 0, 1] - 0.6) < 1.0 / 256.0
    assert table["scales"][0, 1, 1] < 1e-4


def test_a_long_walk_is_followed_and_a_squat_is_not() -> None:
    line = np.stack([np.linspace(0, 10, 300), np.ones(300), np.zeros(300)], axis=1)
    followed = scene._followed_path(line)
    assert np.ptp(followed[:, 0]) > 8.0
    assert (followed[:, 1] == 0.0).all()
    still = scene._followed_path(line * [0.05, 1.0, 1.0])
    assert np.ptp(still, axis=0).max() == 0.0
