"""The published CMU short-term prediction protocol: ten frames in, twenty-five out, error at the frame.

As in Mao 2019 (LTD) and Dang 2021 (MSR-GCN): every second frame of the 120 Hz files; offsets times 70 and the root's
translation and rotation dropped, so that its "millimetres" are 1.24 times too large; 25 joints are predicted, the others
stand still or are copies of one, and the error is the mean over all 38. Here over every window of the test files,
where the papers draw eight at random; windows of an action weigh alike, and so do actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.cmu_skeleton import CmuSkeleton, cmu_places

FRAMES_IN: Final = 10
FRAMES_OUT: Final = 25
WINDOW: Final = FRAMES_IN + FRAMES_OUT
REPORTED: Final = (2, 4, 8, 10, 14, 25)
"""Frames of the future that the papers print, counted from 1; they call them 80 to 1000 ms."""
PUBLISHED_SCALE: Final = 70.0
IGNORED: Final = (0, 1, 2, 7, 8, 13, 16, 20, 24, 27, 29, 33, 36)
COPIES: Final[Mapping[int, int]] = {16: 15, 20: 15, 29: 15, 24: 23, 27: 23, 33: 32, 36: 32}
"""Joint to the predicted one in whose place it is put; the other ignored joints do not move."""
PREDICTED: Final = tuple(joint for joint in range(38) if joint not in IGNORED)
ACTIONS: Final = (
    "basketball", "basketball_signal", "directing_traffic", "jumping", "running", "soccer", "walking", "washwindow",
)  # fmt: skip
"""Of the published benchmark; the pooled errors are of those that have test files."""

Windows = Float[np.ndarray, "windows 35 38 3"]
"""Given and wanted frames together."""
Future = Float[np.ndarray, "windows future 38 3"]


def protocol_places(
    frames: Float[np.ndarray, "frames 117"],
    skeleton: CmuSkeleton,
    scale: float = PUBLISHED_SCALE,
    *,
    rooted: bool = False,
) -> Float[np.ndarray, "half 38 3"]:
    """Give a file's joints as the protocol sees them: every second frame, root fixed, scaled by 70.

    Args:
        frames: Exponential-map frames.
        skeleton: Parents and offsets.
        scale: What a CMU unit is worth; `1000 * skeleton.unit_m` gives millimetres that are millimetres.
        rooted: True: with the root's translation and rotation.
    """
    return cmu_places(frames[::2], skeleton, rooted=rooted) * scale


def windows(places: Float[np.ndarray, "frames 38 3"]) -> Windows:
    """Give every stretch of 35 frames, as a view; none of a file that is shorter."""
    if len(places) < WINDOW:
        return places[:0, None].repeat(WINDOW, axis=1)
    view = np.lib.stride_tricks.sliding_window_view(places, WINDOW, axis=0)
    return np.moveaxis(view, -1, 1)


def completed(predicted: Float[np.ndarray, "windows future 25 3"], last: Float[np.ndarray, "windows 38 3"]) -> Future:
    """Give all 38 joints of a prediction: copies where the protocol copies, the last frame where nothing moves.

    Args:
        predicted: The joints of `PREDICTED`.
        last: The last frame that was given.
    """
    whole = np.repeat(last[:, None], predicted.shape[1], axis=1)
    whole[:, :, list(PREDICTED)] = predicted
    whole[:, :, list(COPIES)] = whole[:, :, list(COPIES.values())]
    return whole


def errors(predicted: Future, truth: Future) -> Float[np.ndarray, "future"]:
    """Give the mean distance over joints and windows at each frame, in the unit of the places."""
    return np.asarray(np.linalg.norm(predicted - truth, axis=-1).mean(axis=(0, 2)))


def pooled(by_action: Mapping[str, Float[np.ndarray, "future"]]) -> dict[int, float]:
    """Give the mean over actions at each frame that the papers report."""
    mean = np.mean([by_action[action] for action in sorted(by_action)], axis=0)
    return {frame: float(mean[frame - 1]) for frame in REPORTED}


def zero_velocity(test: Windows) -> Future:
    """Predict that nobody moves: the last frame given, throughout."""
    last = test[:, FRAMES_IN - 1]
    return np.repeat(last[:, None], FRAMES_OUT, axis=1)


class Ridge:
    """A linear map from the ten frames, relative to the last one, to the twenty-five that follow.

    The one linear least-squares fit with an L2 penalty in the protocol's units, solved in closed form.
    """

    def __init__(self, train: list[Float[np.ndarray, "_ 38 3"]], penalty: float) -> None:
        """Fit.

        Args:
            train: Files as `protocol_places` gives them; every window of each.
            penalty: Weight of the squared coefficients.
        """
        size, out = 3 * len(PREDICTED) * (FRAMES_IN - 1) + 1 + 3 * len(PREDICTED), 3 * len(PREDICTED) * FRAMES_OUT
        gram, moment = np.zeros((size, size)), np.zeros((size, out))
        for places in train:
            given, wanted = _flat(windows(places))
            gram += given.T @ given
            moment += given.T @ wanted
        gram[np.diag_indices(size - 1)] += penalty  # the constant, which is last, is free
        self.weights: Float[np.ndarray, "inputs outputs"] = np.linalg.solve(gram, moment)

    def __call__(self, test: Windows) -> Future:
        """Predict."""
        last = test[:, FRAMES_IN - 1]
        given, _ = _flat(test)
        moved = (given @ self.weights).reshape(len(test), FRAMES_OUT, len(PREDICTED), 3)
        return completed(last[:, None, list(PREDICTED)] + moved, last)


def _flat(
    stretches: Windows,
) -> tuple[Float[np.ndarray, "windows inputs"], Float[np.ndarray, "windows outputs"]]:
    """Give inputs (nine frames from the last, the last itself, 1) and outputs (frames from the last), a window a row."""
    used = np.ascontiguousarray(stretches[:, :, list(PREDICTED)])
    last = used[:, FRAMES_IN - 1 : FRAMES_IN]
    count = len(used)
    before = (used[:, : FRAMES_IN - 1] - last).reshape(count, -1)
    after = (used[:, FRAMES_IN:] - last).reshape(count, -1)
    return np.hstack((before, last.reshape(count, -1), np.ones((count, 1)))), after
