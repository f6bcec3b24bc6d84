"""Every export that an app or data set writes, from a known movement through its reader and back to the same joints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.ingest import Declared, ingest, read, validate
from adapters.robotics.adapter import adapt
from benchmarks.made_exports import exports
from kinetrace.motion.segment_parameters import LEG_OF_STATURE
from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.bundle import simulate_capture
from kinetrace.simulation.simulate import simulate
from schemas.adapter import AdapterParams
from schemas.errors import CaptureError, UsageError
from schemas.motion import Validity

HEIGHT = 1.75
FORMATS = tuple(exports(simulate("gait", 2.0, 1, height_m=HEIGHT).truth.positions.astype(float)[:90], HEIGHT))


@pytest.fixture(scope="module")
def joints() -> np.ndarray:
    return simulate("gait", 2.0, 1, height_m=HEIGHT).truth.positions.astype(float)[:90]


def _written(folder: Path, joints: np.ndarray, name: str) -> tuple[Path, dict[str, object]]:
    export, mapping = exports(joints, HEIGHT)[name]
    path = folder / export.file
    path.write_bytes(export.data)
    options = dict(export.options)
    if mapping is not None:
        (folder / "mapping.json").write_bytes(mapping)
        options["mapping"] = folder / "mapping.json"
    return Path(f"{path}{export.address}"), options


@pytest.mark.parametrize("name", FORMATS)
def test_the_truth_comes_back_within_a_millimetre(tmp_path: Path, joints: np.ndarray, name: str) -> None:
    address, options = _written(tmp_path, joints, name)
    result, arrays = read(address, Declared(**options))  # type: ignore[arg-type]
    export, _ = exports(joints, HEIGHT)[name]
    frames = len(arrays.time)
    columns = [INDEX[joint] for joint in export.joints]
    found = arrays.positions[:, columns] - arrays.positions[:, [INDEX["pelvis"]]]
    middle = (joints[:frames, INDEX["l_hip"]] + joints[:frames, INDEX["r_hip"]]) / 2
    assert np.abs(found - (joints[:frames, columns] - middle[:, None])).max() < 1e-3
    travelled = arrays.positions[-1, INDEX["pelvis"]] - arrays.positions[0, INDEX["pelvis"]]
    truth = joints[frames - 1, INDEX["pelvis"]] - joints[0, INDEX["pelvis"]]
    said = any("place was not recorded" in text for text in result.source_info.assumptions)
    assert said != export.rooted
    if export.rooted:
        np.testing.assert_allclose(travelled, truth, atol=1e-3)
    else:
        assert arrays.validity.max() == Validity.INFERRED
        assert np.linalg.norm(travelled - truth) < 0.05 * np.linalg.norm(truth)


@pytest.mark.parametrize("name", FORMATS)
def test_ingest_keeps_what_reads_the_same_and_a_second_time_changes_nothing(
    tmp_path: Path, joints: np.ndarray, name: str
) -> None:
    address, options = _written(tmp_path, joints, name)
    captures = tmp_path / "captures"
    captures.mkdir()
    assert not ingest(address, captures, "one", **options).already_there  # type: ignore[arg-type]
    before = {p.name: p.read_bytes() for p in (captures / "one").iterdir()}
    assert ingest(address, captures, "one", **options).already_there  # type: ignore[arg-type]
    ingest(address, captures, "two", **options)  # type: ignore[arg-type]
    assert all(p.read_bytes() == before[p.name] for p in (captures / "two").iterdir() if p.name != "capture.json")
    _, kept = adapt(captures / "one", AdapterParams())
    _, direct = read(address, Declared(**options))  # type: ignore[arg-type]
    np.testing.assert_array_equal(kept.positions, direct.positions)


@pytest.mark.parametrize("name", ["swift_json", "mapped_csv"])
def test_a_recording_without_times_needs_a_rate(tmp_path: Path, joints: np.ndarray, name: str) -> None:
    address, options = _written(tmp_path, joints, name)
    options.pop("fps")
    with pytest.raises(CaptureError, match=r"time: expected times in the file, or a declared frame rate.*--fps"):
        read(address, Declared(**options))  # type: ignore[arg-type]


def test_a_rate_of_the_user_is_held_against_sense_and_the_mapping(tmp_path: Path, joints: np.ndarray) -> None:
    address, options = _written(tmp_path, joints, "mapped_csv")
    with pytest.raises(UsageError, match=r"--fps.*greater than or equal to 5"):
        validate(address, mapping=options["mapping"], fps=1.0)  # type: ignore[arg-type]
    mapping = Path(str(options["mapping"]))
    mapping.write_text(mapping.read_text().replace("{", '{"fps": 50, ', 1))
    with pytest.raises(UsageError, match=r"--fps: expected 50 as .*found 60"):
        validate(address, mapping=mapping, fps=60.0)
    assert validate(address, mapping=mapping).motion.fps == 50.0  # type: ignore[union-attr]


def test_a_reference_height_is_no_size(tmp_path: Path, joints: np.ndarray) -> None:
    address, _ = _written(tmp_path, joints, "vision_json")
    with pytest.raises(CaptureError, match=r"size: .*reference person 1.80 tall.*--height"):
        validate(address)
    assert any("multiplied by 0.972" in text for text in validate(address, height_m=HEIGHT).assumed)


def test_joint_angles_are_no_motion(tmp_path: Path) -> None:
    path = tmp_path / "walk.mot"
    head = "Coordinates\nversion=1\nnRows=2\nnColumns=3\ninDegrees=yes\nendheader\n"
    path.write_text(head + "time\tpelvis_tilt\tknee_angle_r\n0\t1\t2\n0.01\t1\t2\n")
    with pytest.raises(CaptureError, match=r"found joint angles over time \(pelvis_tilt, knee_angle_r.*\.trc or \.c3d"):
        validate(path)
    path.write_text(head + "time\tground_force_vy\tpx\n0\t1\t2\n0.01\t1\t2\n")
    with pytest.raises(CaptureError, match=r"found forces over time"):
        validate(path)


def test_a_pickled_file_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "infoData.npy"
    np.save(path, np.array({"subjects": [1]}, dtype=object), allow_pickle=True)
    with pytest.raises(CaptureError, match=r"Pickles are not opened.*time_sequences.h5::0"):
        validate(path)
    npz = tmp_path / "data_3d_h36m.npz"
    np.savez(npz, positions_3d=np.array({"S1": {"Walking": np.zeros((4, 17, 3))}}, dtype=object))
    with pytest.raises(CaptureError, match=r"Python objects, which are not opened.*savez_compressed"):
        validate(npz)


def test_an_arkit_body_of_the_default_size_is_scaled_to_a_small_person(tmp_path: Path) -> None:
    """ARKit's default body has a man's size whoever is in view; the declared stature says who was."""
    folder = simulate_capture("gait", 3.0, 4, tmp_path, "small", height_m=1.75)
    head = folder / "capture.json"
    head.write_text(head.read_text().replace('"height_m":1.75', '"height_m":1.5'))
    result, arrays = adapt(folder, AdapterParams())
    assert any("1.50 m is declared" in t and "everything was scaled" in t for t in result.source_info.assumptions)
    legs = [
        np.median(np.linalg.norm(arrays.positions[:, INDEX[f"r_{a}"]] - arrays.positions[:, INDEX[f"r_{b}"]], axis=1))
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    assert sum(legs) == pytest.approx(LEG_OF_STATURE * 1.5, rel=0.03)
    head.write_text(head.read_text().replace('"height_m":1.5', '"height_m":1.75'))
    assert any("sizes were taken as they are" in t for t in adapt(folder, AdapterParams())[0].source_info.assumptions)
