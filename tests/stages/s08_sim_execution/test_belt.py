import numpy as np
import pytest
from made_plans import made_plan

from stages.s08_sim_execution.belt import over_ground
from stages.s08_sim_execution.campaign import run_campaign


def test_a_walker_on_a_belt_goes_on_at_its_speed_and_changes_nothing_else(humanoid):
    table = made_plan(humanoid)[0]
    moved = over_ground(table, 1.2)
    travel = 1.2 * (table.time - table.time[:, :1])
    for name in ("positions", "reference"):
        shift = getattr(moved, name) - getattr(table, name)
        np.testing.assert_allclose(shift[..., 0], np.broadcast_to(travel[..., None], shift.shape[:3]), atol=1e-5)
        assert (shift[..., 1:] == 0.0).all()
        assert getattr(moved, name).dtype == np.float32


def test_over_ground_is_the_identity_without_a_belt(humanoid):
    table = made_plan(humanoid)[0]
    assert over_ground(table, 0.0) is table


def test_who_steps_back_with_the_belt_stands_still_over_ground(executor, humanoid):
    table, plan = made_plan(humanoid)[:2]
    back = over_ground(table, -0.5)
    campaign = run_campaign(executor, back, plan, "balance", belt=0.5)
    still = run_campaign(executor, table, plan, "balance")
    assert campaign.document.outcomes[0].success
    assert campaign.document.outcomes[0].foot_slip_m == pytest.approx(still.document.outcomes[0].foot_slip_m, abs=1e-3)
    assert "treadmill: executed over ground, in the belt's frame, 0.50 m/s" in campaign.document.notes
