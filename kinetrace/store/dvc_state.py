"""What a kill or a full disk can leave of DVC's own files, and how it is mended.

DVC writes `dvc.lock` and its `rwlock` in place: a kill between the emptying and the writing leaves nothing of them. Both
can be made again, the first from the run cache in `.dvc/cache/runs`, the second from nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kinetrace.store.lock import command
from kinetrace.store.publish import write_atomic
from kinetrace.store.workspace import Workspace
from schemas.doctor import Ailment

MAX_LOCK_BYTES = 64 << 20
ASIDE = "runs/_doctor"
"""Where things are moved; no capture id begins with an underscore."""
_HASH = re.compile(r"[0-9a-f]{32}(\.dir)?")
_OBJECT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}(\.dir)?")
_RUN = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}/[0-9a-f]{64}")


def lock_file(workspace: Workspace) -> list[Ailment]:
    """Mend a `dvc.lock` that is empty or torn: the last committed one, or none; DVC's run cache gives the rest."""
    path = workspace.root / "dvc.lock"
    problem = _problem(path.read_bytes()) if path.is_file() else None
    if problem is None:
        return []
    kept = aside(workspace, path)
    committed = _committed(workspace.root)
    done = f"moved aside to {kept}"
    if committed is not None:
        write_atomic(path, committed)
        done += "; the committed one put in its place"
    return [
        Ailment(
            code="dvc.lock.torn", where="dvc.lock", expected="every stage with its command, inputs and outputs",
            found=problem, state="mended", done=done, fix="The next run takes from DVC's run cache what had been done.",
        )
    ]  # fmt: skip


def workers(workspace: Workspace) -> set[int]:
    """Find the DVC processes that are at work in the project."""
    entries = _read_locks(workspace.root / ".dvc" / "tmp" / "rwlock") or []
    return {pid for pid, _ in entries if _is_dvc(pid)} | _guards(workspace)


def rwlock(workspace: Workspace) -> list[Ailment]:
    """Mend DVC's table of locks: a torn one, and entries of processes that have ended; nobody of DVC may be at work."""
    path = workspace.root / ".dvc" / "tmp" / "rwlock"
    entries = _read_locks(path)
    if entries == []:
        return []
    found = (
        "a torn file"
        if entries is None
        else ", ".join(sorted({f"process {pid}, which has ended" for pid, _ in entries}))
    )
    kept = aside(workspace, path)
    return [
        Ailment(
            code="dvc.rwlock.stale", where=".dvc/tmp/rwlock", expected="locks of DVC processes at work, or none",
            found=found, state="mended", done=f"moved aside to {kept}",
        )
    ]  # fmt: skip


def cache(workspace: Workspace) -> list[Ailment]:
    """Look through DVC's cache: changed objects go aside, debris goes, what is missing is named."""
    found: list[Ailment] = []
    store = workspace.root / ".dvc" / "cache"
    for path, name in _below(store / "files" / "md5"):
        if not _OBJECT.fullmatch(name):
            found += _stray(path, f".dvc/cache/files/md5/{name}")
        elif (now := _md5(path)) != name.replace("/", "")[:32]:
            found.append(
                _moved("cache.object.changed", workspace, path, name.replace("/", "")[:12] + "…", now[:12] + "…")
            )
    for path, name in _below(store / "runs"):
        if not _RUN.fullmatch(name):
            found += _stray(path, f".dvc/cache/runs/{name}")
        elif (problem := _entry_problem(_load(path.read_bytes()))) is not None:
            found.append(_moved("cache.run.torn", workspace, path, "one stage's command, inputs and outputs", problem))
    return found + _missing(workspace, store / "files" / "md5")


def aside(workspace: Workspace, path: Path) -> str:
    """Move something to `runs/_doctor/`, and say where it went."""
    target = shelf(workspace, path)
    path.rename(target)
    return f"{ASIDE}/{target.name}"


def shelf(workspace: Workspace, path: Path) -> Path:
    """Find a free name in `runs/_doctor/` for something of the project."""
    folder = workspace.root / ASIDE
    folder.mkdir(parents=True, exist_ok=True)
    name = path.relative_to(workspace.root).as_posix().replace("/", "_").lstrip(".")
    number = 1
    while os.path.lexists(target := folder / f"{name}.{number}"):
        number += 1
    return target


