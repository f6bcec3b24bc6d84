"""Lifting: from rays to nineteen points of a person, over time, to the joints around the pelvis."""
