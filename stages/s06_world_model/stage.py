"""The edge of stage 6: reads the transitions, trains, judges, and writes checkpoint, embeddings and figures."""

from __future__ import annotations

from kinetrace.store.stage_run import StageRun
from schemas.dataset import Dataset, TransitionArrays
from schemas.world_model import WorldModelParams


def run(run: StageRun, params: WorldModelParams) -> None:
    """Write `checkpoint.pt`, `embeddings.npz` and `training.json`."""
    from kinetrace.models.checkpoint import to_bytes
    from kinetrace.models.evaluate import evaluate
    from kinetrace.models.inference import loaded_model
    from kinetrace.models.train import choose_device, device_name, train
    from stages.s06_world_model.summary import embeddings, rank_of, training_document

    table = run.read_arrays("s05_dataset", "transitions.npz", TransitionArrays)
    dataset = run.read_json("s05_dataset", "dataset.json", Dataset)
    device = choose_device(params.device)
    run.device = device_name(device)
    trained = train(
        table, dataset.joints, dataset.fps, params, device, lambda steps: run.progress(steps, "world model")
    )
    model = loaded_model(trained.model, trained.config)
    document = training_document(trained, run.device, evaluate(model, table), rank_of(model, table))
    run.write_bytes("checkpoint.pt", to_bytes(trained.model, trained.config, trained.loss_curve))
    run.write_arrays("embeddings.npz", embeddings(model, table))
    run.write_json("training.json", document)
    for row in document.held_out:
        run.note(
            f"{row.horizon_frames}-frame horizon: {row.model_mm:.1f} mm, standing still {row.zero_velocity_mm:.1f}, "
            f"damped velocity {row.damped_velocity_mm:.1f}, ridge {row.ridge_mm:.1f}"
        )
    for note in document.notes:
        run.note(note)
