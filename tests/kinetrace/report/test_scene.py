import threading

import numpy as np
from walker import made_motion

from kinetrace.report.drawing import SceneMotion
from kinetrace.report.scene import scene_html
from schemas.alignment import SeatPlane


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


def test_a_seat_is_part_of_the_scene() -> None:
    motion = made_motion(0.2)
    seat = SeatPlane(source="scan_plane", height_m=0.45, center=(0.0, 0.45, 0.0), width_m=0.5, depth_m=0.4, yaw_rad=0.3)
    seated = SceneMotion(motion.time, motion.positions, motion.validity, seat=seat)
    assert scene_html(seated) != scene_html(SceneMotion(motion.time, motion.positions, motion.validity))
