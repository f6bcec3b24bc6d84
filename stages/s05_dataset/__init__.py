"""Stage 5 turns a physical state into causal states at an even rate and every pair of them a horizon apart."""
