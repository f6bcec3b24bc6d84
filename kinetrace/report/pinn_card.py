"""The card of a PINN encoder in words: what it was trained on, and how much noise it takes out."""

from __future__ import annotations

from schemas.pinn import PinnCard, PinnDenoising


def pinn_text(card: PinnCard) -> str:
    """Say what the card says, for the terminal."""
    seen, apart = ", ".join(card.subjects), ", ".join(card.held_out_subjects) or "none"
    lines = [
        f"PINN encoder, {card.parameters:,} weights, {card.steps:,} steps, loss {card.final_loss:.4g}",
        f"  trained on {card.recordings} recordings ({card.frames:,} frames) of {seen}; {card.left_out} left out",
        f"  held out: {apart}",
        *(f"  {line}" for d in card.denoising for line in _judged(d)),
        *(f"  {note}" for note in card.notes),
        f"  weights sha256 {card.weights_sha256[:16]}…",
    ]
    return "\n".join(lines)


def pinn_facts(card: PinnCard) -> tuple[tuple[str, str], ...]:
    """Give the same as names and values, for a page."""
    facts = [("Encoder", f"{card.parameters:,} weights, {card.steps:,} steps")]
    facts += [(f"Left of {d.noise_mm:.1f} mm at {d.rate_hz:g} Hz", f"{d.model_mm:.1f} mm") for d in card.denoising]
    facts += [("Savitzky–Golay leaves", f"{d.savgol_mm:.1f} mm at {d.rate_hz:g} Hz") for d in card.denoising]
    return tuple(facts)


def _judged(d: PinnDenoising) -> list[str]:
    choice = f"Savitzky–Golay ({d.savgol_window} frames, order {d.savgol_order})"
    return [
        f"at {d.rate_hz:g} Hz, {d.recordings} recordings: {d.noise_mm:.1f} mm of noise → {d.model_mm:.1f} mm; "
        f"{choice} → {d.savgol_mm:.1f} mm",
        f"  bone lengths vary by {d.bone_std_mm:.1f} mm (noisy {d.bone_std_noisy_mm:.1f}, filter "
        f"{d.bone_std_savgol_mm:.1f}, clean {d.bone_std_clean_mm:.1f}); jerk {d.jerk:.1f} × the clean one "
        f"(noisy {d.jerk_noisy:.0f}, filter {d.jerk_savgol:.1f})",
    ]
