"""Scores, metrics and marked intervals that a person gave."""
