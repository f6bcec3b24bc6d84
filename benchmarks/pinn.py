"""The PINN encoder: what it takes out of noise, what its tokens know of movements, and whether its promises hold."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.pinn_killed import resume_difference
from benchmarks.progress import track
from benchmarks.recordings import data_folder
from kinetrace.models.pinn.corruption import axis_spread
from kinetrace.models.pinn.encoder import PinnEncoder
from kinetrace.models.pinn.features import pinn_features
from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.pinn.losses import losses
from kinetrace.models.pinn.scan import parallel_scan, recurrence
from kinetrace.models.pinn.stencils import differentiate
from kinetrace.models.pinn.weights import LoadedPinn
from kinetrace.store.workspace import Workspace
from kinetrace.training.pinn import train
from kinetrace.training.pinn_corpus import Division, divide
from kinetrace.training.pinn_data import Recording, window_table
from kinetrace.training.pinn_evaluation import denoising
from kinetrace.training.pinn_probe import VIEWS, probe
from kinetrace.training.pinn_run import SMALL
from schemas.benchmark import Figure
from schemas.errors import CaptureError, ComputeError
from schemas.pinn import PinnConfig, PinnParams

STEPS = 5000
HELD_OUT = ("ui_prmd_s05", "ui_prmd_s06")
SOURCES = ("cmu_expmap", "opencap_s4", "rajagopal_walk", "gait2354_treadmill", "ui_prmd_vicon", "ui_prmd_kinect")
KINECT_TAKES = ("e01", "e04", "e07")
"""Of ten repetitions: Kinect recordings are only looked at, never trained on."""
SCAN_FRAMES = 1000
CLUSTERS = "k-means on held-out subjects"


def measure(workspace: Workspace) -> dict[str, Figure]:
    """Train the small encoder on four subjects and more, judge it on two others, and check the laws.

    Raises:
        UncheckableError: The recordings are not there.
    """
    torch.set_num_threads(1)
    everything = list(_recordings(data_folder()))
    params = PinnParams.model_validate(SMALL | {"steps": STEPS})
    kinect = [one for one, _ in everything if one.name.startswith("ui_prmd_kinect")]
    division = divide(tuple(r for r in everything if not r[0].name.startswith("ui_prmd_kinect")), HELD_OUT, params)
    figures = _laws()
    began = time.process_time()
    table = window_table(division.training, params)
    done = train(table, params, steps=lambda steps: track(steps, "training", STEPS))
    loaded = LoadedPinn(done.network.eval(), done.config)
    figures["train.cpu_seconds"] = _figure(
        time.process_time() - began, "s", 240.0, f"{STEPS} steps, {len(division.training)} recordings, one core"
    )
    for rate in params.rates_hz:
        figures |= _denoising(loaded, division, rate, params.noise_mm)
    vicon = [r for r in (*division.training, *division.held_out) if r.name.startswith("ui_prmd_vicon")]
    figures |= _probing(loaded, vicon, "vicon", "optical markers, six movements")
    figures |= _probing(loaded, kinect, "kinect", "a depth camera that the encoder never saw, ten movements")
    figures["umap"] = Figure(value=None, units="", note="optional; umap-learn is not among the dependencies")
    figures |= _causal(loaded, division.held_out[0]) | _speed(done.config)
    return figures


def _recordings(data: Path) -> Iterator[tuple[Recording, str]]:
    """Open every take of the named sources; of Kinect's some repetitions."""
    from adapters.corpus import takes

    wanted = [
        t for t in takes([data]) if t.source in SOURCES and (t.source != "ui_prmd_kinect" or t.take in KINECT_TAKES)
    ]
    for take in track(wanted, "reading takes", len(wanted)):
        try:
            _, a = take.open()
        except CaptureError:
            continue  # what cannot be read is not trained on; the corpus command lists it
        fps = round(1 / float(a.time[1] - a.time[0]), 3) if len(a.time) > 1 else 1.0
        present = np.asarray(a.validity[:, : len(JOINTS)] > 0)
        one = Recording(take.name, take.subject, take.movement, a.positions[:, : len(JOINTS)], present, fps)
        yield one, take.licence


def _denoising(loaded: LoadedPinn, division: Division, rate: float, noise_mm: float) -> dict[str, Figure]:
    key = f"denoise.{rate:g}hz"
    try:
        d = denoising(loaded, division.training, division.held_out, rate, noise_mm)
    except ComputeError as error:
        return {f"{key}.mm": Figure(value=None, units="mm", note=error.found)}
    peer = f"Savitzky–Golay, {d.savgol_window} frames, order {d.savgol_order}, tuned on the training part: {d.savgol_mm:.2f} mm"
    note = f"of {d.noise_mm:.1f} mm of white noise, {d.recordings} recordings of held-out subjects"
    return {
        f"{key}.mm": Figure(
            value=d.model_mm, units="mm", goal="below Savitzky–Golay", holds=d.model_mm < d.savgol_mm, peer=peer, note=note
        ),
        f"{key}.bone_std": Figure(
            value=d.bone_std_mm, units="mm", peer=f"filter {d.bone_std_savgol_mm:.2f}, clean {d.bone_std_clean_mm:.2f}",
            note=f"noisy {d.bone_std_noisy_mm:.2f}",
        ),
        f"{key}.jerk": Figure(
            value=d.jerk, units="× clean", peer=f"filter {d.jerk_savgol:.2f}", note=f"noisy {d.jerk_noisy:.1f}"
        ),
    }  # fmt: skip


