"""The HTML report of one capture: one file, no network, made from artifacts alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import plotly.offline
from jinja2 import Environment, PackageLoader, StrictUndefined

from kinetrace.motion.skeletons import INDEX
from kinetrace.report import formatting, palette, wording
from kinetrace.report.artifacts import STAGES, ReportArtifacts, load_artifacts
from kinetrace.report.drawing import FORCE_M_PER_BW, SceneMotion, chosen_frames
from kinetrace.report.joint_figure import joint_figure
from kinetrace.report.model_figures import assistance_figure, horizon_figure, latent_figure, loss_figure, score_figure
from kinetrace.report.motion_figure import motion_figure, seat_bears
from kinetrace.report.scene import scene_html
from kinetrace.report.stick_figures import comparison, filmstrip, knee_traces, pelvis_traces
from kinetrace.report.uncertainty_figure import uncertainty_figure
from schemas.manifest import AuditReport
from schemas.sim_replay import AXES

MAX_CARDS = 12
"""Variants drawn as cards; the table lists them all."""


def build_report(artifacts_dir: Path, capture: str, verdict: AuditReport | None) -> str:
    """Make the self-contained HTML report of one capture.

    The page asks nothing of the network, works from a file, and is the same bytes for the same artifacts and verdict.
    A stage that has not run is named in the section that needs it.

    Args:
        artifacts_dir: The folder that holds the capture's stages, `artifacts/<id>`.
        capture: The capture's id, as shown.
        verdict: The audit of this moment, or None when it was not asked for.

    Returns:
        HTML text, UTF-8.

    Raises:
        ArtifactError: The capture has no artifacts at all.
        ComputeError: The installed viser writes a page that the report does not know.
    """
    found = load_artifacts(artifacts_dir, capture)
    environment = Environment(
        loader=PackageLoader("kinetrace.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(formatting.FILTERS)
    page = environment.get_template("report.html.j2")
    return page.render(
        found=found, audit=verdict, stages=STAGES, stage_words=dict(STAGES), palette=palette, words=wording,
        plotly_js=plotly.offline.get_plotlyjs(), skeleton=_skeleton(found), motion=_motion(found), replay=_replay(found),
        model=_model(found), plan=_plan(found), metrics=_metrics(found), provenance=_provenance(found),
    )  # fmt: skip


def _skeleton(found: ReportArtifacts) -> dict[str, Any] | None:
    """Prepare the 3D scene: stage 2's filtered positions where there are any, else stage 1's."""
    state, aligned, replay = found.state_arrays, found.aligned, found.replay_arrays
    if state is not None:
        time, positions, validity = state.time, state.state[:, :, :3], state.validity
    elif aligned is not None:
        time, positions, validity = aligned.time, aligned.positions, aligned.validity
    else:
        return None
    forces = replay is not None and len(replay.time) == len(time)
    motion = SceneMotion(
        time=time, positions=positions, validity=validity, contacts=None if state is None else state.contacts,
        force=replay.grf if replay is not None and forces else None,
        pressure_centre=replay.cop if replay is not None and forces else None,
        seat=None if found.alignment is None else found.alignment.seat,
    )  # fmt: skip
    shown = chosen_frames(time)
    return {
        "scene": scene_html(motion),
        "filmstrip": filmstrip(positions[shown], validity[shown]),
        "shown_s": float(time[shown[-1]] - time[0]) if len(shown) else 0.0,
        "duration_s": float(time[-1] - time[0]),
        "filtered": state is not None,
        "forces": forces,
        "force_scale_m": FORCE_M_PER_BW,
        "inferred": [name for name, column in INDEX.items() if np.median(validity[:, column]) == 1],
        "missing": [name for name, column in INDEX.items() if not validity[:, column].any()],
    }


def _motion(found: ReportArtifacts) -> dict[str, Any] | None:
    if found.state is None or found.state_arrays is None:
        return None
    replay, arrays = found.replay, found.replay_arrays
    joints = joint_figure(replay, arrays) if replay is not None and arrays is not None else None
    return {
        "figure": motion_figure(found.state, found.state_arrays, found.replay_arrays),
        "seat": seat_bears(found.replay_arrays),
        "joints": joints,
    }


def _replay(found: ReportArtifacts) -> dict[str, Any] | None:
    if found.replay is None or found.replay_arrays is None:
        return None
    axes = [
        (axis, found.replay.axis_scores.get(axis), [s for s in found.replay.sub_scores if s.axis == axis])
        for axis in AXES
    ]
    counts = Counter(item.fault for item in found.replay.validation_log).most_common()
    return {"figure": score_figure(found.replay_arrays), "axes": axes, "counts": counts}


def _model(found: ReportArtifacts) -> dict[str, Any] | None:
    if found.training is None or found.embeddings is None:
        return None
    names = found.dataset.phase_names if found.dataset is not None else ()
    verdicts = wording.against_baselines(found.training)
    return {
        "verdicts": verdicts,
        "sentence": wording.model_sentence(verdicts),
        "wins": sum(verdict.beats for verdict in verdicts),
        "coverage": wording.coverage_sentence(found.training),
        "horizon": horizon_figure(found.training),
        "loss": loss_figure(found.training),
        "latent": latent_figure(found.embeddings, names),
        "uncertainty": uncertainty_figure(found.training.uncertainty) if found.training.uncertainty else None,
    }


def _plan(found: ReportArtifacts) -> dict[str, Any] | None:
    if found.plan is None or found.variants is None:
        return None
    arrays = found.variants
    executed = {} if found.outcomes is None else {outcome.variant: outcome for outcome in found.outcomes.outcomes}
    cards = []
    for variant in found.plan.variants[:MAX_CARDS]:
        row = variant.index
        if not 0 <= row < len(arrays.accepted):
            continue
        recorded, planned = arrays.reference[row], arrays.positions[row]
        cards.append({
            "variant": variant, "outcome": executed.get(row), "start_s": float(arrays.time[row, 0]),
            "figure": comparison(recorded, planned, arrays.validity[row]), "knees": knee_traces(recorded, planned),
            "pelvis": pelvis_traces(recorded, planned),
        })  # fmt: skip
    assistance = None
    if found.outcomes is not None and found.outcome_arrays is not None:
        assistance = assistance_figure(found.outcomes, found.outcome_arrays)
    return {"cards": cards, "executed": executed, "assistance": assistance}


def _metrics(found: ReportArtifacts) -> dict[str, Any] | None:
    if found.metrics is None:
        return None
    screening = [metric for metric in found.metrics.metrics if metric.plane_trust == "screening"]
    return {"screening": len(screening)}


def _provenance(found: ReportArtifacts) -> dict[str, Any]:
    files = sum(len(record.manifest.outputs) for record in found.records if record.manifest is not None)
    size = sum(out.bytes for record in found.records if record.manifest is not None for out in record.manifest.outputs)
    return {"files": files, "bytes": size}
