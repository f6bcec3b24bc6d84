"""The pose network inside the limited process: each of its two networks for itself, a record a frame.

MediaPipe's own graph follows one person, whoever it finds first. Its two networks are used here one by one: the detector
(224 x 224 px of some window) and the landmarks of one person in a turned square around them (256 x 256 px). Started by
`limited_child`; of ours it imports what needs numpy and PyAV alone.
"""

from __future__ import annotations

import json
import struct
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mediapipe
import numpy as np
from google.protobuf import text_format  # type: ignore[import-untyped]
from mediapipe.calculators.core import constant_side_packet_calculator_pb2  # noqa: F401 (its option in the graph below)
from mediapipe.framework import calculator_pb2
from mediapipe.framework.formats import rect_pb2
from mediapipe.python import packet_creator, packet_getter
from mediapipe.python._framework_bindings import calculator_graph, image_frame, resource_util

sys.path.append(str(Path(__file__).parents[2]))  # isolated mode does not see the folder it was started from
from adapters.videopose3d.pose_bodies import Body, Square
from adapters.videopose3d.pose_crowd import Crowd
from kinetrace.store.safe_io.film_frames import RefusedFilmError, frames, pixels_of

warnings.filterwarnings("ignore", category=UserWarning)  # protobuf's own, of names that MediaPipe uses

DETECT = """
input_stream: "image" output_stream: "found"
node { calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:found" }
"""
LANDMARK = """
input_stream: "image" input_stream: "square" output_stream: "landmarks" output_stream: "around"
node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:full"
  options: { [mediapipe.ConstantSidePacketCalculatorOptions.ext]: { packet { int_value: 1 } } } }
node { calculator: "PoseLandmarkByRoiCpu" input_side_packet: "MODEL_COMPLEXITY:full" input_stream: "IMAGE:image"
  input_stream: "ROI:square" output_stream: "LANDMARKS:landmarks" output_stream: "AUXILIARY_LANDMARKS:around" }
"""


class Networks:
    """MediaPipe's detector and landmark network (complexity 1), each in a graph of its own."""

    def __init__(self) -> None:
        resource_util.set_resource_dir(str(Path(mediapipe.__file__).parents[1]))
        self._detect, self._found = self._graph(DETECT, ("found",))
        self._landmark, self._seen = self._graph(LANDMARK, ("landmarks", "around"))
        self._moment = 0

    def _graph(self, text: str, outputs: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
        graph = calculator_graph.CalculatorGraph(
            graph_config=text_format.Parse(text, calculator_pb2.CalculatorGraphConfig())
        )
        seen: dict[str, Any] = {}
        for output in outputs:
            graph.observe_output_stream(output, seen.__setitem__, False)
        graph.start_run()
        return graph, seen

    def image(self, pixels: Any) -> Any:
        """Make MediaPipe's image of RGB pixels."""
        return packet_creator.create_image_frame(
            image_format=image_frame.ImageFormat.SRGB, data=np.ascontiguousarray(pixels)
        )

    def detect(self, pixels: Any) -> list[tuple[Any, Any]]:
        """Find people in an upright picture: the body's centre and a point on the circle around it, the surest first."""
        self._moment += 1
        self._found.clear()
        self._detect.add_packet_to_input_stream("image", self.image(pixels).at(self._moment))
        self._detect.wait_until_idle()
        if "found" not in self._found:
            return []
        rows, columns = pixels.shape[:2]
        people = sorted(packet_getter.get_proto_list(self._found["found"]), key=lambda one: -one.score[0])
        return [_ends(one.location_data.relative_keypoints, columns, rows) for one in people]

    def landmarks(self, image: Any, size: tuple[int, int], square: Square) -> tuple[Any, Any, Any, Any] | None:
        """Find the person in a square; None where there is none.

        Args:
            image: From `image`.
            size: Its columns and rows.
            square: Where to look: x, y, side [px], angle clockwise [rad].

        Returns:
            Points [px], visibility, and as `detect` the body's centre and a point on the circle around it.
        """
        self._moment += 1
        self._seen.clear()
        columns, rows = size
        rect = rect_pb2.NormalizedRect(
            x_center=square.x / columns, y_center=square.y / rows, width=square.side / columns, height=square.side / rows,
            rotation=square.angle,
        )  # fmt: skip
        self._landmark.add_packet_to_input_stream("image", image.at(self._moment))
        self._landmark.add_packet_to_input_stream("square", packet_creator.create_proto(rect).at(self._moment))
        self._landmark.wait_until_idle()
        if "landmarks" not in self._seen or "around" not in self._seen:
            return None
        marks = packet_getter.get_proto(self._seen["landmarks"]).landmark
        around = packet_getter.get_proto(self._seen["around"]).landmark
        points = np.array([(mark.x * columns, mark.y * rows) for mark in marks])
        return points, np.array([mark.visibility for mark in marks]), *_ends(around, columns, rows)


def _ends(marks: Any, columns: int, rows: int) -> tuple[Any, Any]:
    centre, rim = (np.array((mark.x * columns, mark.y * rows)) for mark in marks[:2])
    return centre, rim


def records(path: str, job: dict[str, Any]) -> Iterator[bytes]:
    """Give a record a frame: P, its time stamp, and for each person stamp, number, points [px as stored] and visibility.

    What is said of a frame may come with a later one: a newcomer is followed back once they are surely there.

    Args:
        path: The film.
        job: `limits` and `members` for the decoder; `long_side` [px] of what the network is fed;
            `turns`: counter-clockwise quarter turns in which people are looked for; `people`: how many are followed.
    """
    networks = Networks()
    crowd: Crowd | None = None
    try:
        for stamp, frame in frames(path, job):
            pixels = pixels_of(frame, job["long_side"])
            size = (pixels.shape[1], pixels.shape[0])
            crowd = crowd or Crowd(networks, size, job["turns"], job["people"])
            scale = np.array((frame.width / size[0], frame.height / size[1]))
            seen = crowd.step(stamp, pixels)
            yield (
                b"P"
                + struct.pack("<q", stamp)
                + b"".join(_packed(at, number, body, scale) for at, number, body in seen)
            )
    except RefusedFilmError as error:
        yield b"R" + json.dumps(error.args).encode()


def _packed(stamp: int, number: int, body: Body, scale: Any) -> bytes:
    table = np.column_stack((body.points * scale, body.visibility)).astype("<f4")
    return struct.pack("<qI", stamp, number) + table.tobytes()