def _probing(loaded: LoadedPinn, recordings: Sequence[Recording], key: str, what: str) -> dict[str, Figure]:
    known = [r for r in recordings if r.subject not in HELD_OUT]
    unknown = [r for r in recordings if r.subject in HELD_OUT]
    try:
        found = probe(loaded, known, unknown)
    except ComputeError as error:
        return {f"{key}.probe.pinn": Figure(value=None, units="accuracy", note=error.found)}
    figures = {}
    for view in VIEWS:
        f = found[view]
        note = f"{what}; {len(known)} recordings known, {len(unknown)} of held-out subjects; {f.features} features"
        beside = (
            {name: f"PCA {getattr(found['pca'], name):.3f}" for name in ("accuracy", "ari", "nmi")}
            if "pinn" in view
            else {}
        )
        for name, value, units, said in (
            ("probe", f.accuracy, "accuracy", note), ("ari", f.ari, "", CLUSTERS), ("nmi", f.nmi, "", CLUSTERS),
        ):  # fmt: skip
            peer = beside.get("accuracy" if name == "probe" else name)
            figures[f"{key}.{name}.{view}"] = Figure(value=value, units=units, peer=peer, note=said)
    return figures


def _laws() -> dict[str, Figure]:
    random = torch.Generator().manual_seed(0)
    decay = torch.polar(torch.rand(4, 64, generator=random), 6 * torch.rand(4, 64, generator=random))
    drive = torch.randn(4, SCAN_FRAMES, 17, 64, generator=random, dtype=torch.complex64)
    drive = drive * (1 - decay.abs())[:, None, None]
    error = float((parallel_scan(decay, drive) - recurrence(decay, drive)).abs().max())
    return {
        "scan_error": _figure(error, "", 1e-5, f"against the plain recurrence, {SCAN_FRAMES} frames, 64 states"),
        "boundary_leak": _figure(
            _boundary_leak(), "", 0.0, "of the loss in v, a, j from frames without a whole stencil"
        ),
        "resume_difference": _figure(
            resume_difference(), "", 0.0, "largest difference of any weight: killed with SIGKILL and resumed, or not"
        ),
    }


def _boundary_leak() -> float:
    """Change the measured v, a, j of boundary frames by a lot, and give what that changes in the loss."""
    fps = torch.tensor([30.0])
    p = torch.randn(1, 20, 17, 3, generator=torch.Generator().manual_seed(1))
    present, limit = torch.ones(1, 20, 17, dtype=torch.bool), torch.tensor([1e9])
    target = differentiate(p, fps)
    edged = target.clone()
    edged[:, [0, -1], :, 3:9] += 100.0
    edged[:, [0, -2, -1], :, 9:] += 1e6
    said = differentiate(p + 0.01, fps)
    one, other = (losses(said, t, present, fps, limit, axis_spread(0.02)).channels for t in (target, edged))
    return float((one - other).abs().max())


def _causal(loaded: LoadedPinn, recording: Recording) -> dict[str, Figure]:
    t = len(recording.positions) // 2
    later = recording.positions.copy()
    later[t + 1 :] += 1.0
    validity = recording.present.astype(np.uint8) * 2
    want, got = (pinn_features(loaded, p, validity, recording.fps)[: t + 1] for p in (recording.positions, later))
    note = "in the features up to t when everything after t is moved by 1 m"
    return {"causal_difference": _figure(float(np.abs(want - got).max()), "", 0.0, note)}


@torch.no_grad()
def _speed(config: PinnConfig) -> dict[str, Figure]:
    figures = {}
    for name, params in (("small", config.params), ("full", PinnParams())):
        network = PinnEncoder(config.model_copy(update={"params": params})).eval()
        clips, frames = 8, params.window
        p = torch.randn(clips, frames, 17, 3, generator=torch.Generator().manual_seed(0))
        seen, fps = torch.ones(clips, frames, 17, dtype=torch.bool), torch.full((clips,), 30.0)
        taken = []
        for _ in range(4):
            began = time.perf_counter()
            state, _ = network.look(p, seen, fps)
            network(state, seen, fps)
            taken.append(time.perf_counter() - began)
        weights = sum(w.numel() for w in network.parameters())
        note = f"{weights:,} weights, clips of {frames} frames, 8 at once, one core, best of 4"
        figures[f"forward.{name}"] = Figure(value=clips * frames / min(taken), units="frames/s", note=note)
    return figures


def _figure(value: float, units: str, bound: float, note: str) -> Figure:
    return Figure(value=value, units=units, goal=f"≤ {bound:g}", holds=value <= bound, note=note)
