"""The weights that come with Kinetrace: trained by `kinetrace train world-model` (docs/model-cards/world-model.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kinetrace.models.checkpoint import from_file
from kinetrace.models.world_model import WorldModel
from schemas.errors import ArtifactError
from schemas.world_model import WorldModelConfig

WEIGHTS: Final = Path(__file__).resolve().parent / "weights" / "world_model.pt"
SHA256: Final = "b879cd3c470822787148fdb12512b61bfe85b054bd1c7e3949b27f1cbb3d161e"
"""Of the file; other bytes are refused before they are read."""


@dataclass(frozen=True)
class Pretrained:
    """Networks, their configuration and the digest of the file they came from."""

    model: WorldModel
    config: WorldModelConfig
    sha256: str


def load_pretrained(path: Path = WEIGHTS, sha256: str = SHA256) -> Pretrained | None:
    """Load the weights that come with Kinetrace.

    Args:
        path: The file.
        sha256: What its bytes must be.

    Returns:
        The weights; None where this copy of Kinetrace came without them.

    Raises:
        ArtifactError: Other bytes than the digest says, or weights of another feature table.
    """
    if not path.is_file():
        return None
    try:
        model, config = from_file(path, sha256)
    except ArtifactError as error:
        raise ArtifactError(
            where=path.name,
            field=error.field,
            expected=error.expected,
            found=error.found,
            fix="Install Kinetrace again, or set `world_model.pretrained: false`.",
        ) from None
    return Pretrained(model, config, sha256)
