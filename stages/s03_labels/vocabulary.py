"""One name for each failure and phase, whatever the assessor called it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "shallow_squat": ("insufficient_depth", "depth_insufficient", "not_deep_enough", "reduced_depth", "limited_depth"),
    "excessive_trunk_lean": (
        "trunk_lean", "forward_lean", "forward_trunk_lean", "excessive_forward_lean", "trunk_flexion", "lean",
    ),
    "asymmetry": ("asymmetric", "asymmetrical", "weight_shift", "left_right_asymmetry", "lateral_shift", "limp", "antalgic_gait"),
    "knee_valgus": ("valgus", "dynamic_valgus", "knee_collapse", "knees_in", "medial_collapse", "knock_knee"),
    "heel_lift": ("heel_rise", "heels_up", "heel_off_floor", "heels_lift"),
    "excessive_sway": ("sway", "postural_sway", "swaying"),
    "loss_of_balance": ("balance_loss", "lost_balance", "unstable", "instability", "unsteady", "unsteadiness"),
    "stumble": ("trip", "tripping", "stumbling", "near_fall"),
    "fall": ("fell", "falling"),
    "freezing": ("freezing_of_gait", "fog", "freeze", "gait_freezing", "festination"),
    "foot_drop": ("drop_foot", "foot_drag", "toe_drag", "dragging_foot"),
    "foot_slip": ("slip", "slipping", "slide", "foot_slide"),
    "incomplete_stand": ("incomplete_extension", "not_fully_upright", "partial_stand", "failed_to_stand", "unable_to_stand"),
    "arm_support": ("uses_arms", "use_of_arms", "push_off_with_arms", "arms_used", "hands_used"),
    "slow": ("slowness", "bradykinesia", "slow_movement"),
    "stance": ("stance_phase", "support", "support_phase"),
    "swing": ("swing_phase",),
    "descent": ("descending", "eccentric", "lowering_phase", "going_down"),
    "bottom": ("hold", "lowest_point"),
    "ascent": ("ascending", "concentric", "going_up"),
    "sitting": ("seated", "sit"),
    "rising": ("rise", "standing_up", "sit_to_stand_transition"),
    "standing": ("stand", "upright"),
    "lowering": ("sitting_down", "stand_to_sit"),
    "static": ("still", "quiet"),
}  # fmt: skip
"""The name that we write, and what it is also called. First meaning wins; every alias occurs once."""

ALIASES: Final = {alias: name for name, aliases in SYNONYMS.items() for alias in (name, *aliases)}


def normal_form(text: str) -> str:
    """Give a name in lower case letters and digits with single underscores: 'Knee  Valgus (R)' → 'knee_valgus_r'."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def canonical(text: str) -> tuple[str, bool]:
    """Give the name in the vocabulary and True, or the assessor's own in normal form and False."""
    form = normal_form(text)
    return (ALIASES[form], True) if form in ALIASES else (form or "unnamed", False)
