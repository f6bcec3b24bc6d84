import numpy as np

from benchmarks.mink_ik import MinkSolver
from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.physics.frames import to_world
from kinetrace.physics.humanoid import build
from kinetrace.physics.inverse_kinematics import solve
from kinetrace.physics.kinematics import poses
from kinetrace.physics.proportions import measure


def stander(frames=12):
    """A person of mean proportions who slowly bends the right knee while turned to the left."""
    humanoid = build(measure(np.zeros((2, 21, 3)), np.zeros((2, 21), dtype=np.uint8), {}, 1.7, "f"), 60.0, "f")
    qpos = np.tile(humanoid.standing, (frames, 1))
    qpos[:, humanoid.model.joint("r_knee_flexion").qposadr[0]] = np.linspace(0.2, 0.5, frames)
    qpos[:, 3:7] = [np.cos(0.6), 0.0, 0.0, np.sin(0.6)]
    return humanoid, to_world(poses(humanoid, qpos).sites[:, humanoid.site_ids])


def test_the_peer_solves_the_same_problem_as_well_as_we_do():
    humanoid, points = stander()
    validity = np.full(points.shape[:2], 2, dtype=np.uint8)
    validity[:, INDEX["head"]] = 0
    theirs = MinkSolver(humanoid, points, validity).residuals(len(points))
    assert theirs.shape == (len(points), len(BODY21))
    assert (theirs[:, INDEX["head"]] == 0).all()
    assert theirs.mean() < 0.005
    assert solve(humanoid, points, validity).residual.mean() < 0.005
