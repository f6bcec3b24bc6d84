"""Every cap on what is read, in one table; `docs/safe-io.md` shows it and says why."""

from __future__ import annotations

MIB = 1 << 20

RECORDING_BYTES = 512 * MIB
"""Motion files, and a bundle in all: ten hours of 50 markers at 100 Hz fit in it."""
TABLE_TEXT_BYTES = 64 * MIB
"""CSV of camera poses, or of points over time."""
RECORDING_JSON_BYTES = 16 * MIB
"""Documents of a capture."""
ROOM_JSON_BYTES = 64 * MIB
"""RoomPlan's `room.json`."""
EXPORT_JSON_BYTES = 64 * MIB
"""A motion that an app wrote as JSON: a minute of 91 joints at 60 Hz as Swift prints their matrices."""
ARTIFACT_JSON_BYTES = 64 * MIB
"""Documents that a stage wrote."""
MAPPING_BYTES = 1 * MIB
"""A user's mapping file, JSON or YAML."""
PARAMS_BYTES = 256 << 10
"""`params.yaml`."""
CHECKPOINT_BYTES = 512 * MIB
"""A trained world model; one of the default size has 2 MiB."""
XML_BYTES = 4 * MIB
"""The humanoid that stage 4 wrote."""
IMAGE_BYTES = 4 * MIB
"""One depth or confidence image."""

RECORDING_JSON_DEPTH = 32
ARTIFACT_JSON_DEPTH = 64
JSON_INTEGER_BITS = 64
"""Of YAML too."""
JSON_VALUES = 1_000_000
"""Seven bytes of text can become 240 of memory."""
YAML_DEPTH = 32
YAML_NODES = 5000
YAML_SCALAR = 4096
"""Characters of one YAML value: `1:1:1:…` is a number in base 60, and long ones take minutes."""

LINE_CHARACTERS = 1 * MIB
BLANK_LINES = 10_000
TABLE_CELLS = 64 * MIB
"""Numbers of one text table: 512 MiB when they are held."""
TABLE_COLUMNS = 6002
CSV_ROWS = 1_000_000

ZIP_MEMBERS = 4096
ZIP_DIRECTORY_BYTES = 1 * MIB
TAKE_BYTES = 16 * MIB
"""One file of a take in a data set's archive: two minutes of 39 markers at 100 Hz as text; real ones last seconds."""
ZIP_RATIO = 100
"""Unpacked to packed bytes of an archive …"""
ZIP_RATIO_FLOOR = 64 * MIB
""" … once it unpacks to more than this: a small table of equal numbers does pack 1000 to 1."""
PICKLE_BYTES = 4 * MIB
HDF5_DATASETS = 64
IMAGE_SIDE = 2048

C3D_BYTES = 64 * MIB
"""One trial in C3D: five minutes of 100 markers at 100 Hz and two plates at 1000 Hz."""
C3D_POINTS = 2000
C3D_CHANNELS = 2000
C3D_MEMORY_BASE = 320 * MIB
"""Address space of the process in which ezc3d parses …"""
C3D_MEMORY_FACTOR = 64
""" … and this for each byte of the file: measured 7 to 12."""
C3D_PARSE_MS = 500
"""Computing time of the parser [ms] …"""
C3D_PARSE_MS_A_MIB = 500
""" … and this for each MiB of the file: measured 15."""

WINDOWS_BYTES = 4096 * MIB
"""A data set of motion windows in HDF5; one window at a time is read from it."""
WINDOW_BYTES = 1 * MIB
"""One such window: 60 frames of 62 numbers have 30 kB."""
WINDOW_MEMORY_BYTES = 512 * MIB
"""Address space of the process in which libhdf5 parses a file whose metadata carry no checksums."""
WINDOW_PARSE_MS = 500
"""Computing time of that process [ms]."""

FILM_BYTES = 4096 * MIB
"""One film: half an hour of an iPad's 1080p; its frames pass one at a time."""
FILM_FRAMES = 432_000
"""Two hours at 60 Hz."""
FILM_SIDE = 8192
FILM_PIXELS = 16_777_216
"""Of one frame: twice a 4K film's."""
FILM_MEMORY = 1536 * MIB
"""Address space of the process that decodes: sixteen reference frames of that size, and the library."""
POSE_MEMORY = 2560 * MIB
"""Address space of the process that decodes and runs the pose network; 310 MiB are used."""
FILM_FRAME_MS = 5000
"""Computing time that a film's frame may take before the process is ended [ms]; a 4K frame takes 30."""

RECORD3D_MEMBERS = 65_000
"""Files in an `.r3d`, three a frame: six minutes at 60 Hz, and what a zip can count without its extension."""
LZFSE_MEMORY = 256 * MIB
"""Address space of the process that unpacks depth images …"""
LZFSE_IMAGE_MS = 200
""" … and its computing time for each [ms]: measured 1."""
CAPTURE_BYTES = 16384 * MIB
"""A capture in all, its film and depth images included; they are copied, never held."""
CAPTURE_FILES = 250_000
"""Files of a capture: half an hour of depth and confidence at 60 Hz."""
