"""Structural attacks: a table of small functions, each of which draws a different case from the same random numbers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.attacks.forging import change_json, forge_seal, rewrite_chain, rewrite_ledger, rewrite_manifest
from benchmarks.attacks.target import Attack, Target
from kinetrace.store.documents import read_json
from kinetrace.store.seals import SEAL, SIGNATURE, seals_folder
from kinetrace.store.workspace import MANIFEST
from schemas.manifest import Manifest

Rng = np.random.Generator
_LOOKALIKE = {
    "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "j": "\u0458", "l": "\u04cf", "m": "\u043c", "n": "\u0578",
    "o": "\u043e", "p": "\u0440", "s": "\u0455", "t": "\u0442", "v": "\u03bd", "w": "\u0461", "x": "\u0445", "0": "\u041e",
}  # fmt: skip
"""Latin letters and what looks like them in other scripts (Unicode's confusables, UTS 39)."""


def _pick(paths: list[Path], rng: Rng) -> Path:
    return paths[int(rng.integers(len(paths)))]


def _file(target: Target, rng: Rng) -> Path:
    return _pick([p for p in target.files() if p.stat().st_size], rng)


def _manifest(target: Target, rng: Rng) -> Path:
    return _pick([s / MANIFEST for s in target.stages()], rng)


def _output(target: Target, rng: Rng) -> Path:
    found = [p for s in target.sealed() for p in sorted(s.rglob("*")) if p.is_file() and p.name != MANIFEST]
    return _pick([p for p in found if p.stat().st_size], rng)


def _swap(one: Path, two: Path) -> None:
    aside = one.with_name(".aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


def _different(files: list[Path], path: Path) -> list[Path]:
    return [p for p in files if p.read_bytes() != path.read_bytes()]


def truncate(target: Target, rng: Rng) -> None:
    """Cut a file short."""
    path = _file(target, rng)
    os.truncate(path, int(rng.integers(path.stat().st_size)))


def append(target: Target, rng: Rng) -> None:
    """Add bytes at the end."""
    with _file(target, rng).open("ab") as stream:
        stream.write(rng.bytes(int(rng.integers(1, 64))))


def zero(target: Target, rng: Rng) -> None:
    """Blank a block, the length unchanged."""
    path = _file(target, rng)
    data = bytearray(path.read_bytes())
    start = int(rng.choice(np.flatnonzero(np.frombuffer(bytes(data), np.uint8))))
    end = min(len(data), start + int(rng.integers(1, 4096)))
    data[start:end] = bytes(end - start)
    path.write_bytes(data)


def duplicate_block(target: Target, rng: Rng) -> None:
    """Write a stretch of a file twice."""
    path = _file(target, rng)
    data = path.read_bytes()
    start = int(rng.integers(len(data)))
    end = int(rng.integers(start + 1, len(data) + 1))
    path.write_bytes(data[:end] + data[start:])


def duplicate_file(target: Target, rng: Rng) -> None:
    """Put a copy of a file beside it."""
    path = _pick([p for p in target.files() if p != target.workspace.ledger], rng)
    shutil.copy2(path, path.with_name(f"{path.stem}{int(rng.integers(1_000_000))}{path.suffix}"))


def swap_within_a_stage(target: Target, rng: Rng) -> None:
    """Let two files of a stage change places."""
    files = [p for p in _pick(target.stages(), rng).rglob("*") if p.is_file()]
    one = _pick(sorted(files), rng)
    _swap(one, _pick(_different(sorted(files), one), rng))


def swap_across_stages(target: Target, rng: Rng) -> None:
    """Let files of two stages change places, manifests included."""
    one, stages = _output(target, rng), target.stages()
    if rng.random() < 0.5:
        one = _manifest(target, rng)
    elsewhere = [p for s in stages if not one.is_relative_to(s) for p in sorted(s.rglob("*")) if p.is_file()]
    same = [p for p in elsewhere if (p.name == MANIFEST) == (one.name == MANIFEST)]
    _swap(one, _pick(_different(same, one), rng))


def swap_stages(target: Target, rng: Rng) -> None:
    """Let two whole stages change places."""
    one, two = rng.choice(len(target.plans), 2, replace=False)
    _swap(target.stages()[one], target.stages()[two])


def swap_across_captures(target: Target, rng: Rng) -> None:
    """Take a file, a manifest or a seal from another sealed capture of the same project."""
    pairs = [(p, _twin(target, p)) for p in target.files() if p != target.workspace.ledger]
    pairs = [(p, q) for p, q in pairs if q.is_file() and p.read_bytes() != q.read_bytes()]
    _swap(*pairs[int(rng.integers(len(pairs)))])


def stage_of_another_capture(target: Target, rng: Rng) -> None:
    """Take a whole stage, or all seals, from another sealed capture."""
    folder = _pick([*target.stages(), seals_folder(target.workspace, target.capture)], rng)
    shutil.rmtree(folder)
    shutil.copytree(_twin(target, folder), folder)


def _twin(target: Target, path: Path) -> Path:
    parts = path.relative_to(target.workspace.root).parts
    return target.workspace.root.joinpath(parts[0], target.other, *parts[2:])


def rename(target: Target, rng: Rng) -> None:
    """Give a file another name."""
    path = _file(target, rng)
    path.rename(path.with_name(f"{int(rng.integers(1_000_000))}_{path.name}"))


def change_case(target: Target, rng: Rng) -> None:
    """Give a file its name in capitals."""
    path = _file(target, rng)
    path.rename(path.with_name(path.name.upper()))


def delete(target: Target, rng: Rng) -> None:
    """Remove a file."""
    _file(target, rng).unlink()


def delete_folder(target: Target, rng: Rng) -> None:
    """Remove a stage, a seal or all seals."""
    seals = seals_folder(target.workspace, target.capture)
    shutil.rmtree(_pick([*target.stages(), seals, *sorted(seals.iterdir())], rng))


def add(target: Target, rng: Rng) -> None:
    """Add a file, hidden or not, to any folder of the capture."""
    name = f"{'.' * int(rng.integers(2))}{int(rng.integers(1_000_000))}.json"
    (_pick(target.folders(), rng) / name).write_bytes(rng.bytes(int(rng.integers(64))))


def empty_folder(target: Target, rng: Rng) -> None:
    """Add an empty folder to any folder of the capture."""
    (_pick(target.folders(), rng) / f"{int(rng.integers(1_000_000))}").mkdir()


def link_to_identical_bytes(target: Target, rng: Rng) -> None:
    """Put a link to the very same bytes in the place of a file or a folder."""
    folders = [f for f in target.folders() if f.parent != target.artifacts.parent]
    path = _pick([*target.files(), *folders], rng)
    elsewhere = target.workspace.captures / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def lookalike_name(target: Target, rng: Rng) -> None:
    """Put one letter of another script that looks the same into a file's name."""
    path = _file(target, rng)
    places = [i for i, letter in enumerate(path.name) if letter in _LOOKALIKE]
    at = int(rng.choice(places))
    path.rename(path.with_name(path.name[:at] + _LOOKALIKE[path.name[at]] + path.name[at + 1 :]))


def decomposed_name(target: Target, rng: Rng) -> None:
    """Put an accent into a file's name, as one sign or as a sign of its own (NFC, NFD)."""
    path = _file(target, rng)
    places = [i for i, letter in enumerate(path.name) if letter in "aeous"]
    at = int(rng.choice(places)) if places else 0
    path.rename(
        path.with_name(path.name[: at + 1] + str(rng.choice(["\u0301", "\u0323", "\u200b"])) + path.name[at + 1 :])
    )


def writable_by_all(target: Target, rng: Rng) -> None:
    """Let every user write to a file or folder."""
    _pick([*target.files(), *target.folders()], rng).chmod(0o777)


def not_a_file(target: Target, rng: Rng) -> None:
    """Put a folder or a fifo in the place of a file."""
    path = _file(target, rng)
    path.unlink()
    os.mkfifo(path) if rng.random() < 0.5 else path.mkdir()


def edit_manifest(target: Target, rng: Rng) -> None:
    """Change one digest or one parameter of a manifest, its own digest made to fit in half of the cases."""
    path = _pick([s / MANIFEST for s in target.sealed()], rng)
    manifest = read_json(path, Manifest)
    digit = "0123456789abcdef"[int(rng.integers(16))] * 64
    change: dict[str, Any] = {"code": digit}
    if rng.random() < 0.5:
        change = {"params": {**manifest.params, "seed": int(rng.integers(1_000_000_000))}}
    if rng.random() < 0.5:
        rewrite_manifest(path.parent, **change)
    else:
        change_json(path, lambda value: value.update(change))


def respace_manifest(target: Target, rng: Rng) -> None:
    """Write the same manifest, seal or ledger line in other bytes."""
    seals = sorted(seals_folder(target.workspace, target.capture).rglob(SEAL))
    path = _manifest(target, rng) if rng.random() < 0.8 else _pick(seals, rng)
    styles: list[Callable[[bytes], bytes]] = [
        lambda data: data.replace(b",", b", ", 1),
        lambda data: data.replace(b":", b": ", 1),
        lambda data: data.rstrip(b"\n"),
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"capture", b"c\\u0061pture", 1),
    ]
    path.write_bytes(styles[int(rng.integers(len(styles)))](path.read_bytes()))


def forge_everything(target: Target, rng: Rng) -> None:
    """Change an output or the recording and make every manifest fit."""
    path = _output(target, rng)
    path.write_bytes(path.read_bytes() + rng.bytes(1))
    rewrite_chain(target)


def delete_ledger_line(target: Target, rng: Rng) -> None:
    """Take a line out of the ledger, chained anew in half of the cases."""
    lines = target.workspace.ledger.read_bytes().splitlines(keepends=True)
    at = int(rng.integers(len(lines)))
    if rng.random() < 0.5:
        rewrite_ledger(target, lambda entries: entries[:at] + entries[at + 1 :])
    else:
        target.workspace.ledger.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))


