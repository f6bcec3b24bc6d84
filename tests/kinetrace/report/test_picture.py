from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np

from kinetrace.report.picture import POSES, picture
from kinetrace.simulation.simulate import simulate


def test_a_picture_is_a_document_with_eight_poses_and_its_words() -> None:
    joints = simulate("gait", 2.0, 1).truth.positions.astype(np.float32)
    marks = np.full(joints.shape[:2], 2, dtype=np.uint8)
    text = picture(joints, marks, "a <walk>", "60 Hz & more")
    root = ET.fromstring(text)
    assert (
        root.tag.endswith("svg")
        and "a <walk>" in "".join(root.itertext())
        and "60 Hz & more" in "".join(root.itertext())
    )
    lines = root.findall(".//{http://www.w3.org/2000/svg}line")
    assert (len(lines) - 1) % POSES == 0 and len(lines) > 100
    assert text == picture(joints, marks, "a <walk>", "60 Hz & more")


def test_an_empty_motion_is_a_picture_of_the_floor() -> None:
    text = picture(np.zeros((3, 21, 3), np.float32), np.zeros((3, 21), np.uint8), "none", "")
    assert len(ET.fromstring(text).findall(".//{http://www.w3.org/2000/svg}line")) == 1
