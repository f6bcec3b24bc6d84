"""One window of an HDF5 data set, read in the limited process. Started by `limited_child`; imports nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np


def records(path: str, job: dict[str, Any]) -> Iterator[bytes]:
    """Give the dataset's shape as JSON, then the window asked for as doubles.

    Args:
        path: The file.
        job: `dataset`: its path in the file; `window`: which, along the first axis; `bytes`: what one may take.
    """
    with h5py.File(path, "r", locking=False) as file:
        node: Any = file
        for part in job["dataset"].split("/"):
            if not isinstance(node, h5py.Group) or part not in node:
                raise ValueError(f"there is no dataset {job['dataset']}")
            if not isinstance(node.get(part, getlink=True), h5py.HardLink):
                raise ValueError(f"{part} is a link to elsewhere")
            node = node[part]
        if not isinstance(node, h5py.Dataset) or node.is_virtual or node.external is not None:
            raise ValueError(f"{job['dataset']} is no dataset stored in this file")
        if node.dtype.kind not in "fiu" or node.shape is None or len(node.shape) < 2:
            raise ValueError(f"{job['dataset']} is {node.dtype} of shape {node.shape}, no table of windows")
        yield json.dumps(list(node.shape)).encode()
        if 8 * int(np.prod([float(n) for n in node.shape[1:]])) > job["bytes"]:
            raise ValueError(f"a window of shape {node.shape[1:]} is more than a window may take")
        if 0 <= job["window"] < node.shape[0]:
            yield np.ascontiguousarray(node[job["window"]], dtype="<f8").tobytes()
