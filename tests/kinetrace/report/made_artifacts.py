"""Writes what ten stages would have written for a made walk, with awkward names in it on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from walker import FPS, stance, vertical_force, walk

from kinetrace.motion.skeletons import BODY21, INDEX
from kinetrace.store.arrays import write_h5, write_npz
from kinetrace.store.digest import digest_file
from kinetrace.store.documents import write_json
from kinetrace.store.manifest import own_digest
from schemas.adapter import AdapterResult, JointSource, ReasonCount, SourceInfo
from schemas.alignment import Alignment, Check, FloorCandidate
from schemas.capture import SubjectInfo
from schemas.dataset import Dataset, Feature
from schemas.labels import Label, Labels
from schemas.manifest import Environment, FileRecord, Manifest
from schemas.motion import MotionArrays
from schemas.physical_state import (
    ANGLES,
    FilterRun,
    FootCalibration,
    GaitEvent,
    PhysicalState,
    PhysicalStateArrays,
    Subject,
)  # fmt: skip
from schemas.planning import GoalParams, Plan, PlanPhase, Rejection, Variant, VariantArrays
from schemas.sim_execution import Correction, FailureFactor, Outcome, OutcomeArrays, Outcomes
from schemas.sim_replay import AXES, SUB_SCORES, FaultInterval, HumanoidInfo, Replay, ReplayArrays, SubScore
from schemas.task_pack import Metric, Metrics, Pointer, Segment, TaskOutcome, TaskPack
from schemas.uncertainty import AsymmetryUncertainty, HorizonUncertainty, PhaseUncertainty, Uncertainty
from schemas.world_model import EmbeddingArrays, HorizonMetrics, RankMetrics, Training

Array = np.ndarray[Any, Any]
HOSTILE = "</script><img src=x onerror=alert(1)>"
SHA = "ab" * 32
PARENTS = {
    "s00_adapter": (), "s01_alignment": ("s00_adapter",), "s02_physical_state": ("s00_adapter", "s01_alignment"),
    "s03_labels": ("s00_adapter", "s02_physical_state"), "s04_sim_replay": ("s01_alignment", "s02_physical_state"),
    "s05_dataset": ("s01_alignment", "s02_physical_state"), "s06_world_model": ("s05_dataset",),
    "s07_planning": ("s05_dataset", "s06_world_model"), "s08_sim_execution": ("s04_sim_replay", "s07_planning"),
    "s09_task_pack": ("s02_physical_state", "s03_labels", "s04_sim_replay", "s08_sim_execution"),
}  # fmt: skip


LEG_FLEXION = tuple(f"{side}_{joint}_flexion" for joint in ("hip", "knee", "ankle") for side in ("l", "r"))


def write_artifacts(root: Path, capture: str, seconds: float = 6.0) -> None:
    """Write all ten stages' artifacts of a made walk below `root/capture`."""
    time, positions = walk(seconds)
    validity = np.full((len(time), len(BODY21)), 2, np.uint8)
    for name in ("head", "l_wrist", "r_toe"):
        validity[:, INDEX[name]] = 1
    validity[100:110, INDEX["r_elbow"]] = 0
    positions[validity == 0] = 0.0
    stages = {name: root / capture / name for name in PARENTS}
    for folder in stages.values():
        folder.mkdir(parents=True)
    _adapter(stages["s00_adapter"], capture, time)
    _alignment(stages["s01_alignment"], time, positions, validity)
    _state(stages["s02_physical_state"], time, positions, validity)
    _labels(stages["s03_labels"])
    _replay(stages["s04_sim_replay"], time, positions)
    anchors = _dataset(stages["s05_dataset"], seconds)
    _world_model(stages["s06_world_model"], anchors)
    _planning(stages["s07_planning"])
    _execution(stages["s08_sim_execution"])
    _task_pack(stages["s09_task_pack"], capture)
    for name, folder in stages.items():
        _manifest(folder, capture, name, stages)


