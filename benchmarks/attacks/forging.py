"""Forging with full knowledge of the formats: everything that an adversary without the owner's key can make consistent."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.attacks.target import Target
from kinetrace.store.digest import digest_bytes, digest_file
from kinetrace.store.documents import encode, read_json
from kinetrace.store.ledger import GENESIS, append, read_ledger
from kinetrace.store.manifest import own_digest
from kinetrace.store.merkle import leaf, root
from kinetrace.store.seals import SEAL, SIGNATURE, seal_name, seals_folder
from kinetrace.store.signature import NAMESPACE
from kinetrace.store.workspace import MANIFEST
from schemas.manifest import FileRecord, LedgerEntry, Manifest, Seal

TIME = "2026-01-01T00:00:00Z"


def rewrite_manifest(folder: Path, **changes: Any) -> None:
    """Change fields of a manifest and give it the digest that fits."""
    manifest = read_json(folder / MANIFEST, Manifest).model_copy(update=changes)
    (folder / MANIFEST).write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))


def rewrite_chain(target: Target) -> None:
    """Make every manifest fit the files and the parents as they lie there now."""
    now: dict[str, str] = {}
    for plan, folder in zip(target.plans, target.stages(), strict=True):
        manifest = read_json(folder / MANIFEST, Manifest)
        records = tuple(_record(folder, r.path) for r in manifest.outputs)
        inputs = {name: now.get(name, recorded) for name, recorded in manifest.inputs.items()}
        if not plan.parents:
            raw = target.workspace.capture(target.capture)
            inputs = {name: digest_file(raw / name).sha256 for name in manifest.inputs}
        rewrite_manifest(folder, outputs=records, inputs=inputs)
        now[plan.name] = digest_file(folder / MANIFEST).sha256


def _record(folder: Path, name: str) -> FileRecord:
    digest = digest_file(folder / name)
    return FileRecord(path=name, bytes=digest.bytes, xxh3_128=digest.xxh3_128, sha256=digest.sha256)


def root_of(target: Target) -> str:
    """Compute the Merkle root of the manifests as they lie there now."""
    folders = target.sealed()
    return root([leaf(f.name, digest_file(f / MANIFEST).sha256) for f in folders])


def forge_seal(target: Target, key: str, namespace: str = NAMESPACE, number: int | None = None) -> None:
    """Seal what lies there now, with any key, in any namespace, as the next seal or in the place of an old one."""
    ledger = read_ledger(target.workspace.ledger)
    folder = seals_folder(target.workspace, target.capture)
    number = len(list(folder.iterdir())) + 1 if number is None else number
    forged = Seal(capture=target.capture, number=number, root=root_of(target), head=ledger[-1].hash, seq=ledger[-1].seq)
    place = folder / seal_name(number)
    place.mkdir(exist_ok=True)
    (place / SIGNATURE).unlink(missing_ok=True)
    (place / SEAL).write_bytes(encode(forged))
    sign(place / SEAL, target.workspace.root / "keys" / key, namespace)
    append(
        target.workspace.ledger, time=TIME, actor="owner", action="seal", capture=target.capture, root=forged.root,
        ok=True, git=None, seal=digest_bytes(encode(forged)).sha256,
    )  # fmt: skip


def sign(path: Path, key: Path, namespace: str) -> None:
    """Sign a file with a key; the signature lies beside it."""
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key), str(path)], check=True, capture_output=True
    )


def rewrite_ledger(target: Target, change: Callable[[list[LedgerEntry]], list[LedgerEntry]]) -> None:
    """Change the ledger's lines, then number and chain them anew so that the file is sound in itself."""
    lines, previous = [], GENESIS
    for seq, entry in enumerate(change(list(read_ledger(target.workspace.ledger)))):
        linked = entry.model_copy(update={"seq": seq, "prev": previous})
        linked = linked.model_copy(update={"hash": own_digest(linked, "hash")})
        lines.append(encode(linked))
        previous = linked.hash
    target.workspace.ledger.write_bytes(b"".join(lines))


def change_json(path: Path, change: Callable[[dict[str, Any]], None], **style: Any) -> None:
    """Change a JSON file's content and write it, canonically unless another style is asked for."""
    value = json.loads(path.read_bytes())
    change(value)
    style = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False, **style}
    path.write_text(json.dumps(value, **style) + "\n")
