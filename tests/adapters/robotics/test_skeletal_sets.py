from __future__ import annotations

import numpy as np
import pytest

from adapters.formats.bvh import parse_bvh
from adapters.formats.cmu_expmap import parse_expmap, parse_skeleton
from adapters.formats.marker_file import MarkerFile
from adapters.formats.ui_prmd import parse_kinect
from adapters.robotics.from_markers import NamedFile, body_from_markers
from adapters.robotics.marker_sets import recognise
from adapters.robotics.skeletal_sets import CMU, EVERY_SET, KINECT, SKELETONS, UPLEG
from benchmarks.made_takes import bvh_text, cmu_skeleton, cmu_text, kinect_texts
from kinetrace.motion.skeletons import BODY21
from schemas.errors import MarkerSetError
from schemas.motion import Validity


def made(name: str) -> MarkerFile:
    import json

    if name == CMU.name:
        return parse_expmap(cmu_text(40), parse_skeleton(json.dumps(cmu_skeleton()), "x"), "x")
    return parse_kinect(*kinect_texts(40), "x") if name == KINECT.name else parse_bvh(bvh_text(40), "x")


@pytest.mark.parametrize("name", [CMU.name, KINECT.name, UPLEG.name])
def test_a_skeleton_becomes_a_whole_body_whose_heels_alone_are_inferred(name: str) -> None:
    body, _, layout = body_from_markers(NamedFile(made(name), "x"), None, None, "unknown")
    assert layout == name
    marks = {joint: set(body.validity[:, i]) for i, joint in enumerate(BODY21)}
    assert {joint for joint, mark in marks.items() if mark == {Validity.INFERRED}} == {"r_heel", "l_heel"}
    assert all(mark == {Validity.MEASURED} for joint, mark in marks.items() if "heel" not in joint)
    for side in "rl":  # upright, and each side on its own side of the other
        heights = [np.median(body.get(f"{side}_{joint}")[:, 1]) for joint in ("hip", "knee", "ankle")]
        assert heights[0] > heights[1] + 0.3 > heights[2] + 0.6
    left_of = body.get("l_hip") - body.get("r_hip")
    ahead = body.get("r_toe") - body.get("r_heel")
    assert (np.cross(ahead, [0.0, 1.0, 0.0]) * left_of).sum(axis=1).max() < 0  # forward × up = right


def test_the_cmu_skeleton_is_not_taken_for_the_biped_that_it_resembles() -> None:
    assert recognise(made(CMU.name).names, "x", EVERY_SET) is CMU
    assert recognise(made(UPLEG.name).names, "x", EVERY_SET) is UPLEG
    assert recognise([f"mixamorig:{name}" for name in made(UPLEG.name).names], "x", EVERY_SET) is UPLEG


def test_a_skeleton_without_knees_is_no_skeleton() -> None:
    names = [name for name in made(UPLEG.name).names if name != "LeftLeg"]
    with pytest.raises(MarkerSetError, match=r"one of the marker sets .*biped with UpLeg"):
        recognise(names, "x", EVERY_SET)


def test_every_skeleton_has_both_legs() -> None:
    for one in SKELETONS:
        assert one.centres and {f"{s}_{r}" for s in "rl" for r in ("hjc", "knee", "ankle")} <= set(one.roles)