def reorder_ledger(target: Target, rng: Rng) -> None:
    """Let two lines of the ledger change places, chained anew in half of the cases."""
    lines = target.workspace.ledger.read_bytes().splitlines(keepends=True)
    order = list(range(len(lines)))
    one, two = rng.choice(len(lines), 2, replace=False)
    order[one], order[two] = order[two], order[one]
    if rng.random() < 0.5:
        rewrite_ledger(target, lambda entries: [entries[i] for i in order])
    else:
        target.workspace.ledger.write_bytes(b"".join(lines[i] for i in order))


def signed_by_another_key(target: Target, rng: Rng) -> None:
    """Forge everything, then seal it with a key that nobody trusts, as a new seal or over the newest one."""
    forge_everything(target, rng)
    seals = len(list(seals_folder(target.workspace, target.capture).iterdir()))
    forge_seal(target, "stranger", number=seals if rng.random() < 0.5 else None)


def signed_in_another_namespace(target: Target, rng: Rng) -> None:
    """Forge everything, then seal it with the owner's key that was borrowed to sign something else (git, file, mail)."""
    forge_everything(target, rng)
    forge_seal(target, "owner", namespace=str(rng.choice(["git", "file", "email", "kinetrace-seal2", "kinetrace"])))


def old_seal_over_new(target: Target, rng: Rng) -> None:
    """Put an older seal, its signature or both in the place of the newest."""
    first, *_, newest = sorted(seals_folder(target.workspace, target.capture).iterdir())
    names = [(SEAL,), (SIGNATURE,), (SEAL, SIGNATURE)][int(rng.integers(3))]
    for name in names:
        shutil.copy2(first / name, newest / name)


