"""The PINN encoder that a world model's parameters ask for."""

from __future__ import annotations

from pathlib import Path

from kinetrace.models.pinn.weights import LoadedPinn, read_pinn
from schemas.errors import ParamsError
from schemas.world_model import WorldModelParams

TRAIN = "kinetrace train pinn --corpus corpus.h5 --out runs/pinn --small"


def asked_encoder(params: WorldModelParams, root: Path) -> LoadedPinn | None:
    """Read the trained encoder that `encoder: pinn` needs.

    Args:
        params: Of the world model.
        root: Folder that a relative `pinn_weights` is in.

    Returns:
        The encoder; None where another one is asked for.

    Raises:
        ParamsError: No weights are named, or the recipe or frame has no place for it.
        ArtifactError: The folder does not hold such weights.
    """
    if params.encoder != "pinn":
        return None
    if params.recipe == "seed" or params.frame == "world":
        raise ParamsError(
            where="params.yaml", field="world_model.encoder", expected="state, with recipe: seed or frame: world",
            found="pinn", fix="The PINN encoder sees people from themselves: use recipe: kinetrace and frame: heading.",
        )  # fmt: skip
    if params.pinn_weights is None:
        raise ParamsError(
            where="params.yaml", field="world_model.pinn_weights", expected="a folder with pinn.safetensors and pinn.json",
            found="none: Kinetrace comes without PINN weights",
            fix=f"Train them: {TRAIN}; then set world_model.pinn_weights: runs/pinn.",
        )  # fmt: skip
    loaded, _ = read_pinn(root / params.pinn_weights)
    return loaded