def _adapter(folder: Path, capture: str, time: Array) -> None:
    joints = tuple(
        JointSource(
            joint=name, method="arkit:" + name if name not in ("head", "r_toe", "l_wrist") else "rigid foot, de Leva 1996",
            measured_fraction=0.0 if name in ("head", "r_toe", "l_wrist") else 0.98,
            inferred_fraction=1.0 if name in ("head", "r_toe", "l_wrist") else 0.02,
        )
        for name in BODY21
    )  # fmt: skip
    source = SourceInfo(
        adapter="robotics", format="kinetrace-bundle/body.jsonl", files=("body.jsonl", "capture.json"), layout="arkit91",
        units_found="m", up_found="y", native_fps=FPS, fps=FPS, time_offset_s=0.0, max_timestamp_jitter_s=0.0012,
        frames=len(time), joints=joints, assumptions=("scale factor 1.0 agrees best with stature", HOSTILE),
        left_out=("depth: not used by this adapter",), simulated=True, licence="CC0-1.0", source="made in closed form",
    )  # fmt: skip
    result = AdapterResult(
        capture=capture, source_info=source, movement="gait", tracked_fraction=0.99,
        subject=SubjectInfo(id=HOSTILE, height_m=1.75, mass_kg=70.0, sex="f", age_y=44.0),
        quality=(ReasonCount(reason="GAP_FILLED", frames=4), ReasonCount(reason="JOINT_MISSING", frames=10)),
    )  # fmt: skip
    write_json(folder / "adapter_result.json", result)


def _alignment(folder: Path, time: Array, positions: Array, validity: Array) -> None:
    candidate = FloorCandidate(
        source="scan_plane", identifier=HOSTILE, classification="floor", height_m=-1.012, tilt_deg=0.4, horizontal_term=2.0,
        class_term=3.0, height_term=1.012, score=6.012, chosen=True,
    )  # fmt: skip
    table = candidate.model_copy(
        update={"identifier": "table-1", "classification": "table", "height_m": -0.27, "class_term": 0.0, "height_term": 0.27,
                "score": 2.27, "chosen": False}
    )  # fmt: skip
    alignment = Alignment(
        floor_candidates=(candidate, table), floor_source="scan_plane", floor_height_m=-1.012, floor_tilt_deg=0.4,
        forward_source="displacement", forward=(1.0, 0.0, 0.0), root_displacement_m=7.2, origin_source="root",
        transform=tuple(float(v) for v in np.eye(4).ravel()), stature_estimate_m=1.74,
        checks=(Check(name="sole clearance", value=-0.008, bound=">= -0.03 m", ok=True),
                Check(name="stature", value=1.74, bound="0.6 to 2.4 m", ok=True)),
    )  # fmt: skip
    write_json(folder / "alignment.json", alignment)
    motion = MotionArrays(
        positions=positions.astype(np.float32), validity=validity, time=time, reasons=np.zeros(len(time), np.uint32)
    )
    write_h5(folder / "motion.h5", motion)


def _state(folder: Path, time: Array, positions: Array, validity: Array) -> None:
    frames = len(time)
    phase = 2 * np.pi * time / 1.1
    angles = np.stack(
        [0.1 + 0.4 * np.cos(phase + s) if "hip" in n else 0.5 + 0.4 * np.sin(phase + s) if "knee" in n
         else 0.1 * np.sin(2 * phase + s) for n, s in zip(ANGLES, (np.pi,) * 3 + (0.0,) * 4, strict=True)], axis=1,
    )  # fmt: skip
    feet = stance(time)
    contacts = feet.astype(np.uint8)
    contacts[:5] = 2
    state = np.concatenate([positions, np.zeros((frames, 21, 9))], axis=2)
    angles_valid = np.ones(angles.shape, np.uint8)
    angles_valid[100:112, 0] = 0
    write_h5(
        folder / "physical_state.h5",
        PhysicalStateArrays(
            time=time, positions_raw=positions.astype(np.float32), state=state.astype(np.float32), validity=validity,
            boundary=np.zeros((frames, 21), np.uint8), angles=angles.astype(np.float32), angles_valid=angles_valid,
            com=np.zeros((frames, 9), np.float32), com_valid=np.ones(frames, np.uint8), contacts=contacts,
            phases=(1 - feet).astype(np.uint8), reasons=np.zeros(frames, np.uint32),
        ),
    )  # fmt: skip
    write_json(
        folder / "physical_state.json",
        PhysicalState(
            movement="gait", movement_source="declared", movement_confidence=1.0, fps=FPS, phase_names=("stance", "swing"),
            subject=Subject(id=HOSTILE, stature_m=1.75, stature_source="declared", mass_kg=70.0, sex="f",
                            segment_lengths_m={"thigh_l": 0.43, "thigh_r": 0.43, "shank_l": 0.42, "shank_r": 0.42}),
            ankle_zero_source="median_stance", contact_speed_threshold=0.86, contact_speed_source="walking_speed",
            filter=FilterRun(kind="butterworth", cutoff_hz=6.0, design_cutoff_hz=7.48, order_total=4, gap_free_runs=22,
                             runs_too_short=0),
            calibration=(FootCalibration(side="left", heel_height_m=0.03, toe_height_m=0.02, frames_used=120),),
            walking_speed=1.2, treadmill=False, repetitions=(), notes=("contacts at the start are unknown",),
            events=(GaitEvent(kind="heel_strike", side="left", time_s=1.1, frame=66),),
        ),
    )  # fmt: skip


