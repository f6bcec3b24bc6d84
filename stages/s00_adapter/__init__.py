"""Stage 0: a raw capture becomes one motion of known joints, units, rate and quality."""
