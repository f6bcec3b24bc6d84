"""A scratch project: the tracked files of this one in another folder, so that measuring touches nothing of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from kinetrace.store.execute import SOURCE
from kinetrace.store.workspace import Workspace

MEMBERS = (
    "dvc.yaml", "params.yaml", "requirements.lock", ".dvcignore",
    "schemas", "kinetrace", "adapters", "stages", "commands", "cli.py",
)  # fmt: skip


def scratch_project(folder: Path, captures: tuple[str, ...] = ()) -> Workspace:
    """Lay a project out in an empty folder: code, parameters, DVC without git, and the named captures of this project.

    Args:
        folder: Where; made if missing.
        captures: Ids to copy from this project.

    Returns:
        The new project; `dvc repro` and `kinetrace` work in it as they do here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in MEMBERS:
        source = SOURCE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    (folder / "captures").mkdir()
    for capture in captures:
        shutil.copytree(SOURCE / "captures" / capture, folder / "captures" / capture)
    (folder / ".dvc").mkdir()
    (folder / ".dvc" / "config").write_text(
        "[core]\n    analytics = false\n    check_update = false\n    no_scm = true\n"
    )
    return Workspace(folder)


def command(
    workspace: Workspace, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `kinetrace …` in a project, as a user would."""
    return _run(workspace, [str(Path(sys.executable).parent / "kinetrace"), *arguments], env)


def repro(workspace: Workspace, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a bare `dvc repro` in a project."""
    return _run(workspace, [sys.executable, "-m", "dvc", "repro"], env)


def _run(workspace: Workspace, arguments: list[str], env: dict[str, str] | None) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, **(env or {})}
    return subprocess.run(arguments, cwd=workspace.root, env=environment, capture_output=True, text=True, check=False)
