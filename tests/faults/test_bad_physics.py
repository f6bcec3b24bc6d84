"""People, places and recordings that physics is not made for: a stated note or a refusal, never a silent wrong force."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import cli
from adapters.ingest import Declared, read
from kinetrace.motion.skeletons import INDEX, joint_index
from kinetrace.physics.replay import Replayed
from kinetrace.simulation.body import knee_joint
from kinetrace.simulation.simulate import simulate
from kinetrace.simulation.truth import Truth
from schemas.errors import KinetraceError
from schemas.sim_replay import FrameFault, Replay, SimReplayParams
from stages.in_memory import Measured, measured, replayed
from stages.s04_sim_replay.documents import arrays, summary

FPS = 60.0
KEYPOINTS = {
    "Neck": "neck", "RShoulder": "r_shoulder", "LShoulder": "l_shoulder", "RHip": "r_hip", "LHip": "l_hip", "midHip": "pelvis",
    "RKnee": "r_knee", "LKnee": "l_knee", "RAnkle": "r_ankle", "LAnkle": "l_ankle", "RHeel": "r_heel", "LHeel": "l_heel",
    "RSmallToe": "r_toe", "LSmallToe": "l_toe", "RBigToe": "r_toe", "LBigToe": "l_toe", "RElbow": "r_elbow",
    "LElbow": "l_elbow", "RWrist": "r_wrist", "LWrist": "l_wrist",
}  # fmt: skip
FEET = tuple(name for name in KEYPOINTS if name.endswith(("Heel", "Toe")))
RIGHT_LEG = ("RKnee", "RAnkle", "RHeel", "RSmallToe", "RBigToe")
SOLES = {side: joint_index(*(f"{side}_{part}" for part in ("ankle", "heel", "toe"))) for side in "lr"}


@dataclass(frozen=True)
class Found:
    """What the pipeline makes of a recording."""

    of: Measured
    replay: Replayed
    document: Replay

    @property
    def notes(self) -> str:
        source = self.of.adapter.source_info
        return "\n".join((*source.assumptions, *source.left_out, *self.of.state.notes, *self.document.notes))

    @property
    def vertical(self) -> np.ndarray:
        """Force on the left and the right foot [body weights]."""
        return self.replay.evidence.reaction.feet[..., 2]

    @property
    def known(self) -> np.ndarray:
        return self.replay.evidence.reaction.known


def trc(
    positions: np.ndarray,
    fps: float = FPS,
    units: str = "m",
    never: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
    gap: tuple[int, int] = (0, 0),
) -> str:
    """Write video keypoints; some markers never seen, some lost from a frame to another."""
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{fps:g}\t{fps:g}\t{len(positions)}\t{len(KEYPOINTS)}\t{units}\t{fps:g}\t1\t{len(positions)}",
        "Frame#\tTime\t" + "\t\t\t".join(KEYPOINTS),
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(KEYPOINTS) + 1) for axis in "XYZ"),
        "",
    ]
    for frame, pose in enumerate(positions):
        cells = [str(frame + 1), f"{frame / fps:.6f}"]
        for name, joint in KEYPOINTS.items():
            blank = name in never or (name in lost and gap[0] <= frame < gap[1])
            cells += ["", "", ""] if blank else [f"{v:.5f}" for v in pose[INDEX[joint]]]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def find(
    folder: Path, text: str, *, mass: float = 70.0, height: float | None = None, movement: str | None = None
) -> Found:
    path = folder / "made.trc"
    path.write_text(text)
    of = measured(*read(path, Declared(mass_kg=mass, height_m=height, movement=movement)))
    found = replayed(of)
    result = Found(of, found, summary(found, of.state.subject, of.state.fps, SimReplayParams()))
    table = arrays(found, of.arrays.time)
    for name in ("grf", "cop", "torque", "power", "root_residual", "scores"):
        assert np.isfinite(getattr(table, name)).all(), name
    assert not np.any(table.grf[~result.known]), "no force where nobody knows whether a foot bears"
    assert not np.any(table.torque[~result.known])
    return result


@pytest.fixture(scope="module")
def truth() -> Truth:
    """Four seconds of walking at 60 Hz."""
    return simulate("gait", 4.0, 5).truth


@pytest.fixture(scope="module")
def walk(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return find(tmp_path_factory.mktemp("walk"), trc(truth.positions))


def test_feet_without_markers_are_said_to_be_inferred_and_still_carry_one_body(
    truth: Truth, walk: Found, tmp_path: Path
) -> None:
    found = find(tmp_path, trc(truth.positions, never=FEET))
    assert "heels and toes are inferred" in found.notes
    error = (found.vertical - walk.vertical).sum(axis=1)[5:-5]
    assert np.sqrt(np.mean(error**2)) < 0.03


def test_one_foot_without_markers_is_said_to_be_inferred(truth: Truth, tmp_path: Path) -> None:
    found = find(tmp_path, trc(truth.positions, never=tuple(name for name in FEET if name.startswith("R"))))
    assert "right" in found.notes and "inferred" in found.notes


def test_a_leg_lost_for_a_second_has_no_force_there_and_the_rest_is_as_if_it_had_been_seen(
    truth: Truth, walk: Found, tmp_path: Path
) -> None:
    found = find(tmp_path, trc(truth.positions, lost=RIGHT_LEG, gap=(90, 150)))
    lost = np.arange(240)
    lost = (lost >= 90) & (lost < 150)
    assert np.array_equal(~found.known, lost)
    assert not found.replay.evidence.judged[lost].any()
    assert "bridged" in found.notes and "unknown" in found.notes
    near = np.abs(np.arange(240) - 120) < 30 + 15  # a low-pass reaches a quarter of a second
    assert np.abs(found.vertical - walk.vertical)[~near].max() < 0.05


def test_a_frame_of_unknown_contact_is_not_called_an_impossible_force(truth: Truth, tmp_path: Path) -> None:
    found = find(tmp_path, trc(truth.positions, lost=RIGHT_LEG, gap=(90, 150)))
    faults = arrays(found.replay, found.of.arrays.time).faults
    forces = FrameFault.GROUND_REACTION_FORCE | FrameFault.ROOT_RESIDUAL | FrameFault.JOINT_TORQUE
    assert not np.any(faults[90:150] & forces)
    scores = {s.name: s.score for s in found.document.sub_scores}
    assert scores["balance"] is not None and scores["balance"] > 0.99  # a foothold that is not seen is not absent


def test_a_leg_lost_almost_throughout_is_refused(truth: Truth, tmp_path: Path) -> None:
    with pytest.raises(KinetraceError, match="r_knee") as refused:
        find(tmp_path, trc(truth.positions, lost=RIGHT_LEG, gap=(20, 235)))
    assert refused.value.fix


def test_a_child_of_15_kg_and_a_metre_has_its_own_forces_and_a_note_on_its_masses(tmp_path: Path) -> None:
    child = simulate("gait", 4.0, 5, height_m=1.0, mass_kg=15.0).truth.positions
    found = find(tmp_path, trc(child), mass=15.0, height=1.0)
    assert found.document.humanoid.total_mass_kg == pytest.approx(15.0)
    assert "stature 1.00 m" in found.notes and "screening" in found.notes
    assert found.vertical.sum(axis=1)[5:-5].mean() == pytest.approx(1.0, abs=0.05)
    assert found.document.total_score > 0.9


def test_a_prosthesis_with_its_knee_12_cm_low_keeps_both_lengths_and_says_so(truth: Truth, tmp_path: Path) -> None:
    person, positions = truth.person, truth.positions.copy()
    longer = replace(person, thigh=person.thigh + 0.12, shank=person.shank - 0.12)
    hip, ankle = positions[:, INDEX["r_hip"]], positions[:, INDEX["r_ankle"]]
    positions[:, INDEX["r_knee"]] = knee_joint(longer, hip, ankle)
    found = find(tmp_path, trc(positions))
    lengths = found.document.humanoid.segment_lengths_m
    assert lengths["shank_r"] == pytest.approx(lengths["shank_l"] - 0.12, abs=0.005)
    assert "kept asymmetric" in found.notes and "screening" in found.notes
    assert found.document.root_residual_force_rms_bw < 0.05


def test_a_shank_less_than_half_as_long_as_the_other_is_refused(truth: Truth, tmp_path: Path) -> None:
    positions = truth.positions.copy()
    up = positions[:, INDEX["r_knee"]] - positions[:, INDEX["r_ankle"]]
    positions[:, SOLES["r"]] += 0.6 * up[:, None]
    with pytest.raises(KinetraceError) as refused:
        find(tmp_path, trc(positions))
    assert "shank" in str(refused.value) and refused.value.fix


def test_a_belt_gives_the_forces_of_the_same_walk_over_ground(truth: Truth, walk: Found, tmp_path: Path) -> None:
    speed = np.polyfit(truth.time, truth.positions[:, 0, 0], 1)[0]
    positions = truth.positions - speed * truth.time[:, None, None] * np.array([1.0, 0.0, 0.0])
    found = find(tmp_path, trc(positions))
    assert found.of.state.treadmill and "treadmill" in found.notes
    assert np.abs(found.vertical - walk.vertical)[5:-5].max() < 0.02
    assert found.replay.feasibility.axes["contact"] == pytest.approx(walk.replay.feasibility.axes["contact"], abs=0.02)


@pytest.fixture(scope="module")
def stance() -> Truth:
    """Four seconds of quiet standing."""
    return simulate("balance", 4.0, 3).truth


def held_up(stance: Truth, rise: float | np.ndarray) -> np.ndarray:
    """Lift the right foot; the leg bends at the knee."""
    positions = stance.positions.copy()
    positions[:, SOLES["r"], 1] += np.asarray(rise)
    hip, ankle = positions[:, INDEX["r_hip"]], positions[:, INDEX["r_ankle"]]
    positions[:, INDEX["r_knee"]] = knee_joint(stance.person, hip, ankle)
    return positions


@pytest.mark.parametrize("rise", [0.06, 0.15, 0.3])
def test_a_foot_held_up_throughout_bears_nothing(stance: Truth, rise: float, tmp_path: Path) -> None:
    """It has no standing height of its own, so its lowest must not be taken for one."""
    found = find(tmp_path, trc(held_up(stance, rise)))
    assert "right foot" in found.notes
    assert found.known.all()
    assert not np.any(found.vertical[:, 1])
    assert found.vertical[5:-5, 0].mean() == pytest.approx(1.0, abs=0.05)


def test_a_shank_12_cm_short_leaves_its_foot_in_the_air(stance: Truth, tmp_path: Path) -> None:
    positions = stance.positions.copy()
    up = positions[:, INDEX["r_knee"]] - positions[:, INDEX["r_ankle"]]
    positions[:, SOLES["r"]] += 0.12 * (up / np.linalg.norm(up, axis=1, keepdims=True))[:, None]
    found = find(tmp_path, trc(positions))
    assert "kept asymmetric" in found.notes
    assert not np.any(found.vertical[:, 1])


def test_a_foot_lifted_after_a_second_bears_until_then(stance: Truth, tmp_path: Path) -> None:
    rise = 0.15 * smooth((np.arange(len(stance.time)) - 60.0) / 40.0)
    found = find(tmp_path, trc(held_up(stance, rise[:, None])))
    assert found.vertical[5:50, 1].min() > 0.4
    assert not np.any(found.vertical[110:, 1])


def climbing(truth: Truth, rise: float) -> np.ndarray:
    """Lift the walk's feet by a step at every strike after the first, and the body along with them."""
    positions, time = truth.positions.copy(), truth.time
    strikes = sorted((e.time_s, e.side) for e in truth.events if e.kind == "heel_strike" and e.time_s > 0.2)
    level = {"left": np.zeros(len(time)), "right": np.zeros(len(time))}
    body = np.zeros(len(time))
    for number, (strike, side) in enumerate(strikes, 1):
        level[side] += (number * rise - level[side]) * smooth((time - strike + 0.42) / 0.40)
        body += rise * smooth((time - strike + 0.1) / 0.6)
    feet = np.concatenate(list(SOLES.values()))
    others = np.setdiff1d(np.arange(21), feet)
    positions[:, others, 1] += body[:, None]
    for side, name in (("l", "left"), ("r", "right")):
        positions[:, SOLES[side], 1] += level[name][:, None]
    reach = max(
        np.linalg.norm(positions[:, INDEX[f"{s}_ankle"]] - positions[:, INDEX[f"{s}_hip"]], axis=1).max() for s in "lr"
    )
    positions[:, others, 1] -= max(0.0, 1.2 * (reach - 0.995 * truth.person.leg))
    for s in "lr":
        hip, ankle = positions[:, INDEX[f"{s}_hip"]], positions[:, INDEX[f"{s}_ankle"]]
        positions[:, INDEX[f"{s}_knee"]] = knee_joint(truth.person, hip, ankle)
    return positions


