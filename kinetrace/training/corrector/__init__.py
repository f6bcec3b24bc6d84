"""Training of the joint corrector."""
