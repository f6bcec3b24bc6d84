from __future__ import annotations

import json

import numpy as np
import pytest

from adapters.formats.cmu_expmap import parse_skeleton
from benchmarks.made_takes import cmu_skeleton
from kinetrace.motion.cmu_skeleton import CMU_JOINTS, CmuSkeleton, cmu_places


@pytest.fixture(scope="module")
def skeleton() -> CmuSkeleton:
    return parse_skeleton(json.dumps(cmu_skeleton()), "made")


def test_without_a_rotation_every_joint_is_the_sum_of_its_offsets(skeleton: CmuSkeleton) -> None:
    places = cmu_places(np.zeros((2, 117)), skeleton)[0]
    left_foot = skeleton.offsets[1] + skeleton.offsets[2] + skeleton.offsets[3] + skeleton.offsets[4]
    np.testing.assert_allclose(places[CMU_JOINTS.index("LeftFoot")], left_foot)
    assert places[CMU_JOINTS.index("LeftArm"), 0] > 0 > places[CMU_JOINTS.index("RightArm"), 0]


def test_rotations_are_for_row_vectors(skeleton: CmuSkeleton) -> None:
    frames = np.zeros((1, 117))
    frames[0, 3 + 3 * 2 + 2] = np.pi / 2  # the left thigh about Z
    places = cmu_places(frames, skeleton)[0]
    hip, knee = places[CMU_JOINTS.index("LeftUpLeg")], places[CMU_JOINTS.index("LeftLeg")]
    x, y, z = skeleton.offsets[3]
    # (x y z) R with R = [[0 -1 0] [1 0 0] [0 0 1]], Rodrigues' matrix of +90° about Z
    np.testing.assert_allclose(knee - hip, [y, -x, z], atol=1e-12)


def test_the_protocols_view_does_not_know_where_the_root_is_or_how_it_is_turned(skeleton: CmuSkeleton) -> None:
    rng = np.random.default_rng(3)
    frames = rng.normal(0, 0.3, (4, 117))
    moved = frames.copy()
    moved[:, :6] = rng.normal(0, 1, (4, 6))
    still = cmu_places(frames, skeleton, rooted=False)
    np.testing.assert_array_equal(still, cmu_places(moved, skeleton, rooted=False))
    assert not np.allclose(cmu_places(frames, skeleton), cmu_places(moved, skeleton))
    assert (still[:, 0] == 0).all()