def smooth(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)


def test_on_stairs_no_force_is_given_and_the_reason_is(truth: Truth, tmp_path: Path) -> None:
    found = find(tmp_path, trc(climbing(truth, 0.17)))
    assert "stairs" in found.notes
    assert not found.known[120:225].any()  # the last stance is cut by the end
    assert found.vertical[120:].max() == 0.0


@pytest.fixture(scope="module")
def rising() -> np.ndarray:
    """Eight seconds of rising and sitting down."""
    return simulate("sit_to_stand", 8.0, 1).truth.positions


@pytest.mark.parametrize("movement", ["sit_to_stand", "squat", "balance", "other", None])
def test_a_chair_that_nobody_scanned_carries_the_sitter_whatever_the_movement_is_called(
    rising: np.ndarray, movement: str | None, tmp_path: Path
) -> None:
    found = find(tmp_path, trc(rising), movement=movement)
    assert found.document.humanoid.seat_source == "motion"
    assert "no scanned seat" in found.notes
    seat = found.replay.evidence.reaction.seat[:, 2]
    hips = rising[:, INDEX["pelvis"], 1]
    low = hips < hips.min() + 0.005
    assert 0.2 < np.median(seat[low]) < 0.9
    assert not np.any(seat[hips > hips.max() - 0.05])


