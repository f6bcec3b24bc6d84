"""What people rightly do to a sealed capture; the audit must stay silent."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from benchmarks.attacks.target import Target
from kinetrace.store.workspace import Workspace
from schemas.errors import UncheckableError
from schemas.manifest import AuditReport

Benign = Callable[[Target, Path], list[str]]
"""Does something harmless with a target in a scratch folder and gives the codes of whatever the audits find."""


def _codes(target: Target) -> list[str]:
    return [f.code for fast in (False, True) for f in _looked(target.audit(fast, head=True)).findings]


def _looked(report: AuditReport) -> AuditReport:
    promises = report.summary.promises
    if report.ok and (promises["AUTHENTIC"], promises["FRESH"]) != ("holds", "holds"):
        raise _untried("an audit that looks at the seal", str(promises))
    return report


def copied(target: Target, scratch: Path) -> list[str]:
    """``cp -r``: new times, new inodes."""
    subprocess.run(["cp", "-r", str(target.workspace.root), str(scratch / "copy")], check=True)
    return _codes(replace(target, workspace=Workspace(scratch / "copy")))


def through_tar(target: Target, scratch: Path) -> list[str]:
    """Packed and unpacked."""
    with tarfile.open(scratch / "it.tar.gz", "w:gz") as archive:
        archive.add(target.workspace.root, arcname="unpacked")
    with tarfile.open(scratch / "it.tar.gz") as archive:
        archive.extractall(scratch, filter="tar")
    return _codes(replace(target, workspace=Workspace(scratch / "unpacked")))


def touched(target: Target, scratch: Path) -> list[str]:
    """Every time of modification changed."""
    mine = target.copy(scratch / "mine")
    for path in [*mine.files(), *mine.folders()]:
        os.utime(path, (0, 1))
    return _codes(mine)


def read_only(target: Target, scratch: Path) -> list[str]:
    """``chmod 0444`` on every file."""
    mine = target.copy(scratch / "mine")
    for path in mine.files():
        path.chmod(0o444)
    return _codes(mine)


def another_mount(target: Target, scratch: Path) -> list[str]:
    """On another file system (a tmpfs, or shared memory where mounting is not allowed), and bound to another place."""
    with _another_file_system(scratch) as place:
        mine = target.copy(place / "mine")
        found = _codes(mine)
        bound = scratch / "bound"
        bound.mkdir()
        if _mount("--bind", str(mine.workspace.root), str(bound)):
            try:
                found += _codes(replace(target, workspace=Workspace(bound)))
            finally:
                subprocess.run(["umount", str(bound)], check=True)
    return found


@contextmanager
def _another_file_system(scratch: Path) -> Iterator[Path]:
    place = scratch / "mount"
    place.mkdir()
    if _mount("-t", "tmpfs", "none", str(place)):
        try:
            yield place
        finally:
            subprocess.run(["umount", str(place)], check=True)
    else:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
            yield Path(name)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def another_user(target: Target, scratch: Path) -> list[str]:
    """Read by a user who owns nothing of it."""
    if os.geteuid() != 0:
        raise _untried("root, who alone can become another user", f"user {os.geteuid()}")
    mine = target.copy(scratch / "mine")
    scratch.chmod(0o755)
    for folder in scratch.parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise _untried("a scratch folder that other users can reach", f"{folder} is closed to them")
    # Forked, because the interpreter itself may lie where the other user cannot start it.
    with ProcessPoolExecutor(1, mp_context=get_context("fork"), initializer=_become_nobody) as nobody:
        return nobody.submit(_codes, mine).result()


def _become_nobody() -> None:
    user = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _untried(expected: str, found: str) -> UncheckableError:
    return UncheckableError(
        where="false alarms",
        field="trial",
        expected=expected,
        found=found,
        fix="Run this benchmark as root, in a container.",
    )


def hard_linked_by_dvc(target: Target, scratch: Path) -> list[str]:
    """Checked out by DVC with ``cache.type = hardlink``: shared inodes, mode 0444."""
    root = scratch / "dvc"
    shutil.copytree(target.workspace.root, root, symlinks=True)
    dvc = [sys.executable, "-m", "dvc"]
    if not (root / ".dvc").is_dir():
        (root / ".dvc").mkdir()
        (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n    no_scm = true\n")
        subprocess.run([*dvc, "add", f"artifacts/{target.capture}"], cwd=root, check=True, capture_output=True)
    subprocess.run([*dvc, "config", "cache.type", "hardlink"], cwd=root, check=True, capture_output=True)
    subprocess.run([*dvc, "checkout", "--relink", "--force"], cwd=root, check=True, capture_output=True)
    mine = replace(target, workspace=Workspace(root))
    if not any(p.stat().st_nlink > 1 for p in mine.files()):
        raise _untried("hard links made by DVC", "copies")
    return _codes(mine)


BENIGN: dict[str, Benign] = {
    "cp -r": copied,
    "tar": through_tar,
    "touch": touched,
    "chmod 0444": read_only,
    "another mount": another_mount,
    "another user": another_user,
    "DVC hard links": hard_linked_by_dvc,
}
"""Every harmless thing."""