def _problem(data: bytes) -> str | None:
    """Say what is wrong with a lock file, or None."""
    if not data.strip(b"\0 \n"):
        return "nothing" if not data else f"{len(data)} empty bytes"
    value = _load(data)
    if not isinstance(value, dict) or value.get("schema") != "2.0" or not isinstance(value.get("stages"), dict):
        return "no YAML of DVC's lock schema 2.0"
    for name, entry in value["stages"].items():
        if (problem := _entry_problem(entry)) is not None:
            return f"{str(name)[:60]}: {problem}"
    return None


def _entry_problem(entry: Any) -> str | None:
    if not isinstance(entry, dict) or not entry.get("cmd") or not entry.get("outs"):
        return "an entry without command or outputs"
    for item in [*(entry.get("deps") or []), *entry["outs"]]:
        if not isinstance(item, dict) or not item.get("path") or not _HASH.fullmatch(str(item.get("md5"))):
            return "a path without its whole digest"
    return None


def _load(data: bytes) -> Any:
    # Everything as text: an md5 of digits alone is no number.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return yaml.load(data[:MAX_LOCK_BYTES].decode(), Loader=loader)  # noqa: S506 (builds text, lists and maps only)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _committed(root: Path) -> bytes | None:
    try:
        asked = subprocess.run(["git", "show", "HEAD:./dvc.lock"], cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout if _problem(asked.stdout) is None else None


def _read_locks(path: Path) -> list[tuple[int, str]] | None:
    """List (process, path) of every entry; None when the file is torn."""
    if not path.exists():
        return []
    try:
        table = json.loads(path.read_bytes())
        rows = [(owner, at) for at, owner in table.get("write", {}).items()]
        rows += [(owner, at) for at, owners in table.get("read", {}).items() for owner in owners]
        return [(int(owner["pid"]), str(at)) for owner, at in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _guards(workspace: Workspace) -> set[int]:
    found: set[int] = set()
    for name in ("lock", "rwlock.lock"):
        path = workspace.root / ".dvc" / "tmp" / name
        if not path.is_file():
            continue
        with path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = stream.read(32).strip()
                found.add(int(text) if text.isdigit() else 0)
    return found


def _is_dvc(process: int) -> bool:
    # A number may have been given to another program since.
    return "dvc" in command(process)


def _below(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_symlink():
            yield path, path.relative_to(folder).as_posix()


def _md5(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _stray(path: Path, place: str) -> list[Ailment]:
    if not path.name.endswith(".tmp"):
        return []
    path.unlink()
    return [
        Ailment(
            code="cache.debris", where=place, expected="nothing", found="a half-written file of a killed run",
            state="mended", done="removed",
        )
    ]  # fmt: skip


def _moved(code: str, workspace: Workspace, path: Path, expected: str, found: str) -> Ailment:
    place = path.relative_to(workspace.root).as_posix()
    return Ailment(
        code=code, where=place, expected=expected, found=found, state="mended",
        done=f"moved aside to {aside(workspace, path)}", fix="The next run makes what it needs of it again.",
    )  # fmt: skip


def _missing(workspace: Workspace, objects: Path) -> list[Ailment]:
    path = workspace.root / "dvc.lock"
    value = _load(path.read_bytes()) if path.is_file() else None
    stages = value["stages"] if isinstance(value, dict) and isinstance(value.get("stages"), dict) else {}
    gone = [name for name, entry in stages.items() if not all(_cached(objects, out["md5"]) for out in entry["outs"])]
    if not gone:
        return []
    return [
        Ailment(
            code="cache.missing", where=".dvc/cache", expected=f"the outputs of {len(stages)} stages",
            found=f"not those of {', '.join(gone)}", state="noted",
            fix="They are computed again when the next run needs them: kinetrace run",
        )
    ]  # fmt: skip


def _cached(objects: Path, digest: str) -> bool:
    path = objects / digest[:2] / digest[2:]
    if not path.is_file():
        return False
    if not digest.endswith(".dir"):
        return True
    try:
        return all(_cached(objects, entry["md5"]) for entry in json.loads(path.read_bytes()))
    except (ValueError, TypeError, KeyError):
        return False
