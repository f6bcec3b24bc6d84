"""Pure mathematics of skeletal motion on numpy arrays."""
