"""The edge of stage 6: reads the transitions, trains, judges, and writes checkpoint, embeddings and figures."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.dataset import Dataset, TransitionArrays
from schemas.world_model import HorizonMetrics, WorldModelParams


def run(run: StageRun, params: WorldModelParams) -> None:
    """Write `checkpoint.pt`, `embeddings.npz`, `uncertainty.npz` and `training.json`."""
    from kinetrace.models.checkpoint import to_bytes
    from kinetrace.models.evaluate import evaluate
    from kinetrace.models.inference import loaded_model
    from kinetrace.models.pretrained import load_pretrained
    from kinetrace.training.world_model.assessment import learn
    from kinetrace.training.world_model.device import choose_device, device_name
    from kinetrace.training.world_model.pinn_front import asked_encoder
    from kinetrace.training.world_model.train import CaptureData
    from stages.s06_world_model.summary import embeddings, rank_of, training_document, uncertainty_of

    table = run.read_arrays("s05_dataset", "transitions.npz", TransitionArrays)
    dataset = run.read_json("s05_dataset", "dataset.json", Dataset)
    capture = CaptureData(table, dataset.joints, dataset.fps)
    device = choose_device(params.device)
    run.device = device_name(device)
    pinn = asked_encoder(params, run.workspace.root)
    learnt = learn(capture, params, load_pretrained(), device, lambda steps: run.progress(steps, "world model"), pinn)
    trained = learnt.trained
    model = loaded_model(trained.model, trained.config)
    seed = None
    if params.compare_seed and params.recipe != "seed":
        arm = params.model_copy(update={"recipe": "seed"})
        other = learn(capture, arm, None, device, lambda steps: run.progress(steps, "the seed's recipe")).trained
        seed = evaluate(loaded_model(other.model, other.config), table)
    judged = uncertainty_of(model, table, dataset.phase_names)
    document = training_document(learnt, run.device, evaluate(model, table), rank_of(model, table), judged, seed)
    run.write_bytes("checkpoint.pt", to_bytes(trained.model, trained.config, trained.loss_curve))
    run.write_arrays("embeddings.npz", embeddings(model, table))
    run.write_arrays("uncertainty.npz", judged.arrays)
    run.write_json("training.json", document)
    run.note(learnt.origin)
    for row in document.held_out:
        run.note(_told(row, "model"))
    for row in document.seed_held_out:
        run.note(_told(row, "the seed's recipe"))
    run.note(judged.said)


def _told(row: HorizonMetrics, who: str) -> str:
    return (
        f"{row.horizon_frames}-frame horizon: {who} {row.model_mm:.1f} mm, standing still {row.zero_velocity_mm:.1f}, "
        f"damped velocity {row.damped_velocity_mm:.1f}, ridge {row.ridge_mm:.1f}"
    )
