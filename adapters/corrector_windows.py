"""Windows of the Motion Foundation Model as recordings that the corrector can be trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from adapters.corpus import Take
from adapters.formats.motion_windows import DATASET, FPS
from adapters.formats.raw_file import capture_errors
from kinetrace.store.safe_io.hdf5_window import read_window
from kinetrace.training.corrector.recordings import Recording, complete_stretch
from schemas.adapter import AdapterParams
from schemas.errors import CaptureError

SOURCE: Final = "motion_windows"
LICENCE: Final = "as its data set states"


def read_windows(
    path: Path, watch: Callable[[Iterable[int]], Iterable[int]] = lambda numbers: numbers
) -> Iterator[Recording]:
    """Read every window of `time_sequences.h5` that stage 0 takes; either layout, as its bones show.

    The file's windows do not say who moves (`infoData.npy` does, in a pickle that is never opened): all count as one subject.

    Args:
        path: The file.
        watch: Wraps the windows' numbers, for a progress bar.

    Raises:
        CaptureError: No such file or data set, or no window that can be used.
    """
    with capture_errors(str(path)):
        count = read_window(path, DATASET, 0).shape[0]
    used, first = 0, None
    for number in watch(range(count)):
        take = Take(Path(f"{path}::{number}"), path.stem, "window", "other", str(number), SOURCE, LICENCE)
        try:
            _, a = take.open(AdapterParams(repair="off"))
        except CaptureError as error:
            first = first or error
            continue
        used += 1
        yield complete_stretch(take.name, SOURCE, LICENCE, a.positions.astype(np.float64), a.validity, FPS)
    if not used:
        raise first or CaptureError(
            where=str(path), field=DATASET, expected="at least one window", found="none", fix="Give time_sequences.h5."
        )
