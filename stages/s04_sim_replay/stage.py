"""The edge of stage 4: reads alignment and physical state, writes the replay and the humanoid."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.alignment import Alignment
from schemas.physical_state import PhysicalState, PhysicalStateArrays
from schemas.sim_replay import SimReplayParams


def run(run: StageRun, params: SimReplayParams) -> None:
    """Write `replay.h5`, `replay.json` and `humanoid.xml`."""
    from kinetrace.physics.replay import Recording, replay
    from stages.s04_sim_replay.documents import arrays, summary

    seat = run.read_json("s01_alignment", "alignment.json", Alignment).seat
    state = run.read_arrays("s02_physical_state", "physical_state.h5", PhysicalStateArrays)
    about = run.read_json("s02_physical_state", "physical_state.json", PhysicalState)
    recording = Recording(
        positions=state.positions_raw,
        validity=state.validity,
        contacts=state.contacts,
        fps=about.fps,
        movement=about.movement,
        belt_speed=(about.walking_speed or 0.0) if about.treadmill else 0.0,
    )
    replayed = replay(recording, about.subject, about.calibration, seat, params)
    document = summary(replayed, about.subject, about.fps, params)
    run.write_arrays("replay.h5", arrays(replayed, state.time))
    run.write_json("replay.json", document)
    run.write_bytes("humanoid.xml", replayed.humanoid.xml.encode())
    for note in document.notes:
        run.note(note)
    axes = ", ".join(f"{axis} {value:.2f}" for axis, value in document.axis_scores.items())
    run.note(
        f"feasibility {document.total_score:.2f} ({axes}); joints fit to {1000 * document.ik_residual_mean_m:.0f} mm; "
        f"root residual {document.root_residual_force_rms_bw:.3f} BW"
    )
