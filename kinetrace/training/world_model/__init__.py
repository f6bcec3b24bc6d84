"""Training of world models: one capture, many at once, or a corpus; the same step on a CPU, a GPU or several."""