def old_stage(target: Target, rng: Rng) -> None:
    """Put a stage as it was at the first seal in the place of today's."""
    old = target.workspace.root / "old" / target.capture
    changed = [s for s in target.stages() if _bytes(s) != _bytes(old / s.name)]
    stage = _pick(changed, rng)
    shutil.rmtree(stage)
    shutil.copytree(old / stage.name, stage)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def old_tree(target: Target, rng: Rng) -> None:
    """Put everything back as it was at the first seal, in half of the cases with the ledger of today."""
    old, ledger = target.workspace.root / "old", target.workspace.ledger.read_bytes()
    shutil.rmtree(target.workspace.root / "artifacts")
    shutil.copytree(old, target.workspace.root / "artifacts")
    if rng.random() < 0.5:
        target.workspace.ledger.write_bytes(ledger)


STRUCTURAL: dict[str, Attack] = {
    f.__name__: f
    for f in (
        truncate, append, zero, duplicate_block, duplicate_file, swap_within_a_stage, swap_across_stages, swap_stages,
        swap_across_captures, stage_of_another_capture, rename, change_case, delete, delete_folder, add, empty_folder,
        link_to_identical_bytes, lookalike_name, decomposed_name, writable_by_all, not_a_file, edit_manifest,
        respace_manifest, forge_everything, delete_ledger_line, reorder_ledger, signed_by_another_key,
        signed_in_another_namespace, old_seal_over_new, old_stage, old_tree,
    )
}  # fmt: skip
"""Every class of structural mutation."""

HEAD_NEEDED = {"old_tree"}
"""Attacks that take back the whole history: only a head that was kept outside can tell."""