def _labels(folder: Path) -> None:
    label = Label(label="knee asymmetry", kind="failure", side="both", start_s=1.0, end_s=2.0, start_frame=60, end_frame=120,
                  source="state", confidence=0.8, value=0.24, units="1", reason="peak flexion differs")  # fmt: skip
    write_json(folder / "labels.json", Labels(movement="gait", assessment_type=None, scores={}, labels=(label,)))


def _replay(folder: Path, time: Array, positions: Array) -> None:
    frames = len(time)
    rng = np.random.default_rng(0)
    scores = np.clip(0.95 + 0.1 * rng.standard_normal((frames, 10)), 0.0, 1.0).astype(np.float32)
    force = vertical_force(time).astype(np.float32)
    pressure = np.stack([positions[:, INDEX[f"{p}_ankle"]] * [1, 0, 1] + [0.05, 0, 0] for p in "lr"], axis=1)
    write_h5(
        folder / "replay.h5",
        ReplayArrays(
            time=time, qpos=np.zeros((frames, 7)), qvel=np.zeros((frames, 6)), torque=np.full((frames, 6), 0.25, np.float32),
            power=np.zeros((frames, 6), np.float32), grf=force, cop=pressure.astype(np.float32),
            seat_force=np.zeros((frames, 3), np.float32), root_residual=np.zeros((frames, 6), np.float32),
            joint_positions=positions.astype(np.float32), ik_residual=np.zeros((frames, 21), np.float32),
            com=np.zeros((frames, 3), np.float32), scores=scores, faults=np.zeros(frames, np.uint32),
            joint_angles=np.zeros((frames, 18), np.float32), joint_angles_valid=np.ones((frames, 18), np.uint8),
        ),
    )  # fmt: skip
    axis_of = {name: axis for axis, names in AXES.items() for name in names}
    subs = tuple(
        SubScore(name=name, axis=axis_of[name], score=None if name == "self_penetration" else 0.6 + 0.04 * i,  # type: ignore[arg-type]
                 explanation="no arms in this recording" if name == "self_penetration" else f"{i} of {frames} frames doubtful")
        for i, name in enumerate(SUB_SCORES)
    )  # fmt: skip
    log = tuple(
        FaultInterval(start_frame=60 * i, end_frame=60 * i + 12, start_s=float(i), end_s=i + 0.2, fault="FOOT_SLIP", worst=0.11,
                      units="m/s")
        for i in range(5)
    )  # fmt: skip
    write_json(
        folder / "replay.json",
        Replay(
            fps=FPS, scorer="kinetrace", cutoff_hz=6.0, sub_scores=subs, total_score=0.87, ik_residual_mean_m=0.011,
            axis_scores={"kinematic": 0.81, "contact": 0.86, "dynamic": 0.93}, ik_residual_by_joint_m={"pelvis": 0.004},
            root_residual_force_rms_bw=0.061, root_residual_moment_rms_bwh=0.02, peak_vertical_force_bw=1.14,
            humanoid=HumanoidInfo(joint_names=LEG_FLEXION, body_masses_kg={"trunk": 30.0}, total_mass_kg=70.0,
                                  mass_source="declared", segment_lengths_m={"thigh": 0.43}),
            validation_log=log, notes=("the first and last two frames are one-sided",),
        ),
    )  # fmt: skip


def _dataset(folder: Path, seconds: float) -> Array:
    anchors = np.arange(round(seconds * 30)) / 30.0
    write_json(
        folder / "dataset.json",
        Dataset(
            fps=30.0, native_fps=FPS, anchors=len(anchors), joints=BODY21, train_pairs=7260, held_out_pairs=435,
            features=(Feature(index=0, joint="pelvis", quantity="position", axis="x", units="m"),), horizons={"1": 170, "5": 160},
            held_out_from_s=4.6, gap_s=0.5, phase_names=("stance", "swing"), dropped_anchors=0,
        ),
    )  # fmt: skip
    return anchors


