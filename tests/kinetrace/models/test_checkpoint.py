from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from made_model import tiny_checkpoint, tiny_trained

from kinetrace.models.checkpoint import KEYS, from_file
from schemas.errors import ArtifactError


@pytest.fixture(scope="module")
def good() -> bytes:
    return tiny_checkpoint()


def unpacked(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = torch.load(io.BytesIO(data), weights_only=True)
    return found


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "checkpoint.pt"
    torch.save(content, path)
    return path


@pytest.mark.parametrize("recipe", ["seed", "kinetrace"])
def test_what_was_written_is_what_is_read(tmp_path: Path, recipe: str) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(tiny_checkpoint(recipe=recipe))
    trained = tiny_trained(recipe=recipe)
    model, config = from_file(tmp_path / "checkpoint.pt")
    assert config == trained.config
    assert not model.training
    for name, weight in trained.model.state_dict().items():
        assert torch.equal(weight, model.state_dict()[name]), name


def test_the_seeds_keys_are_there_and_only_plain_values(good: bytes) -> None:
    found = unpacked(good)
    assert set(found) == KEYS
    seeds = {"encoder_state_dict", "predictor_state_dict", "target_encoder_state_dict", "training_config", "loss_curve"}
    assert seeds < set(found)
    assert found["training_config"]["params"]["recipe"] == "kinetrace"


def test_the_bytes_do_not_depend_on_folder_hash_seed_or_threads(good: bytes, tmp_path: Path, project: Path) -> None:
    program = (
        "import sys; from made_model import tiny_checkpoint; import hashlib;"
        "print(hashlib.sha256(tiny_checkpoint()).hexdigest())"
    )
    import hashlib

    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(project), str(project / "tests"))),
        "PYTHONHASHSEED": "7",
        "OMP_NUM_THREADS": "2",
        "TZ": "Asia/Tokyo",
    }
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == hashlib.sha256(good).hexdigest()


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"checkpoint.pt: file: expected a checkpoint, found nothing"):
        from_file(tmp_path / "checkpoint.pt")


@pytest.mark.parametrize("keep", [0, 10, 5000, -1])
def test_a_cut_file_is_refused(tmp_path: Path, good: bytes, keep: int) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(good[:keep])
    with pytest.raises(ArtifactError, match="s06_world_model again"):
        from_file(tmp_path / "checkpoint.pt")


def test_code_in_a_checkpoint_never_runs(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (os.mkdir, (str(tmp_path / "sprung"),))

    path = written(tmp_path, {"encoder_state_dict": Trap()})
    with pytest.raises(ArtifactError, match="tensors and plain values only"):
        from_file(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("decoder_state_dict"), "keys: expected"),
        (lambda c: c.update(extra=1), "keys: expected"),
        (lambda c: c["training_config"].pop("fps"), "training_config: expected a world model configuration"),
        (lambda c: c["training_config"].update(fps="30"), "training_config"),
        (lambda c: c["training_config"].update(feature_names=("x",)), "feature_names"),
        (lambda c: c["training_config"].update(latent_std=(1.0,)), "latent_std: expected 64 values, found 1"),
        (lambda c: c["encoder_state_dict"].pop("first.bias"), "encoder_state_dict: expected"),
        (
            lambda c: c["encoder_state_dict"].update({"first.bias": torch.ones(3)}),
            r"first.bias: expected \(128,\) .* \(3,\)",
        ),
        (lambda c: c["encoder_state_dict"].update({"first.bias": "no"}), "first.bias: expected .* found str"),
        (lambda c: c["decoder_state_dict"]["pose.first.bias"].fill_(float("nan")), "finite weights, found NaN"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path: Path, good: bytes, change: Any, message: str) -> None:
    content = unpacked(good)
    change(content)
    with pytest.raises(ArtifactError, match=message):
        from_file(written(tmp_path, content))


def test_another_kind_of_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="expected a dictionary, found list"):
        from_file(written(tmp_path, [1, 2]))


def test_other_bytes_than_the_manifest_says_are_refused_before_they_are_loaded(tmp_path: Path, good: bytes) -> None:
    import hashlib

    path = tmp_path / "checkpoint.pt"
    path.write_bytes(good)
    from_file(path, hashlib.sha256(good).hexdigest())
    with pytest.raises(ArtifactError, match="content: expected sha256 000000000000…, as its manifest says"):
        from_file(path, "0" * 64)


def test_a_configuration_of_too_many_joints_is_refused(tmp_path: Path, good: bytes) -> None:
    content = unpacked(good)
    content["training_config"]["joints"] = tuple(f"j{i}" for i in range(65))
    with pytest.raises(ArtifactError, match="joints: expected at most 64, found 65"):
        from_file(written(tmp_path, content))


def test_a_configuration_larger_than_its_weights_is_refused_before_anything_is_built(
    tmp_path: Path, good: bytes
) -> None:
    content = unpacked(good)
    content["training_config"]["params"]["hidden_dim"] = 4096
    with pytest.raises(ArtifactError, match=r"encoder_state_dict\.first\.weight: expected \(4096"):
        from_file(written(tmp_path, content))