@pytest.mark.parametrize("movement", ["sit_to_stand", "balance", "other"])
def test_somebody_who_only_sits_is_carried_by_the_seat_too(rising: np.ndarray, movement: str, tmp_path: Path) -> None:
    pose = rising[rising[:, INDEX["pelvis"], 1].argmin()]
    still = np.tile(pose, (180, 1, 1)) + np.random.default_rng(0).normal(0.0, 0.0005, (180, 21, 3))
    found = find(tmp_path, trc(still), movement=movement)
    assert found.replay.evidence.reaction.seat[:, 2].mean() > 0.3
    assert found.vertical.sum(axis=1).mean() < 0.7


@pytest.mark.parametrize("fps", [15.0, 30.0, 1000.0])
def test_slow_and_fast_cameras_see_the_same_forces(truth: Truth, walk: Found, fps: float, tmp_path: Path) -> None:
    time = np.arange(0.0, truth.time[-1], 1.0 / fps)
    found = find(tmp_path, trc(CubicSpline(truth.time, truth.positions)(time), fps=fps))
    at = found.of.arrays.time
    inside = (at > 0.2) & (at < truth.time[-1] - 0.3)
    total, seen = (f.vertical.sum(axis=1) for f in (walk, found))
    error = seen[inside] - np.interp(at[inside], truth.time, total)
    assert np.sqrt(np.mean(error**2)) < (0.06 if fps < 30.0 else 0.03)


