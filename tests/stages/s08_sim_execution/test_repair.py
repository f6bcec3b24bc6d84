import numpy as np
import pytest
from made_people import still
from made_plans import made_plan

from schemas.sim_execution import Correction
from stages.s08_sim_execution.repair import Failed, repair_parts, repair_whole

SEEN = np.full(21, 2, dtype=np.uint8)


def failed(executor, humanoid, move):
    """Standing still as recorded; as planned, moved."""
    _, plan = made_plan(humanoid)
    recorded = still(humanoid, 16)
    qpos = move(recorded.copy())
    joints = [executor.joints_of(q).astype(np.float32) for q in (qpos, recorded)]
    moved = 1000.0 * float(np.linalg.norm(joints[0] - joints[1], axis=2).mean())
    variant = plan.variants[2].model_copy(update={"mean_change_mm": moved, "latent_change": 2.0})
    return Failed(variant, "balance", *joints, qpos, recorded, SEEN)


@pytest.fixture(scope="module")
def with_a_wild_arm(executor, humanoid):
    """The head bows, which is fine; an arm goes into the chest, which is not."""
    rise = np.clip(np.arange(16) / 8.0, 0.0, 1.0)

    def move(qpos):
        qpos[:, humanoid.model.joint("r_elbow_flexion").qposadr[0]] += rise * np.pi / 2
        at = humanoid.model.joint("r_shoulder").qposadr[0]
        half = rise * np.pi / 4
        qpos[:, at : at + 4] = np.stack((np.cos(half), 0 * half, 0 * half, np.sin(half)), axis=1)
        qpos[:, humanoid.model.joint("neck_flexion").qposadr[0]] += rise * 1.0
        return qpos

    return failed(executor, humanoid, move)


def test_the_part_that_went_wrong_is_found_and_costs_less_than_the_whole_body(executor, with_a_wild_arm):
    whole = repair_whole(executor, with_a_wild_arm)
    found = repair_parts(executor, with_a_wild_arm, whole)
    assert whole.part == "whole body"
    assert whole.latent_change == pytest.approx(2.0 * whole.fraction)
    assert found.part == "arms"
    assert found.latent_change is None
    assert 0.0 < found.joint_change_mm < whole.joint_change_mm


def test_where_no_part_alone_helps_the_whole_body_is_the_answer(executor, with_a_wild_arm, monkeypatch):
    from stages.s08_sim_execution import repair

    whole = Correction(fraction=0.5, joint_change_mm=9.0, latent_change=1.0)
    monkeypatch.setattr(repair, "_succeeds", lambda *_: False)
    assert repair_parts(executor, with_a_wild_arm, whole) == whole
    assert repair_parts(executor, with_a_wild_arm, None) is None
    assert repair_whole(executor, with_a_wild_arm) is None


def test_a_body_hung_in_the_air_is_put_back_by_its_pelvis(executor, humanoid):
    def move(qpos):
        qpos[:, 2] += 0.4 * np.clip(np.arange(16) / 8.0, 0.0, 1.0) ** 2
        return qpos

    hung = failed(executor, humanoid, move)
    whole = repair_whole(executor, hung)
    found = repair_parts(executor, hung, whole)
    assert whole is not None
    assert found.part in ("whole body", "pelvis")
    assert found.joint_change_mm <= whole.joint_change_mm
