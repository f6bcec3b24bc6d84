from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from adapters.corpus import Take, takes
from benchmarks.made_takes import bvh_text, cmu_zip, kinect_zip, vicon_zip
from kinetrace.motion.skeletons import INDEX, NEEDED
from kinetrace.simulation.bundle import simulate_capture
from schemas.errors import CaptureError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of every kind of recording, with one licence declared."""
    for name in ("ui", "cmu", "clinic", "clinic/deeper"):
        (tmp_path / name).mkdir()
    (tmp_path / "ui" / "v.zip").write_bytes(vicon_zip(40, ("m01_s02_e03", "m05_s02_e01_inc")))
    (tmp_path / "ui" / "k.zip").write_bytes(kinect_zip(40, ("m01_s02_e03",)))
    data = cmu_zip(60, ("train/walking_extra/walking_7", "train/running/running_2"))
    (tmp_path / "cmu" / "c.zip").write_bytes(data)
    (tmp_path / "clinic" / "Squat_2.bvh").write_text(bvh_text(40))
    (tmp_path / "clinic" / "static.bvh").write_text(bvh_text(40))
    (tmp_path / "clinic" / "notes.txt").write_text("nothing to read")
    (tmp_path / "clinic" / "link.bvh").symlink_to(tmp_path / "clinic" / "static.bvh")
    simulate_capture("gait", 2.0, 1, tmp_path / "clinic" / "deeper", "sim_walk")
    (tmp_path / "MANIFEST.md").write_text("| file | licence |\n|---|---|\n| clinic/Squat_2.bvh | CC0 |\n")
    return tmp_path


def by_name(folder: Path) -> dict[str, Take]:
    return {take.name: take for take in takes([folder])}


def test_takes_say_who_did_what_and_under_which_licence(folder: Path) -> None:
    found = by_name(folder)
    squat = found["ui_prmd_vicon/ui_prmd_s02/deep_squat/e03"]
    assert (squat.kind, squat.correct) == ("squat", True) and "PDDL" in squat.licence
    wrong = found["ui_prmd_vicon/ui_prmd_s02/sit_to_stand/e01_inc"]
    assert (wrong.kind, wrong.correct) == ("sit_to_stand", False)
    seen = found["ui_prmd_kinect/ui_prmd_s02/deep_squat/e03"]
    assert seen.subject == squat.subject  # the same person before both at once
    walk = found["cmu_expmap/cmu_walking/walking/train_walking_extra_walking_7"]
    assert (walk.subject, walk.kind, walk.correct) == ("cmu_walking", "gait", None) and "free use" in walk.licence
    assert found["cmu_expmap/cmu_running/running/train_running_2"].kind == "other"
    own = found["clinic/clinic/squat/Squat_2"]
    assert (own.licence, own.kind) == ("CC0", "squat") and own.static == folder / "clinic" / "static.bvh"
    assert found["clinic/clinic/standing/static"].licence == "not declared"
    bundle = next(take for take in found.values() if take.path.name == "sim_walk")
    assert bundle.kind == "gait" and bundle.source == "deeper"


def test_nothing_else_is_found_and_the_order_is_the_same_every_time(folder: Path) -> None:
    names = [take.name for take in takes([folder])]
    assert len(names) == 8 == len(set(names))
    assert names == [take.name for take in takes([folder])]


def test_every_take_opens_as_a_body_in_metres_with_its_licence(folder: Path) -> None:
    for take in takes([folder / "ui", folder / "cmu"]):
        result, arrays = take.open()
        assert result.source_info.licence == take.licence and result.subject.id == take.subject
        assert result.movement == take.kind
        assert (arrays.validity[:, [INDEX[joint] for joint in NEEDED]] > 0).all()
        legs = np.linalg.norm(arrays.positions[:, INDEX["r_hip"]] - arrays.positions[:, INDEX["r_knee"]], axis=1)
        assert 0.3 < np.median(legs) < 0.5


def test_what_cannot_be_used_is_given_too_and_refuses_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK nonsense")
    (tmp_path / "short.bvh").write_text(bvh_text(8))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "capture.json").write_text("{")
    reasons = {}
    for take in takes([tmp_path]):
        with pytest.raises(CaptureError) as refusal:
            take.open()
        reasons[take.path.name] = str(refusal.value)
    assert set(reasons) == {"broken.zip", "short.bvh", "bad"}
    assert "zip archive" in reasons["broken.zip"] and "at least 30" in reasons["short.bvh"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="DIR: expected folders of recordings"):
        list(takes([tmp_path / "none"]))


def test_the_real_recordings_are_all_there(recordings: Path) -> None:
    found = list(takes([recordings]))
    counts = Counter(take.source for take in found)
    assert counts["ui_prmd_vicon"] == 700 and counts["ui_prmd_kinect"] == 1200 and counts["cmu_expmap"] == 96
    assert counts["opencap_s4"] == 12 and len({take.name for take in found}) == len(found)
    assert not [take.name for take in found if take.licence == "not declared"]
    assert {take.subject for take in found if take.source == "ui_prmd_kinect"} == {
        f"ui_prmd_s0{i}" for i in range(1, 7)
    }


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("ui_prmd_vicon/ui_prmd_s03/deep_squat/e03", 0.03),  # skin moves over the knee
        ("ui_prmd_vicon/ui_prmd_s02/sit_to_stand/e02", 0.03),
        ("cmu_expmap/cmu_walking/walking/train_walking_3", 0.001),
    ],
)
def test_real_legs_keep_their_length_and_stand_above_their_feet(recordings: Path, name: str, lengths: float) -> None:
    take = next(take for take in takes([recordings]) if take.name == name)
    _, arrays = take.open()
    place = {joint: arrays.positions[:, i] for joint, i in INDEX.items()}
    for a, b in (("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("l_hip", "l_knee"), ("l_knee", "l_ankle")):
        length = np.linalg.norm(place[a] - place[b], axis=1)
        assert 0.32 < np.median(length) < 0.48 and length.std() < lengths
    assert (place["head"][:, 1] > place["pelvis"][:, 1] + 0.3).all()
    assert (np.minimum(place["r_toe"][:, 1], place["l_toe"][:, 1]) < place["pelvis"][:, 1] - 0.2).all()
