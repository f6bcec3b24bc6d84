from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from made_pinn import made_recording, tiny_config, tiny_loaded
from safetensors.torch import load, save

from kinetrace.models.pinn.joints import JOINTS
from kinetrace.models.pinn.weights import CARD, WEIGHTS, build, read_weights, to_safetensors
from kinetrace.store.documents import encode
from schemas.errors import ArtifactError
from schemas.pinn import PinnCard, PinnConfig


def written(folder: Path, config: PinnConfig | None = None, **weights: torch.Tensor) -> Path:
    loaded = tiny_loaded()
    state = loaded.network.state_dict() | weights
    path = folder / WEIGHTS
    path.write_bytes(save(state, metadata={"config": (config or loaded.config).model_dump_json()}))
    return path


def card(sha256: str) -> PinnCard:
    return PinnCard(
        weights_sha256=sha256, parameters=1, steps=1, final_loss=1.0, loss_curve=(1.0,), recordings=1, frames=1,
        subjects=("one",), held_out_subjects=(), left_out=0, licences=("made",), denoising=(), config=tiny_config(),
    )  # fmt: skip


def test_what_was_written_is_what_is_read_and_the_bytes_are_the_same_twice(tmp_path: Path) -> None:
    loaded = tiny_loaded()
    data = to_safetensors(loaded.network, loaded.config)
    assert data == to_safetensors(loaded.network, loaded.config)
    (tmp_path / WEIGHTS).write_bytes(data)
    again = read_weights(tmp_path / WEIGHTS)
    assert again.config == loaded.config
    assert not again.network.training
    for name, weight in loaded.network.state_dict().items():
        assert torch.equal(weight, again.network.state_dict()[name]), name


def test_the_example_of_the_docs_loads_and_runs_forward(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, folder = tiny_loaded(), tmp_path / "runs" / "pinn"
    folder.mkdir(parents=True)
    data = to_safetensors(loaded.network, loaded.config)
    (folder / WEIGHTS).write_bytes(data)
    (folder / CARD).write_bytes(encode(card(hashlib.sha256(data).hexdigest())))
    monkeypatch.chdir(tmp_path)
    recording = made_recording(30)
    names: dict[str, Any] = {
        "positions": torch.from_numpy(recording.positions)[None],
        "visible": torch.from_numpy(recording.present)[None],
        "fps": torch.tensor([recording.fps]),
    }
    example = re.search(r"```python\n(.*?)```", (project / "docs" / "pinn.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    exec(example.group(1), names)
    assert names["tokens"].shape == (1, 30, 17, 16)
    assert names["world"].shape == (1, 30, 17, 3)
    assert names["card"].steps == 1


def test_weights_of_another_feature_table_are_refused(tmp_path: Path) -> None:
    config = tiny_config().model_copy(update={"joints": (*JOINTS[:16], "r_heel")})
    with pytest.raises(ArtifactError, match="feature table: expected 17 joints × 12 channels, pelvis … r_wrist"):
        read_weights(written(tmp_path, config))
    config = tiny_config().model_copy(update={"channels": ("p.x", "p.y", "p.z")})
    with pytest.raises(ArtifactError, match="found 17 joints × 3 channels"):
        read_weights(written(tmp_path, config))
    config = tiny_config().model_copy(update={"mean": ((0.0,) * 12,)})
    with pytest.raises(ArtifactError, match="mean and spread: expected 17 rows, found 1 and 17"):
        build("made", config)


def test_other_bytes_than_the_card_says_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="as its card says"):
        read_weights(written(tmp_path), "0" * 64)


def test_weights_of_another_shape_or_with_a_hole_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"weights.head.linear.bias: expected \(3,\) torch.float32, found \(4,\)"):
        read_weights(written(tmp_path, **{"head.linear.bias": torch.zeros(4)}))
    with pytest.raises(ArtifactError, match="NaN or infinity"):
        read_weights(written(tmp_path, **{"head.linear.bias": torch.tensor([0.0, float("nan"), 0.0])}))
    with pytest.raises(ArtifactError, match="extra is on one side only"):
        read_weights(written(tmp_path, extra=torch.zeros(1)))


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "no config", "another config"])
def test_what_is_no_weights_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path)
    data = path.read_bytes()
    if damage in ("no config", "another config"):
        about = {} if damage == "no config" else {"config": json.dumps({"joints": []})}
        data = save(load(data), metadata=about)
    path.write_bytes({"cut": data[:-5], "empty": b"", "text": b"x" * 400}.get(damage, data))
    with pytest.raises(ArtifactError, match="PINN weights with their configuration"):
        read_weights(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"pinn.safetensors: file"):
        read_weights(tmp_path / WEIGHTS)
