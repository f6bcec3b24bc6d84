from __future__ import annotations

from made_pinn import tiny_config

from kinetrace.report.pinn_card import pinn_facts, pinn_text
from schemas.pinn import PinnCard, PinnDenoising

JUDGED = PinnDenoising(
    rate_hz=30.0, recordings=7, noise_mm=20.0, model_mm=8.04, savgol_mm=9.5, savgol_window=13, savgol_order=3, bone_std_mm=5.0,
    bone_std_noisy_mm=18.0, bone_std_savgol_mm=8.0, bone_std_clean_mm=3.0, jerk=2.0, jerk_noisy=40.0, jerk_savgol=3.0,
)  # fmt: skip
CARD = PinnCard(
    weights_sha256="ab" * 32, parameters=79755, steps=3000, final_loss=0.25, loss_curve=(1.0, 0.25), recordings=11,
    frames=9000, subjects=("one", "two"), held_out_subjects=("three",), left_out=4, licences=("free",), denoising=(JUDGED,),
    config=tiny_config(), notes=("Not judged at 100 Hz: too slow.",),
)  # fmt: skip


def test_the_terminal_is_told_both_figures_and_on_whom() -> None:
    text = pinn_text(CARD)
    assert "20.0 mm of noise → 8.0 mm; Savitzky–Golay (13 frames, order 3) → 9.5 mm" in text
    assert "held out: three" in text and "4 left out" in text
    assert "Not judged at 100 Hz: too slow." in text
    assert "abababab" in text


def test_nobody_held_out_is_said() -> None:
    assert "held out: none" in pinn_text(CARD.model_copy(update={"held_out_subjects": ()}))


def test_the_page_is_told_the_same() -> None:
    facts = dict(pinn_facts(CARD))
    assert facts["Left of 20.0 mm at 30 Hz"] == "8.0 mm"
    assert facts["Savitzky–Golay leaves"] == "9.5 mm at 30 Hz"
