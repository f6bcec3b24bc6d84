"""The same inputs give the same bytes, wherever, whenever and under whatever settings."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from toy_project import make_project
make_project(Path(sys.argv[1])).run()
"""
SETTINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "PYTHONUTF8": "0", "OMP_NUM_THREADS": "2", "HOME": "/nowhere", "USER": "somebody"},
]


def made(root: Path, environment: dict[str, str]) -> dict[str, str]:
    """Run the toy project in a process of its own and digest what it wrote."""
    root.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", SCRIPT, str(root)], cwd=ROOT, env=environment, check=True)
    folder = root / "artifacts"
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The artifacts under the first setting."""
    return made(tmp_path_factory.mktemp("reference") / "a", SETTINGS[0])


@pytest.mark.parametrize("setting", SETTINGS[1:], ids=["elsewhere", "other machine"])
def test_artifacts_do_not_depend_on_hash_seed_zone_language_threads_or_folder(
    reference: dict[str, str], setting: dict[str, str], tmp_path: Path
) -> None:
    assert len(reference) == 7
    assert made(tmp_path / "another" / "place", setting) == reference
