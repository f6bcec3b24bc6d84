"""What a person may get wrong, through every door: a clear refusal, exit code 1, nothing published."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cli
from benchmarks.scratch import scratch_project
from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.simulate import simulate
from kinetrace.store.workspace import Workspace

KEYPOINTS = {
    "Neck": "neck", "RShoulder": "r_shoulder", "LShoulder": "l_shoulder", "RHip": "r_hip", "LHip": "l_hip", "midHip": "pelvis",
    "RKnee": "r_knee", "LKnee": "l_knee", "RAnkle": "r_ankle", "LAnkle": "l_ankle", "RHeel": "r_heel", "LHeel": "l_heel",
    "RSmallToe": "r_toe", "LSmallToe": "l_toe", "RBigToe": "r_toe", "LBigToe": "l_toe", "RElbow": "r_elbow",
    "LElbow": "l_elbow", "RWrist": "r_wrist", "LWrist": "l_wrist",
}  # fmt: skip

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    """Three seconds of walking, BODY21 [m]."""
    return simulate("gait", 3.0, 5).truth.positions


def trc(
    positions: np.ndarray,
    names: dict[str, str] | None = None,
    *,
    units: str = "m",
    times: np.ndarray | None = None,
    blank: tuple[str, ...] = (),
    cell: str | None = None,
) -> str:
    """Write a TRC file of video keypoints, rightly but for what the test asks."""
    names = names or KEYPOINTS
    times = np.arange(len(positions)) / 60.0 if times is None else times
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{len(positions)}\t{len(names)}\t{units}\t60\t1\t{len(positions)}",
        "Frame#\tTime\t" + "\t\t\t".join(names),
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    for frame, (t, pose) in enumerate(zip(times, positions, strict=True), 1):
        cells = [str(frame), f"{t:.5f}"]
        for name, joint in names.items():
            cells += ["", "", ""] if name in blank else [f"{v:.5f}" for v in pose[INDEX[joint]]]
        if cell and frame == len(positions) // 2:
            cells[2] = cell
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace = scratch_project(tmp_path / "project")
    monkeypatch.chdir(workspace.root)
    return workspace


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process: exit code, and all that a user sees."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["kinetrace", *arguments])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        out = capsys.readouterr()
        return code, out.out + out.err

    return call


LIMBLESS = {k: v for k, v in KEYPOINTS.items() if "Knee" not in k and "Ankle" not in k}
CASES: dict[str, tuple[Callable[[np.ndarray], str], tuple[str, ...]]] = {
    "empty": (lambda _: "", ("0 bytes",)),
    "truncated": (lambda p: trc(p)[: len(trc(p)) // 2].rsplit("\t", 3)[0], ("180",)),
    "header alone": (lambda p: trc(p[:0]), ("frame",)),
    "claims a billion frames": (
        lambda p: trc(p).replace(f"60\t60\t{len(p)}", "60\t60\t1000000000", 1),
        ("1000000000",),
    ),
    "unknown markers": (
        lambda p: trc(p, {f"marker{i}": j for i, j in enumerate(KEYPOINTS.values())}),
        ("marker0", "--mapping"),
    ),
    "no units": (lambda p: trc(p, units=""), ("unit",)),
    "unknown units": (lambda p: trc(p, units="furlong"), ("furlong",)),
    "infinite": (lambda p: trc(p, cell="inf"), ("inf",)),
    "not a number": (lambda p: trc(p, cell="hello"), ("hello",)),
    "a needed joint missing throughout": (lambda p: trc(p, blank=("RKnee",)), ("r_knee",)),
    "time backwards": (lambda p: trc(p, times=np.arange(len(p))[::-1] / 60.0), ("must increase",)),
    "two frames": (lambda p: trc(p[:2]), ("2",)),
    "thirty metres tall": (lambda p: trc(p * 17.0), ("m",)),
    "millimetres called metres": (lambda p: trc(p * 1000.0), ("m",)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_recording_is_refused_by_validate_and_ingest_and_leaves_nothing(
    case: str, walk: np.ndarray, project: Workspace, run: Run
) -> None:
    make, words = CASES[case]
    path = project.root / "bad.trc"
    path.write_text(make(walk))
    for arguments in (("validate", str(path)), ("ingest", str(path), "--id", "bad")):
        code, text = run(*arguments)
        assert code == 1, text
        for label in ("error:", "expected:", "found:", "fix:"):
            assert label in text
        for word in words:
            assert word in text
        assert "Traceback" not in text
    assert list(project.captures.iterdir()) == []


@pytest.mark.parametrize("case", CASES)
def test_the_same_in_a_hand_made_bundle_is_refused_by_the_stage_which_publishes_nothing(
    case: str, walk: np.ndarray, project: Workspace, run: Run
) -> None:
    folder = project.captures / "bad"
    folder.mkdir()
    (folder / "motion.trc").write_text(CASES[case][0](walk))
    card = {"device": {"model": "by hand"}, "subject": {"id": "s"}, "units": "m", "files": {"motion.trc": "motion"}}
    (folder / "capture.json").write_text(json.dumps(card))
    project.params.write_text(project.params.read_text().replace("capture: demo_walk", "capture: bad"))
    code, text = run("stage", "adapter")
    assert code == 1, text
    assert "found:" in text
    artifacts = project.root / "artifacts" / "bad"
    assert not artifacts.exists() or list(artifacts.iterdir()) == []


def test_a_good_recording_is_taken_and_what_was_assumed_is_said(walk: np.ndarray, project: Workspace, run: Run) -> None:
    path = project.root / "good.trc"
    path.write_text(trc(walk))
    code, text = run("ingest", str(path), "--id", "good")
    assert code == 0, text
    assert "mass" in text
    assert "kinetrace run good" in text
    before = {p.name: p.read_bytes() for p in (project.captures / "good").iterdir()}
    assert run("ingest", str(path), "--id", "good")[0] == 0, "the same again changes nothing"
    assert before == {p.name: p.read_bytes() for p in (project.captures / "good").iterdir()}
    path.write_text(trc(walk + 0.01))
    code, text = run("ingest", str(path), "--id", "good")
    assert code == 2, "a different recording under a taken id is refused"
    assert "good" in text
    assert before == {p.name: p.read_bytes() for p in (project.captures / "good").iterdir()}


def test_gaps_are_not_errors(walk: np.ndarray, project: Workspace, run: Run) -> None:
    lines = trc(walk).splitlines()
    for row in range(60, 75):
        cells = lines[row].split("\t")
        lines[row] = "\t".join([*cells[:2], *([""] * (len(cells) - 2))])
    path = project.root / "gaps.trc"
    path.write_text("\n".join(lines) + "\n")
    code, text = run("validate", str(path))
    assert code == 0, text


@pytest.mark.parametrize("option", [("--mass", "-3"), ("--height", "30"), ("--sex", "x"), ("--movement", "flying")])
def test_a_declaration_that_cannot_be_is_refused(
    option: tuple[str, str], walk: np.ndarray, project: Workspace, run: Run
) -> None:
    path = project.root / "good.trc"
    path.write_text(trc(walk))
    code, text = run("ingest", str(path), "--id", "good", *option)
    assert code in {1, 2}, text
    assert option[1] in text
    assert list(project.captures.iterdir()) == []


def test_a_floor_far_from_the_feet_is_refused(project: Workspace, run: Run) -> None:
    assert run("simulate", "squat", "--seconds", "4", "--id", "s")[0] == 0
    planes = json.loads((project.captures / "s" / "planes.json").read_text())
    for plane in planes:
        plane["transform"][13] += 5.0
    (project.captures / "s" / "planes.json").write_text(json.dumps(planes))
    project.params.write_text(project.params.read_text().replace("capture: demo_walk", "capture: s"))
    assert run("stage", "adapter")[0] == 0
    code, text = run("stage", "alignment")
    assert code == 1, text
    assert "floor" in text
    assert not (project.root / "artifacts" / "s" / "s01_alignment").exists()


BAD_IDS = ("../evil", "a b", "x;touch PWNED", "$(touch PWNED)", "UPPER", "", "a" * 64, "ü")


@pytest.mark.parametrize("capture", BAD_IDS)
@pytest.mark.parametrize("door", ["run", "ingest", "inspect", "audit", "report", "status", "simulate", "params"])
def test_a_capture_id_that_is_none_is_refused_at_every_door(
    capture: str, door: str, walk: np.ndarray, project: Workspace, run: Run
) -> None:
    path = project.root / "good.trc"
    path.write_text(trc(walk))
    before = project.params.read_text()
    if door == "params":
        text = before.replace("capture: demo_walk", f"capture: {json.dumps(capture)}")
        project.params.write_text(text)
        code, text = run("stage", "adapter")
    elif door == "ingest":
        code, text = run("ingest", str(path), "--id", capture)
    elif door == "simulate":
        code, text = run("simulate", "gait", "--seconds", "3", "--id", capture)
    else:
        code, text = run(door, capture)
    assert code == 1, text
    assert "expected:" in text
    assert not list(project.root.rglob("PWNED")) and not list(project.root.parent.glob("evil*"))
    if door != "params":
        assert project.params.read_text() == before
    assert list(project.captures.iterdir()) == []


def test_a_missing_capture_is_named_with_those_that_are_there(project: Workspace, run: Run) -> None:
    assert run("simulate", "squat", "--seconds", "3", "--id", "here")[0] == 0
    code, text = run("run", "gone")
    assert code == 1
    assert "captures/gone" in text and "here" in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cutoff_hz: 6.0", "cutoff: 6.0", ("cutoff_hz", "Did you mean")),
        ("max_fps: 120.0", "max_fps: -1.0", ("adapter.max_fps", "greater than 0")),
        ("max_fps: 120.0", "max_fps: .nan", ("adapter.max_fps",)),
        ("max_fps: 120.0", "max_fps: fast", ("adapter.max_fps", "fast")),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_runs(
    old: str, new: str, words: tuple[str, ...], project: Workspace, run: Run
) -> None:
    assert run("simulate", "squat", "--seconds", "3", "--id", "here")[0] == 0
    project.params.write_text(project.params.read_text().replace(old, new, 1))
    for arguments in (("run", "here"), ("stage", "adapter")):
        code, text = run(*arguments)
        assert code == 1, text
        for word in words:
            assert word in text
    assert not (project.root / "artifacts").exists()


def test_a_full_disk_is_our_error_and_leaves_no_debris(project: Workspace, run: Run) -> None:
    mount = project.root / "artifacts"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this user may not mount a small tmpfs")
    try:
        assert run("simulate", "squat", "--seconds", "4", "--id", "here")[0] == 0
        project.params.write_text(project.params.read_text().replace("capture: demo_walk", "capture: here"))
        code, text = run("stage", "adapter")
        assert code == 1, text
        assert "space" in text.lower()
        assert list((mount / "here").iterdir()) == []
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_bundle_whose_units_nobody_declared_is_refused(project: Workspace, run: Run) -> None:
    assert run("simulate", "squat", "--seconds", "3", "--id", "s")[0] == 0
    card = project.captures / "s" / "capture.json"
    card.write_text(card.read_text().replace(',"units":"m"', ""))
    code, text = run("validate", str(project.captures / "s"))
    assert code == 1, text
    assert "units" in text
