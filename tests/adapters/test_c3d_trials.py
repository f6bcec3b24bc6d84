"""C3D trials through the adapter, ingest and the stages after it; real ones where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adapters.formats.c3d import read_c3d
from adapters.formats.force_plates import force_plates
from adapters.ingest import Declared, ingest, read, validate
from adapters.robotics.adapter import adapt
from benchmarks.made_c3d import make_c3d
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import AdapterParams
from schemas.errors import CaptureError, UsageError
from schemas.motion import Reason, Validity

Make = Callable[..., dict[str, np.ndarray]]


def _c3d(path: Path, markers: dict[str, np.ndarray], **options: object) -> Path:
    """Write markers [m, Y up] as a C3D in millimetres, Z up."""
    turned = {n: 1000.0 * p[:, [0, 2, 1]] * (1.0, -1.0, 1.0) for n, p in markers.items()}
    points = np.nan_to_num(np.stack(list(turned.values()), axis=1))
    residuals = np.where(np.isfinite(np.stack(list(markers.values()), axis=1)).all(axis=2), 0.0, -1.0)
    groups = {"POINT": {"Y_SCREEN": "+Z"}, "PROCESSING": {"Bodymass": 71.5}}
    made = make_c3d(points, tuple(f"s:{n}" for n in markers), rate=60.0, residuals=residuals, groups=groups, **options)  # type: ignore[arg-type]
    path.write_bytes(made)
    return path


def test_the_same_markers_give_the_same_body_in_c3d_and_trc(
    tmp_path: Path, walker: np.ndarray, lab_markers: Make, trc: Callable[..., str]
) -> None:
    markers = lab_markers(walker)
    markers["r_thigh1"][5:9] = np.nan
    text = tmp_path / "walk.trc"
    text.write_text(trc(markers), encoding="ascii")
    (result, arrays), (_, theirs) = read(_c3d(tmp_path / "walk.c3d", markers)), read(text)
    assert np.abs(arrays.positions - theirs.positions).max() < 1e-5 and np.array_equal(arrays.validity, theirs.validity)
    info = result.source_info
    assert info.format == "c3d" and info.up_found == "z" and info.units_found == "mm"
    assert result.subject.mass_kg == 71.5 and "mass 71.5 kg as the file says" in info.assumptions
    assert not any("mass not declared" in text for text in info.assumptions)


def test_a_c3d_and_its_static_trial_become_a_bundle_that_stage_0_reads(
    tmp_path: Path, walker: np.ndarray, stander: np.ndarray, lab_markers: Make
) -> None:
    walk = _c3d(tmp_path / "walk.c3d", lab_markers(walker, medial=False), first_frame=121)
    still = _c3d(tmp_path / "still.C3D", lab_markers(stander))
    captures = tmp_path / "captures"
    report = ingest(walk, captures, "a", static=still, mass_kg=70.0)
    assert report.taken == ("still.C3D as static.c3d", "walk.c3d as motion.c3d")
    assert (captures / "a" / "motion.c3d").read_bytes() == walk.read_bytes()
    assert ingest(walk, captures, "a", static=still, mass_kg=70.0).already_there
    result, _ = adapt(captures / "a", AdapterParams())
    assert result.static_pose is not None and result.subject.mass_kg == 70.0
    assert result.source_info.time_offset_s == pytest.approx(2.0)
    assert any("the file says mass 71.5 kg; 70.0 was declared" in text for text in result.source_info.assumptions)
    assert "can be used" in validate(walk, static=still).text()


def test_a_leg_that_is_missing_for_a_while_is_missing_there_and_never_invented(
    tmp_path: Path, walker: np.ndarray, lab_markers: Make
) -> None:
    markers = lab_markers(walker)
    for name in ("L_knee", "L_mknee", "L_ankle", "L_mankle", "L_calc", "L_toe", "L_sh2", "L_sh3"):
        markers[name][40:80] = np.nan
    result, arrays = read(_c3d(tmp_path / "leg.c3d", markers))
    gone = arrays.validity[40:80][:, [INDEX["l_knee"], INDEX["l_ankle"], INDEX["l_heel"]]]
    assert (gone == Validity.MISSING).all() and (arrays.positions[40:80, INDEX["l_ankle"]] == 0.0).all()
    assert (arrays.validity[40:80, INDEX["r_knee"]] == Validity.MEASURED).all()
    assert (arrays.reasons[40:80] & Reason.JOINT_MISSING).all() and result.tracked_fraction == pytest.approx(110 / 150)


def test_half_of_the_samples_missing_here_and_there_is_bridged_and_marked(
    tmp_path: Path, walker: np.ndarray, lab_markers: Make
) -> None:
    markers = lab_markers(walker)
    lost = np.arange(len(walker)) % 2 == 1
    for track in markers.values():
        track[lost] = np.nan
    _, arrays = read(_c3d(tmp_path / "half.c3d", markers))
    inner = slice(1, len(arrays.time) - 1)
    assert (arrays.reasons[inner][lost[inner]] & Reason.GAP_FILLED).all()
    assert (arrays.validity[inner][lost[inner], INDEX["r_knee"]] == Validity.INFERRED).all()


def test_half_of_the_samples_missing_in_long_pieces_is_refused_with_what_would_work(
    tmp_path: Path, walker: np.ndarray, lab_markers: Make
) -> None:
    markers = lab_markers(walker)
    for track in markers.values():
        track[10:50] = track[60:100] = track[110:149] = np.nan
    with pytest.raises(CaptureError, match="hips, knees and ankles in view") as caught:
        read(_c3d(tmp_path / "half.c3d", markers))
    assert caught.value.field == "tracked_fraction" and caught.value.found == "21%"


def test_feet_that_the_file_lacks_are_inferred_and_marked(
    tmp_path: Path, walker: np.ndarray, lab_markers: Make
) -> None:
    markers = {n: p for n, p in lab_markers(walker).items() if "toe" not in n and "calc" not in n}
    _, arrays = read(_c3d(tmp_path / "feet.c3d", markers))
    for joint in ("r_toe", "l_heel"):
        assert (arrays.validity[:, INDEX[joint]] == Validity.INFERRED).all()
    assert (arrays.validity[:, INDEX["r_ankle"]] == Validity.MEASURED).all()


def test_ankles_that_the_file_lacks_are_refused(tmp_path: Path, walker: np.ndarray, lab_markers: Make) -> None:
    markers = {n: p for n, p in lab_markers(walker).items() if "ankle" not in n}
    with pytest.raises(CaptureError, match=r"lateral knee and ankle markers.*--static FILE"):
        read(_c3d(tmp_path / "ankles.c3d", markers))


def test_a_child_of_one_metre_is_a_person(tmp_path: Path, walker: np.ndarray, lab_markers: Make) -> None:
    small = {n: 0.58 * p for n, p in lab_markers(walker).items()}
    result, arrays = read(_c3d(tmp_path / "child.c3d", small), Declared(mass_kg=15.0))
    assert result.subject.mass_kg == 15.0 and result.tracked_fraction == 1.0
    thigh = np.linalg.norm(arrays.positions[:, INDEX["r_hip"]] - arrays.positions[:, INDEX["r_knee"]], axis=1)
    assert 0.2 < float(np.median(thigh)) < 0.28


def test_legs_of_unequal_length_are_kept_and_said(tmp_path: Path, walker: np.ndarray, keypoints: Make) -> None:
    joints = walker.copy()
    shorter = 0.75 * (joints[:, INDEX["l_ankle"]] - joints[:, INDEX["l_knee"]])
    joints[:, INDEX["l_ankle"]] = joints[:, INDEX["l_knee"]] + shorter
    result, arrays = read(_c3d(tmp_path / "unequal.c3d", keypoints(joints)))
    said = [text for text in result.source_info.assumptions if "kept as measured" in text]
    assert len(said) == 1 and said[0].startswith("left shank 0.3")
    shank = np.linalg.norm(arrays.positions[:, INDEX["l_knee"]] - arrays.positions[:, INDEX["l_ankle"]], axis=1)
    np.testing.assert_allclose(shank, np.linalg.norm(shorter, axis=1), atol=1e-5)


def test_a_static_trial_beside_anything_but_a_motion_is_refused(tmp_path: Path) -> None:
    body = tmp_path / "body.jsonl"
    body.write_text("{}\n", encoding="ascii")
    with pytest.raises(UsageError, match="--static"):
        read(body, Declared(static=tmp_path / "still.c3d"))


TRIALS = [
    ("btk/FunctionalWalk.c3d", None, (60.0, 1.68)),
    ("btk/PiG_Motion-FlatFoot-One.c3d", None, (66.5, 1.79)),
    ("rehazenter_2014001/2014001_C1_01.c3d", "rehazenter_2014001/2014001_ST.c3d", (67.0, 1.655)),
    ("welk007_single_leg/RHJC1.c3d", "welk007_single_leg/static1.c3d", (None, None)),
]


@pytest.mark.parametrize(("name", "static", "person"), TRIALS, ids=[t[0] for t in TRIALS])
def test_real_trials_are_read_whole(
    recordings: Path, name: str, static: str | None, person: tuple[float | None, float | None]
) -> None:
    result, arrays = read(recordings / name, Declared(static=None if static is None else recordings / static))
    info = result.source_info
    assert info.format == "c3d" and info.up_found == "z" and result.tracked_fraction == 1.0
    assert result.subject.mass_kg == person[0] and result.subject.height_m == pytest.approx(person[1])
    for side in "rl":
        hip, knee, ankle = (arrays.positions[:, INDEX[f"{side}_{j}"]].astype(float) for j in ("hip", "knee", "ankle"))
        thigh, shank = np.linalg.norm(hip - knee, axis=1), np.linalg.norm(knee - ankle, axis=1)
        assert 0.36 < np.median(thigh) < 0.43 and 0.36 < np.median(shank) < 0.45
        assert np.std(thigh) < 0.009 and np.std(shank) < 0.009
        assert arrays.positions[:, INDEX[f"{side}_heel"], 1].min() == pytest.approx(0.04, abs=0.04)
    assert not [text for text in info.assumptions if "exchanged" in text or "kept as measured" in text]


@pytest.mark.parametrize(
    ("name", "limit_deg"), [("btk/FunctionalWalk.c3d", 3.0), ("btk/PiG_Motion-FlatFoot-One.c3d", 4.0)]
)
def test_knee_flexion_agrees_with_the_laboratorys_own_model(recordings: Path, name: str, limit_deg: float) -> None:
    from kinetrace.store.safe_io.c3d import read_c3d_content

    content = read_c3d_content(recordings / name)
    labels = content.parameters["POINT"]["LABELS"]
    _, arrays = read(recordings / name)
    for side in "rl":
        hip, knee, ankle = (arrays.positions[:, INDEX[f"{side}_{j}"]].astype(float) for j in ("hip", "knee", "ankle"))
        thigh, shank = hip - knee, ankle - knee
        cosine = (thigh * shank).sum(axis=1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
        flexion = 180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        column = labels.index(f"{side.upper()}KneeAngles")
        there = content.residuals[:, column] >= 0
        error = flexion[there] - content.points[there, column, 0]
        assert float(np.sqrt((error**2).mean())) <= limit_deg


def test_without_the_models_outputs_our_own_centres_are_near_them(recordings: Path) -> None:
    from dataclasses import replace

    from adapters.formats.c3d import read_c3d_markers
    from adapters.robotics.from_markers import NamedFile, body_from_markers

    path = recordings / "btk/FunctionalWalk.c3d"
    whole = read_c3d_markers(path)
    kept = [i for i, n in enumerate(whole.names) if n[1:] not in ("FEP", "FEO", "TIO")]
    bare = replace(whole, names=tuple(whole.names[i] for i in kept), positions=whole.positions[:, kept])
    theirs, ours = (body_from_markers(NamedFile(f, "x"), None, None, "unknown")[0] for f in (whole, bare))
    for joint, limit in (("hip", 0.020), ("knee", 0.015), ("ankle", 0.010)):
        for side in "rl":
            apart = np.linalg.norm(ours.get(f"{side}_{joint}") - theirs.get(f"{side}_{joint}"), axis=1)
            assert float(np.nanmedian(apart)) <= limit, (joint, side)
    assert (
        ours.methods["r_hip"].text == "Harrington 2007" and "half of the measured width" in ours.methods["l_knee"].text
    )


def test_events_of_a_real_file_are_those_of_its_plates(recordings: Path) -> None:
    path = recordings / "btk/PiG_Motion-FlatFoot-One.c3d"
    file = read_c3d(path)
    strikes = [event.time_s for event in file.events if event.label == "Foot Strike"]
    for plate in force_plates(file, str(path)):
        onset = plate.time[int(np.argmax(plate.force[:, 1] > 20.0))]
        assert min(abs(onset - time) for time in strikes) < 0.010


@pytest.mark.parametrize(("name", "static", "person"), TRIALS, ids=[t[0] for t in TRIALS])
def test_real_trials_go_through_alignment_state_and_replay(
    recordings: Path, name: str, static: str | None, person: tuple[float | None, float | None]
) -> None:
    from stages.in_memory import measured, replayed

    of = measured(*read(recordings / name, Declared(static=None if static is None else recordings / static)))
    assert of.state.movement == ("balance" if "welk" in name else "gait")
    assert of.state.subject.mass_kg == person[0] and 1.45 < of.state.subject.stature_m < 1.85
    vertical = replayed(of).evidence.reaction.feet[:, :, 2].sum(axis=1)
    assert float(np.mean(vertical)) == pytest.approx(1.0, abs=0.08)
