"""Named attacks: one case each, with the promise that it must be found to break."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.attacks.forging import change_json, forge_seal, rewrite_chain, rewrite_ledger, rewrite_manifest, sign
from benchmarks.attacks.target import Target
from kinetrace.store.documents import read_json
from kinetrace.store.seals import SEAL, SIGNATURE, seal_name, seals_folder
from kinetrace.store.signature import NAMESPACE, SIGNERS
from kinetrace.store.workspace import MANIFEST
from schemas.manifest import Manifest


@dataclass(frozen=True)
class Named:
    """One attack.

    Attributes:
        promise: What must be found broken.
        attack: What is done.
        head: Whether only a head kept outside can tell.
    """

    promise: str
    attack: Callable[[Target], None]
    head: bool = False


def _first(target: Target) -> Path:
    return target.stages()[0]


def _last(target: Target) -> Path:
    return target.stages()[-1]


def _outputs(folder: Path) -> list[Path]:
    return [folder / r.path for r in read_json(folder / MANIFEST, Manifest).outputs]


def _seal(target: Target, number: int = 2, name: str = SEAL) -> Path:
    return seals_folder(target.workspace, target.capture) / seal_name(number) / name


def _raw(target: Target) -> Path:
    return target.workspace.capture(target.capture)


def _grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _link(path: Path, target: Target) -> None:
    elsewhere = target.workspace.captures / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _replace(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    if old not in data:
        raise LookupError(f"{path}: no {old!r}")
    path.write_bytes(data.replace(old, new, 1))


def _one_manifest_forged(target: Target) -> None:
    _grow(_outputs(_first(target))[0])
    rewrite_chain(replace(target, plans=target.plans[:1]))


def _recording_forged(target: Target) -> None:
    _grow(sorted(_raw(target).iterdir())[0])
    rewrite_chain(target)


def _everything_forged(target: Target) -> None:
    _grow(_outputs(_first(target))[0])
    rewrite_chain(target)


def _record_left_out(target: Target) -> None:
    manifest = read_json(_first(target) / MANIFEST, Manifest)
    gone, *rest = manifest.outputs
    (_first(target) / gone.path).unlink()
    rewrite_manifest(_first(target), outputs=tuple(rest))


def _parents_left_out(target: Target) -> None:
    rewrite_manifest(target.stages()[1], inputs={})


def _stages_renamed(target: Target) -> None:
    one, two = target.stages()[1:3]
    aside = one.with_name("aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    for folder in (one, two):
        rewrite_manifest(folder, stage=folder.name)


def _seal_and_line_removed(target: Target) -> None:
    shutil.rmtree(_seal(target).parent)
    rewrite_ledger(target, lambda entries: entries[:-1])


def _forged_and_unsealed(target: Target) -> None:
    _everything_forged(target)
    shutil.rmtree(seals_folder(target.workspace, target.capture))


def _forged_unsealed_forgotten(target: Target) -> None:
    _forged_and_unsealed(target)
    target.workspace.ledger.unlink()


def _forged_and_signed(target: Target, key: str, namespace: str = NAMESPACE) -> None:
    _everything_forged(target)
    forge_seal(target, key, namespace)


def _seal_edited_and_signed(target: Target) -> None:
    change_json(_seal(target), lambda value: value.update(root="0" * 64))
    _seal(target, name=SIGNATURE).unlink()
    sign(_seal(target), target.workspace.root / "keys" / "stranger", NAMESPACE)


def _seal_of_the_other(target: Target) -> None:
    mine, theirs = seals_folder(target.workspace, target.capture), seals_folder(target.workspace, target.other)
    shutil.rmtree(mine / seal_name(1))
    shutil.copytree(theirs / seal_name(1), mine / seal_name(1))


def _rewrapped(target: Target) -> None:
    path = _seal(target, name=SIGNATURE)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], b"".join(lines[1:-1]), lines[-1], b""]))


def _old_tree(target: Target) -> None:
    shutil.rmtree(target.workspace.root / "artifacts")
    shutil.copytree(target.workspace.root / "old", target.workspace.root / "artifacts")


def _old_tree_new_ledger(target: Target) -> None:
    ledger = target.workspace.ledger.read_bytes()
    _old_tree(target)
    target.workspace.ledger.write_bytes(ledger)


def _stranger_file(name: bytes) -> Callable[[Target], None]:
    return lambda t: (_first(t) / os.fsdecode(name)).touch()


def _hole(target: Target) -> None:
    path = max(_outputs(_first(target)), key=lambda p: p.stat().st_size)
    size = path.stat().st_size
    path.write_bytes(b"")
    os.truncate(path, size)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


NAMED: dict[str, Named] = {
    "output changed": Named("INTACT", lambda t: _grow(_outputs(_first(t))[0])),
    "output made a hole of the same size": Named("INTACT", _hole),
    "output replaced by a fifo": Named("INTACT", lambda t: _fifo(_outputs(_first(t))[0])),
    "output replaced by a link to the same bytes": Named("INTACT", lambda t: _link(_outputs(_first(t))[0], t)),
    "the audit's own verdict changed": Named("INTACT", lambda t: _grow(_outputs(_last(t))[0])),
    "output and its manifest forged": Named("LINKED", _one_manifest_forged),
    "output and all manifests forged": Named("AUTHENTIC", _everything_forged),
    "recording and all manifests forged": Named("AUTHENTIC", _recording_forged),
    "record and its file left out": Named("COMPLETE", _record_left_out),
    "parents left out": Named("LINKED", _parents_left_out),
    "two stages swapped and renamed in their manifests": Named("LINKED", _stages_renamed),
    "manifest with a key twice": Named(
        "INTACT", lambda t: _replace(_first(t) / MANIFEST, b'"capture":', b'"capture":"one","capture":')
    ),
    "manifest with an infinite number": Named(
        "INTACT", lambda t: _replace(_first(t) / MANIFEST, b":{", b':{"x":1e999,')
    ),
    "manifest with a number as text": Named(
        "INTACT", lambda t: change_json(_first(t) / MANIFEST, lambda v: v["outputs"][0].update(bytes="1"))
    ),
    "manifest that names a file outside": Named(
        "INTACT",
        lambda t: change_json(_first(t) / MANIFEST, lambda v: v["outputs"][0].update(path="../../../params.yaml")),
    ),
    "manifest of another schema": Named(
        "INTACT", lambda t: _replace(_first(t) / MANIFEST, b"manifest/1", b"manifest/2")
    ),
    "manifest 100 000 brackets deep": Named("INTACT", lambda t: _write(_first(t) / MANIFEST, b"[" * 100_000)),
    "manifest of 17 MiB": Named("INTACT", lambda t: _write(_first(t) / MANIFEST, b" " * (17 << 20))),
    "manifest empty": Named("INTACT", lambda t: _write(_first(t) / MANIFEST, b"")),
    "manifest a fifo": Named("INTACT", lambda t: _fifo(_first(t) / MANIFEST)),
    "manifest a link": Named("INTACT", lambda t: _link(_first(t) / MANIFEST, t)),
    "manifest deleted": Named("COMPLETE", lambda t: (_first(t) / MANIFEST).unlink()),
    "stage deleted": Named("COMPLETE", lambda t: shutil.rmtree(_first(t))),
    "stage a link": Named("COMPLETE", lambda t: _link(_first(t), t)),
    "capture's artifacts a link": Named("INTACT", lambda t: _link(t.artifacts, t)),
    "stage added": Named("COMPLETE", lambda t: _copy(_first(t), t.artifacts / "s99_mine")),
    "folder dressed as the draft of a living process": Named(
        "COMPLETE", lambda t: (t.artifacts / ".s00_adapter.1.tmp").mkdir()
    ),
    "file dressed as a draft": Named("COMPLETE", lambda t: (t.artifacts / ".s00_adapter.1.tmp").touch()),
    "file hidden": Named("COMPLETE", _stranger_file(b".x")),
    "file whose name is not text": Named("COMPLETE", _stranger_file(b"\xff\xfe")),
    "file whose name obeys a terminal": Named("COMPLETE", _stranger_file(b"\x1b[2J")),
    "file whose name runs backwards": Named("COMPLETE", _stranger_file("\u202eh5.noitom".encode())),
    "file whose name is a line break": Named("COMPLETE", _stranger_file(b"\n")),
    "recording: file added": Named("LINKED", lambda t: (_raw(t) / "more.jsonl").touch()),
    "recording: file deleted": Named("LINKED", lambda t: sorted(_raw(t).iterdir())[0].unlink()),
    "recording: file a link": Named("LINKED", lambda t: _link(sorted(_raw(t).iterdir())[0], t)),
    "recording: file a fifo": Named("LINKED", lambda t: _fifo(sorted(_raw(t).iterdir())[0])),
    "recording a link": Named("LINKED", lambda t: _link(_raw(t), t)),
    "recording deleted": Named("LINKED", lambda t: shutil.rmtree(_raw(t))),
    "ledger emptied": Named("FRESH", lambda t: _write(t.workspace.ledger, b"")),
    "ledger deleted": Named("FRESH", lambda t: t.workspace.ledger.unlink()),
    "ledger a link": Named("LEDGER", lambda t: _link(t.workspace.ledger, t)),
    "ledger a fifo": Named("LEDGER", lambda t: _fifo(t.workspace.ledger)),
    "ledger torn": Named("LEDGER", lambda t: os.truncate(t.workspace.ledger, t.workspace.ledger.stat().st_size - 5)),
    "ledger without its first line, chained anew": Named("FRESH", lambda t: rewrite_ledger(t, lambda e: e[1:])),
    "ledger without its last line": Named("AUTHENTIC", lambda t: rewrite_ledger(t, lambda e: e[:-1])),
    "ledger that names another person, chained anew": Named(
        "FRESH",
        lambda t: rewrite_ledger(t, lambda e: [e[0].model_copy(update={"actor": "somebody"}), *e[1:]]),
    ),
    "seals deleted": Named("AUTHENTIC", lambda t: shutil.rmtree(seals_folder(t.workspace, t.capture))),
    "first seal deleted": Named("AUTHENTIC", lambda t: shutil.rmtree(_seal(t, 1).parent)),
    "newest seal deleted": Named("AUTHENTIC", lambda t: shutil.rmtree(_seal(t).parent)),
    "newest seal deleted with its line": Named("AUTHENTIC", _seal_and_line_removed),
    "everything forged, seals deleted": Named("AUTHENTIC", _forged_and_unsealed),
    "everything forged, seals and ledger deleted": Named("FRESH", _forged_unsealed_forgotten, head=True),
    "signature deleted": Named("AUTHENTIC", lambda t: _seal(t, name=SIGNATURE).unlink()),
    "signature wrapped otherwise": Named("AUTHENTIC", _rewrapped),
    "signature with a line more": Named("AUTHENTIC", lambda t: _grow(_seal(t, name=SIGNATURE))),
    "signature with CR LF": Named("AUTHENTIC", lambda t: _replace(_seal(t, name=SIGNATURE), b"\n", b"\r\n")),
    "signature of an older seal": Named("AUTHENTIC", lambda t: _copy(_seal(t, 1, SIGNATURE), _seal(t, name=SIGNATURE))),
    "seal written in other bytes": Named("AUTHENTIC", lambda t: _replace(_seal(t), b",", b", ")),
    "seal edited and signed by a stranger": Named("AUTHENTIC", _seal_edited_and_signed),
    "seal of another capture": Named("AUTHENTIC", _seal_of_the_other),
    "everything forged and sealed by a stranger": Named("AUTHENTIC", lambda t: _forged_and_signed(t, "stranger")),
    "everything forged and signed in the namespace of git": Named(
        "AUTHENTIC", lambda t: _forged_and_signed(t, "owner", "git")
    ),
    "list of trusted keys emptied": Named("AUTHENTIC", lambda t: _write(t.workspace.root / SIGNERS, b"")),
    "old tree, today's ledger": Named("AUTHENTIC", _old_tree_new_ledger),
    "old tree, old ledger": Named("FRESH", _old_tree, head=True),
    "output writable by all": Named("INTACT", lambda t: _outputs(_first(t))[0].chmod(0o777)),
    "ledger writable by all": Named("INTACT", lambda t: t.workspace.ledger.chmod(0o666)),
    "seal writable by all": Named("INTACT", lambda t: _seal(t).chmod(0o666)),
}
"""Every named attack."""


def _copy(source: Path, place: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, place)
    else:
        shutil.copyfile(source, place)
