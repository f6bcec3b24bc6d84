"""The learned parts, in torch."""