def _world_model(folder: Path, anchors: Array) -> None:
    phase = 2 * np.pi * anchors / 1.1
    rng = np.random.default_rng(1)
    circle = np.stack([np.cos(phase), np.sin(phase)], axis=1) + 0.08 * rng.standard_normal((len(anchors), 2))
    write_npz(
        folder / "embeddings.npz",
        EmbeddingArrays(
            time=anchors, z=np.zeros((len(anchors), 4), np.float32), map2d=circle.astype(np.float32),
            phases=(1 - stance(anchors)).astype(np.uint8), part=(anchors > 4.6).astype(np.uint8),
        ),
    )  # fmt: skip
    rows = tuple(
        HorizonMetrics(horizon_frames=h, horizon_s=h / 30, anchors=36, skill_over_copy=0.2 + 0.05 * h, model_mm=2.0 + 3.1 * h,
                       zero_velocity_mm=7.0 * h, constant_velocity_mm=1.2 + 2.0 * h + 0.6 * h * h, damped_velocity_mm=1.3 + 5 * h,
                       ridge_mm=1.9 + 4.2 * h, mc_coverage_90=0.52, mc_width_90_mm=8.0 + h)
        for h in (1, 5, 10)
    )  # fmt: skip
    write_json(
        folder / "training.json",
        Training(
            recipe="kinetrace", device="cpu", steps=4000, steps_full_schedule=5700, parameters=51_234, feature_dim=189,
            feature_names=("pelvis.p.x",), final_loss=0.021, decoding="x_t + D(z_pred) - D(z_t)", held_out=rows,
            loss_curve=tuple(float(v) for v in np.exp(-np.linspace(0, 4, 120)) + 0.02),
            uncertainty=made_uncertainty(),
            rank=RankMetrics(rankme_z=14.2, rankme_x=11.0, rankme_pca=10.4, participation_ratio=5.1, dead_dimensions=3),
        ),
    )  # fmt: skip


def made_uncertainty() -> Uncertainty:
    """Balls that grow with time; the left stance is the surest phase."""
    horizons = tuple(
        HorizonUncertainty(horizon_s=h / 30, expected_mm=2.0 * h, radius_80_mm=4.0 * h, radius_90_mm=6.0 * h,
                           radius_95_mm=8.0 * h, judged_anchors=30, held_out_coverage_90=0.88 if h < 30 else None)
        for h in (1, 10, 30)
    )  # fmt: skip
    phases = (
        PhaseUncertainty(side="left", phase="stance", anchors=60, expected_mm=18.0, mc_dropout_mm=7.0, judged_anchors=14,
                         error_mm=21.0),
        PhaseUncertainty(side="left", phase="swing", anchors=40, expected_mm=25.0, mc_dropout_mm=8.0, judged_anchors=0,
                         error_mm=None),
    )  # fmt: skip
    asymmetry = AsymmetryUncertainty(anchors=100, low_mm=30.0, high_mm=55.0, expected_rho=0.41, mc_dropout_rho=None)
    return Uncertainty(
        source="a" * 64, calibration="on held-out recordings; recalibrated on 31 held-out anchors", factors=(0.9, 1.0, 1.1),
        ahead_s=1 / 3, horizons=horizons, phases=phases, asymmetry=asymmetry,
    )  # fmt: skip


def _planning(folder: Path) -> None:
    steps, count = 30, 6
    time, positions = walk(3.0)
    reference = np.stack([positions[20 + 8 * v : 20 + 8 * v + 2 * steps : 2] for v in range(count)])
    planned = reference.copy()
    ramp = np.linspace(0, 1, steps)[None, :] * np.linspace(0.02, 0.14, count)[:, None]
    for part in ("knee", "ankle", "heel", "toe"):
        planned[:, :, INDEX[f"l_{part}"], 1] += ramp
        planned[:, :, INDEX[f"l_{part}"], 0] += ramp
    accepted = np.array([1, 1, 0, 1, 0, 0], np.uint8)
    when = np.stack([time[20 + 8 * v : 20 + 8 * v + 2 * steps : 2] for v in range(count)])
    write_npz(
        folder / "variants.npz",
        VariantArrays(
            time=when, positions=planned.astype(np.float32), reference=reference.astype(np.float32), accepted=accepted,
            validity=np.full((count, 21), 2, np.uint8), latent=np.zeros((count, steps, 4), np.float32),
        ),
    )  # fmt: skip
    rejection = Rejection(rule="bone_change", value=0.14, bound=0.10, units="1", step=27)
    variants = tuple(
        Variant(index=v, kind="goal" if v == 0 else "perturbation", keyframe_anchor=10 + 4 * v, accepted=bool(accepted[v]),
                rejections=() if accepted[v] else (rejection,), reencoding_gap=0.3, mean_change_mm=8.0 + 9 * v,
                goal_asked_deg=5.0 if v == 0 else None, goal_reached_deg=4.2 if v == 0 else None)
        for v in range(count)
    )  # fmt: skip
    write_json(
        folder / "plan.json",
        Plan(fps=30.0, phases=(PlanPhase(name="dynamic", start_anchor=0, end_anchor=180),), keyframes=(10, 14, 18),
             keyframe_source="even", goal=GoalParams(), variants=variants, accepted=3,
             baselines={"passthrough": 5.0, "straight_interpolation": 2.5, "random_shooting": 1.9}),
    )  # fmt: skip


