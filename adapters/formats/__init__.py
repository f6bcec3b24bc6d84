"""One file a file format: reads it, with limits and clear refusals."""
