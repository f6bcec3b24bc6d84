import pytest

from kinetrace.report.wording import SUB_SCORE_QUESTIONS, against_baselines, coverage_sentence, model_sentence
from schemas.sim_replay import SUB_SCORES
from schemas.world_model import HorizonMetrics, RankMetrics, Training


def training(*rows: tuple[float, float, float, float, float], coverage: float = 0.9) -> Training:
    held_out = tuple(
        HorizonMetrics(horizon_frames=i + 1, horizon_s=(i + 1) / 10, anchors=20, skill_over_copy=None, model_mm=m,
                       zero_velocity_mm=z, constant_velocity_mm=c, damped_velocity_mm=d, ridge_mm=r, mc_coverage_90=coverage,
                       mc_width_90_mm=5.0)
        for i, (m, z, c, d, r) in enumerate(rows)
    )  # fmt: skip
    return Training(
        recipe="kinetrace", device="cpu", steps=1, steps_full_schedule=1, parameters=1, feature_dim=1, feature_names=("x",),
        final_loss=0.1, loss_curve=(0.1,), held_out=held_out, decoding="absolute D(z)",
        rank=RankMetrics(rankme_z=1.0, rankme_x=1.0, rankme_pca=1.0, participation_ratio=1.0, dead_dimensions=0),
    )  # fmt: skip


def test_the_model_is_held_against_the_best_baseline_and_a_tie_is_no_win() -> None:
    verdicts = against_baselines(
        training((5.0, 10.0, 6.0, 7.0, 8.0), (4.0, 9.0, 9.0, 4.0, 9.0), (9.0, 9.5, 9.5, 9.5, 3.0))
    )
    assert [(v.best_name, v.best_mm, v.beats) for v in verdicts] == [
        ("constant velocity", 6.0, True), ("damped velocity", 4.0, False), ("ridge", 3.0, False),
    ]  # fmt: skip
    assert verdicts[0].margin_percent == pytest.approx(100 / 6)
    assert verdicts[2].margin_percent == pytest.approx(-200)


def test_a_model_that_never_wins_is_not_recommended() -> None:
    sentence = model_sentence(against_baselines(training((9.0, 1.0, 2.0, 3.0, 4.0))))
    assert "at none of the 1 horizons" in sentence
    assert "use the simple forecast instead" in sentence


def test_a_model_that_always_wins_is_said_to() -> None:
    assert "at all 2 horizons" in model_sentence(against_baselines(training((1.0,) + (2.0,) * 4, (1.0,) + (2.0,) * 4)))


def test_without_a_measured_horizon_nothing_is_claimed() -> None:
    assert "nothing is known" in model_sentence(())
    assert coverage_sentence(training()) == ""


@pytest.mark.parametrize(("share", "words"), [(0.4, "too narrow"), (0.9, "about right"), (1.0, "too wide")])
def test_interval_coverage_is_judged_against_ninety_per_cent(share: float, words: str) -> None:
    assert words in coverage_sentence(training((1.0,) + (2.0,) * 4, coverage=share))


def test_every_sub_score_has_its_question() -> None:
    assert tuple(SUB_SCORE_QUESTIONS) == SUB_SCORES
