import numpy as np
import pytest
from made_plans import made_plan

from stages.s08_sim_execution.campaign import RECORDED, run_campaign
from stages.s08_sim_execution.execution import Executor


@pytest.fixture(scope="module")
def campaign(executor, humanoid):
    return run_campaign(executor, *made_plan(humanoid), "balance")


def test_the_recorded_motion_comes_first_and_succeeds(campaign):
    document, table = campaign.document, campaign.table
    assert table.variant.tolist() == [RECORDED, 0, 1, 2]
    assert [outcome.variant for outcome in document.outcomes] == [RECORDED, 0, 1, 2]
    assert document.outcomes[0].success
    assert document.executed == 4


def test_a_variant_equal_to_the_recorded_motion_ends_the_same_way(campaign):
    recorded, same = campaign.document.outcomes[:2]
    assert same.model_copy(update={"variant": RECORDED}) == recorded
    np.testing.assert_array_equal(campaign.table.qpos[0], campaign.table.qpos[1])


def test_a_variant_that_hangs_in_the_air_fails_and_gets_the_smallest_correction(campaign):
    outcome = campaign.document.outcomes[3]
    assert not outcome.success
    assert any("root force" in reason for reason in outcome.reasons)
    assert outcome.correction is not None
    assert 0.0 < outcome.correction.fraction < 1.0
    assert outcome.correction.latent_change == pytest.approx(2.0 * outcome.correction.fraction)


def test_what_tells_failure_from_success_is_named(campaign):
    factors = {factor.parameter: factor for factor in campaign.document.failure_factors}
    assert factors["mean_change_mm"].auc == 1.0
    assert factors["mean_change_mm"].mean_failure > factors["mean_change_mm"].mean_success
    assert "latent_change" in factors


def test_the_table_is_at_the_rate_of_the_plan(campaign, humanoid):
    assert campaign.table.qpos.shape == (4, 16, humanoid.model.nq)
    assert campaign.table.root_force[3].max() > 0.5
    assert campaign.table.root_force[0].max() < 0.05


def test_without_an_accepted_variant_the_recorded_motion_is_executed_alone(executor, humanoid):
    campaign = run_campaign(executor, *made_plan(humanoid, accepted=(0, 0, 0)), "balance")
    assert campaign.table.variant.tolist() == [RECORDED]
    assert campaign.document.succeeded == 1
    assert all(factor.auc is None for factor in campaign.document.failure_factors)
    assert any("accepted no variant" in note for note in campaign.document.notes)


def test_no_more_variants_are_executed_than_allowed_and_it_is_said(executor, humanoid):
    few = Executor(humanoid, executor.fps, executor.cutoff_hz, executor.params.model_copy(update={"max_variants": 1}))
    document = run_campaign(few, *made_plan(humanoid), "balance").document
    assert [outcome.variant for outcome in document.outcomes] == [RECORDED, 0]
    assert any("2 accepted variants were not executed" in note for note in document.notes)