def _execution(folder: Path) -> None:
    steps = 30
    force = np.abs(np.sin(np.linspace(0, 6, steps)))[None].repeat(3, axis=0) * np.array([[0.1], [0.15], [0.4]])
    write_h5(
        folder / "outcomes.h5",
        OutcomeArrays(
            time=np.tile(np.arange(steps) / 30.0, (3, 1)), variant=np.array([-1, 0, 1], np.int32), qpos=np.zeros((3, steps, 7)),
            root_force=force.astype(np.float32), root_moment=(0.2 * force).astype(np.float32),
            tracking_error=(0.1 * force).astype(np.float32),
        ),
    )  # fmt: skip
    ok = Outcome(variant=-1, success=True, labels=("no_fall", "tracking_met"), reasons=(), root_force_rms_bw=0.08,
                 root_moment_rms_bwh=0.02, torque_saturation_fraction=0.01, tracking_error_mean_m=0.02, foot_slip_m=0.01,
                 fell=False)  # fmt: skip
    good = ok.model_copy(update={"variant": 0, "root_force_rms_bw": 0.11})
    bad = ok.model_copy(
        update={"variant": 1, "success": False, "labels": ("root_assistance_exceeded",), "root_force_rms_bw": 0.42,
                "reasons": ("root force 0.42 BW above 0.30 BW",),
                "correction": Correction(fraction=0.5, joint_change_mm=12.0, latent_change=0.7)}
    )  # fmt: skip
    write_json(
        folder / "outcomes.json",
        Outcomes(outcomes=(ok, good, bad), executed=3, succeeded=2,
                 failure_factors=(FailureFactor(parameter="mean_change_mm", auc=0.9, mean_success=8.0, mean_failure=17.0),)),
    )  # fmt: skip


def _task_pack(folder: Path, capture: str) -> None:
    def metric(name: str, side: Any, value: float, units: str, trust: Any, sd: float | None = None) -> Metric:
        return Metric(name=name, side=side, value=value, units=units, n=9, sd=sd, method="Zeni 2008",
                      plane_trust=trust)  # fmt: skip

    metrics = (
        metric("gait_speed", "none", 1.2, "m/s", "not_applicable"),
        metric("step_length", "left", 0.66, "m", "trusted", 0.02), metric("step_length", "right", 0.65, "m", "trusted", 0.03),
        metric("stance_time", "left", 61.0, "%", "trusted", 1.2),
        metric("knee_flexion_peak", "left", 62.4, "deg", "trusted", 2.1),
        metric("knee_frontal_angle", "right", 4.1, "deg", "screening", 3.3),
    )  # fmt: skip
    write_json(
        folder / "metrics.json",
        Metrics(
            movement="gait", simulated=True, metrics=metrics, left_out=("double support: too few two-sided contacts",)
        ),
    )
    write_json(
        folder / "task_pack.json",
        TaskPack(
            capture=capture, movement="gait", simulated=True, fps=30.0, keyframes_s=(0.3, 0.5),
            segments=(Segment(name="stride", side="left", start_s=0.0, end_s=1.1),), feasibility={"total": 0.87},
            outcomes=(TaskOutcome(variant=0, success=True, labels=("no_fall",)),),
            pointers=(Pointer(stage="s04_sim_replay", path="replay.h5", sha256=SHA),),
        ),
    )  # fmt: skip


def _manifest(folder: Path, capture: str, stage: str, folders: dict[str, Path]) -> None:
    outputs = []
    for path in sorted(folder.iterdir()):
        digest = digest_file(path)
        outputs.append(FileRecord(path=path.name, bytes=digest.bytes, xxh3_128=digest.xxh3_128, sha256=digest.sha256))
    parents = {name: digest_file(folders[name] / "manifest.json").sha256 for name in PARENTS[stage]}
    manifest = Manifest(
        capture=capture, stage=stage, inputs=parents or {"body.jsonl": SHA}, outputs=tuple(outputs), params={}, code=SHA,
        environment=Environment(python="3.11.9", lock=SHA), digest="0" * 64,
    )  # fmt: skip
    write_json(folder / "manifest.json", manifest.model_copy(update={"digest": own_digest(manifest)}))