def test_frames_without_anything_are_bridged_and_not_scored(truth: Truth, walk: Found, tmp_path: Path) -> None:
    positions = truth.positions.copy()
    positions[60:70] = np.nan
    found = find(tmp_path, trc(positions))
    assert not found.replay.evidence.judged[61:69].any()
    assert "bridged" in found.notes
    assert found.document.total_score == pytest.approx(walk.document.total_score, abs=0.02)


def turned_over(positions: np.ndarray) -> np.ndarray:
    return positions * np.array([1.0, -1.0, -1.0])


REFUSED = {
    "five frames": (lambda p: trc(p[:5]), {}, ("frames", "5")),
    "ten frames a second": (lambda p: trc(p[::6], fps=10.0), {}, ("cutoff_hz", "10 frames a second")),
    "upside down": (lambda p: trc(turned_over(p)), {}, ("up axis",)),
    "millimetres called metres": (lambda p: trc(1000.0 * p), {}, ("Units", "mm")),
    "metres called millimetres": (lambda p: trc(p, units="mm"), {}, ("Units", "units: m")),
    "nobody seen": (lambda p: trc(p * np.nan), {}, ("markers",)),
    "no mass at all": (trc, {"mass": 0.0}, ("--mass",)),
    "600 kg": (trc, {"mass": 600.0}, ("--mass", "600")),
    "a mass that is no number": (trc, {"mass": float("nan")}, ("--mass", "nan")),
    "7 kg at 1.75 m": (trc, {"mass": 7.0, "height": 1.75}, ("body mass index",)),
    "7 kg, stature as seen": (trc, {"mass": 7.0}, ("body mass index",)),
    "175 m tall": (trc, {"height": 175.0}, ("--height",)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_where_expected_found_and_fix(case: str, truth: Truth, tmp_path: Path) -> None:
    make, declared, words = REFUSED[case]
    with pytest.raises(KinetraceError) as refused:
        find(tmp_path, make(truth.positions), **declared)
    error = refused.value
    assert all((error.where, error.field, error.expected, error.found, error.fix))
    for word in words:
        assert word in str(error)


@pytest.mark.parametrize(
    "case", ["five frames", "upside down", "millimetres called metres", "600 kg", "7 kg at 1.75 m"]
)
def test_kinetrace_score_refuses_it_without_a_traceback(
    case: str, truth: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, declared, words = REFUSED[case]
    path = tmp_path / "made.trc"
    path.write_text(make(truth.positions))
    options = [text for name, value in declared.items() for text in (f"--{name}", f"{value:g}")]
    monkeypatch.setattr(sys, "argv", ["kinetrace", "score", str(path), *options])
    with pytest.raises(SystemExit) as end:
        cli.main()
    told = capsys.readouterr()
    assert end.value.code in (1, 2) and told.out == ""
    for word in ("error:", "expected:", "found:", "fix:", *words):
        assert word in told.err
    assert "Traceback" not in told.err


def test_a_foothold_that_falls_into_lost_data_is_not_taken_for_a_fall(
    truth: Truth, walk: Found, tmp_path: Path
) -> None:
    found = find(tmp_path, trc(truth.positions, lost=RIGHT_LEG, gap=(90, 150)))
    gap, whole = ({s.name: s for s in f.document.sub_scores}["balance"] for f in (found, walk))
    assert gap.score is not None and whole.score is not None
    assert gap.score > whole.score - 0.01


def test_neither_faults_nor_reasons_speak_of_frames_in_which_contact_is_unknown(truth: Truth, tmp_path: Path) -> None:
    found = find(tmp_path, trc(truth.positions, lost=RIGHT_LEG, gap=(90, 150)))
    faults = arrays(found.replay, found.of.arrays.time).faults
    assert not np.any(faults[90:150] & FrameFault.ROOT_RESIDUAL)
    reasons = {s.name: s.explanation for s in found.document.sub_scores}
    unexplained = float(reasons["ground_reaction_force"].split("leave ")[1].split(" ")[0])
    assert unexplained == pytest.approx(found.document.root_residual_force_rms_bw, abs=0.02)
    assert float(reasons["balance"].split("is ")[1].split(" ")[0]) < 5.0


@pytest.mark.parametrize("mass", [7.0, 390.0])
def test_a_mass_that_nobody_of_the_stature_that_is_seen_has_is_refused(
    mass: float, truth: Truth, tmp_path: Path
) -> None:
    with pytest.raises(KinetraceError, match="body mass index") as refused:
        find(tmp_path, trc(truth.positions), mass=mass)
    assert "estimated" in refused.value.found and refused.value.fix


@pytest.mark.parametrize("lost", [FEET, tuple(name for name in FEET if name.startswith("R"))])
def test_kinetrace_score_tells_what_stages_0_to_2_assumed(
    lost: tuple[str, ...],
    truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "made.trc"
    path.write_text(trc(truth.positions, never=lost))
    monkeypatch.setattr(sys, "argv", ["kinetrace", "score", str(path), "--mass", "70"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    told = capsys.readouterr().out
    assert end.value.code == 0
    for words in (f"markers never seen: {lost[0]}", "sex not declared", "inferred", "low-pass before forces"):
        assert words in told
    assert told.count("movement not declared") == 1


def test_kinetrace_score_says_beside_the_total_in_how_many_frames_forces_are_known(
    truth: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "made.trc"
    path.write_text(trc(climbing(truth, 0.17)))
    monkeypatch.setattr(sys, "argv", ["kinetrace", "score", str(path), "--mass", "70"])
    with pytest.raises(SystemExit):
        cli.main()
    headline = capsys.readouterr().out.splitlines()[0]
    share = float(headline.split("forces known in ")[1].split(" %")[0])
    assert 0.0 < share < 60.0


def test_kinetrace_score_tells_what_was_inferred_and_assumed(
    truth: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "made.trc"
    path.write_text(trc(truth.positions, never=FEET))
    monkeypatch.setattr(sys, "argv", ["kinetrace", "score", str(path), "--mass", "70"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    assert "heels and toes are inferred" in capsys.readouterr().out


def test_a_foot_that_walks_on_a_low_step_is_not_held_up(truth: Truth, tmp_path: Path) -> None:
    found = find(tmp_path, trc(climbing(truth, 0.06)))
    assert "above the other throughout" not in found.notes
