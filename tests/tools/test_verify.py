"""The second verifier, which shares no code with the first, comes to the same verdict."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from toy_project import PLANS, Project, make_key, make_project, trust

from kinetrace.store.documents import encode, read_json
from kinetrace.store.manifest import own_digest, records
from kinetrace.store.workspace import Workspace
from schemas.manifest import Manifest

VERIFY = Path(__file__).resolve().parents[2] / "tools" / "verify.sh"
SCRIPT = VERIFY.read_text(encoding="utf-8")


def verify(project: Project, capture: str = "toy") -> tuple[int, str]:
    """Run the second verifier; give its exit code and its one line."""
    command = [str(VERIFY), str(project.root / "artifacts"), capture]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.stderr == ""
    (line,) = ended.stdout.splitlines()
    return ended.returncode, line


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy project that has run and is sealed twice."""
    root = tmp_path_factory.mktemp("pristine")
    project = make_project(root / "project")
    (project.root / "params.yaml").write_text("capture: toy\nalignment:\n  max_tilt_deg: 1.0e-06\n")
    project.run()
    key = make_key(root)
    trust(project, key)
    project.seal(key)
    project.seal(key)
    return project.root


@pytest.fixture
def toy(pristine: Path, tmp_path: Path) -> Project:
    """A copy of it."""
    shutil.copytree(pristine, tmp_path / "copy")
    return Project(Workspace(tmp_path / "copy"))


def test_it_is_short_enough_to_be_read() -> None:
    assert len(SCRIPT.splitlines()) <= 60
    assert "python" not in SCRIPT
    assert "kinetrace " not in SCRIPT


def test_both_give_the_same_root(toy: Project) -> None:
    report = toy.audit()
    assert report.ok
    assert verify(toy) == (0, f"OK root {report.summary.root}, 4 ledger lines, seal 2: auditor@example.org")


def test_an_unsealed_capture_is_verified_too(toy: Project) -> None:
    shutil.rmtree(toy.artifacts / "seals")
    toy.workspace.ledger.unlink()
    assert toy.audit().ok
    code, line = verify(toy)
    assert (code, line.endswith("0 ledger lines, seal 0: not sealed")) == (0, True)


def test_a_capture_that_is_not_there_is_a_problem(toy: Project) -> None:
    assert verify(toy, "nobody") == (1, "nobody: missing")


def forge(folder: Path) -> None:
    """Change an output and make its manifest agree."""
    words = folder / "words.json"
    words.write_bytes(words.read_bytes().replace(b":3", b":4"))
    manifest = read_json(folder / "manifest.json", Manifest)
    draft = folder.parent / "draft"
    shutil.copytree(folder, draft, ignore=shutil.ignore_patterns("manifest.json"))
    manifest = manifest.model_copy(update={"outputs": records(draft, tuple(p.name for p in draft.iterdir()))})
    shutil.rmtree(draft)
    (folder / "manifest.json").write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))


def test_a_file_forged_together_with_its_manifest_is_found_by_both(toy: Project) -> None:
    forge(toy.artifacts / "s03_labels")
    assert {f.code for f in toy.audit().findings} == {"seal.root.differs"}
    code, line = verify(toy)
    assert (code, line.split(" ")[:2]) == (1, ["toy/seals/0002/seal.json:", "over"])


def test_a_text_among_the_parameters_cannot_pose_as_the_digest(toy: Project) -> None:
    folder = toy.artifacts / "s03_labels"
    manifest = read_json(folder / "manifest.json", Manifest)
    posing = {"a": '{"capture":"toy","code":"', "digest": "0" * 64, "b": f'","digest":"{"1" * 64}"'}
    manifest = manifest.model_copy(update={"params": posing})
    (folder / "manifest.json").write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))
    assert "over another root" in verify(toy)[1]
    shutil.rmtree(toy.artifacts / "seals")
    toy.workspace.ledger.unlink()
    assert [f.code for f in toy.audit().findings] == ["stale.params"]
    assert verify(toy)[0] == 0


def tampered(toy: Project, rng: np.random.Generator) -> None:
    """Change one random thing."""
    files = sorted(p for p in [*toy.artifacts.rglob("*"), *toy.workspace.captures.rglob("*")] if p.is_file())
    path = files[rng.integers(len(files))]
    data = bytearray(path.read_bytes())
    place = int(rng.integers(len(data)))
    match rng.integers(6):
        case 0:
            data[place] ^= int(rng.integers(1, 256))
            path.write_bytes(data)
        case 1:
            path.write_bytes(data[:place])
        case 2:
            path.write_bytes(data + bytes(data[:1]))
        case 3:
            path.unlink()
        case 4:
            path.rename(path.with_name(path.name + "x"))
        case _:
            stage = toy.artifacts / PLANS[int(rng.integers(len(PLANS)))].name
            shutil.copytree(stage, toy.artifacts / "s04_more")


@pytest.mark.parametrize("seed", range(20))
def test_both_agree_on_a_random_tree(toy: Project, seed: int) -> None:
    rng = np.random.default_rng(seed)
    if seed % 4:
        tampered(toy, rng)
    holds = toy.audit().summary.exit_code == 0
    assert holds == (seed % 4 == 0)
    assert (verify(toy)[0] == 0) == holds
