"""Minimal correction: how little of a failed plan must be taken back for it to succeed."""

from __future__ import annotations

from collections.abc import Callable


def smallest_success(succeeds: Callable[[float], bool], tries: int) -> float | None:
    """Bisect the way from a failed plan (0) to the recorded motion (1) for the smallest fraction that succeeds.

    The first try is half-way; a success sends the next try nearer to the plan, a failure nearer to the recording.
    Success is taken to be monotone along the way; where it is not, the answer is still a fraction that succeeded.

    Args:
        succeeds: Tries a fraction in simulation.
        tries: At most this many.

    Returns:
        The smallest fraction that was seen to succeed, or None where none was.
    """
    low, high, best = 0.0, 1.0, None
    for _ in range(tries):
        middle = (low + high) / 2.0
        if succeeds(middle):
            high = best = middle
        else:
            low = middle
    return best
