"""Seals on disk: numbered folders beside the stages, each a signed statement of one Merkle root; none is ever changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kinetrace.store.digest import digest_bytes
from kinetrace.store.documents import encode, parse, read_limited
from kinetrace.store.findings import finding, kind_of, open_to_all, remove
from kinetrace.store.lock import at_work
from kinetrace.store.publish import is_draft
from kinetrace.store.signature import NAMESPACE, Armour, holds, read_armour, signer_of, sound
from kinetrace.store.workspace import Workspace
from schemas.errors import ArtifactError
from schemas.manifest import Finding, Seal

SEALS = "seals"
SEAL = "seal.json"
SIGNATURE = "seal.json.sig"
_MAX_BYTES = 1 << 16
_NUMBER = re.compile(r"(?!0000)[0-9]{4,6}", re.ASCII)
_FIX = "Restore the seals from a copy; they cannot be made again"


@dataclass(frozen=True)
class Sealed:
    """A genuine seal: canonical, signed in our namespace, in its own place; the newest, by a key that is trusted today.

    The keys of older seals need not be trusted any more: the newest seal signs the ledger's head, and the lines before
    it name every older signature.

    Attributes:
        seal: What was signed.
        sha256: Digest of its signature file, which the ledger names; it stands for both files.
        signer: Who, as the list of trusted keys says; empty for all but the newest seal.
        key: Fingerprint of the key.
        place: Where it lies, relative to the project.
    """

    seal: Seal
    sha256: str
    signer: str
    key: str
    place: str


def seals_folder(workspace: Workspace, capture: str) -> Path:
    """Give the folder that holds a capture's seals; it need not exist."""
    return workspace.artifacts(capture) / SEALS


def seal_name(number: int) -> str:
    """Name the folder of one seal."""
    return f"{number:04d}"


def read_seals(workspace: Workspace, capture: str, signers: Path, findings: list[Finding]) -> tuple[Sealed, ...]:
    """Read every seal of a capture, oldest first; whatever is wrong with them is added to the findings.

    Args:
        workspace: The project.
        capture: Which capture.
        signers: The list of trusted keys; must exist when there is a seal.
        findings: Extended in place.

    Returns:
        The genuine ones.

    Raises:
        UncheckableError: There is no ``ssh-keygen``.
    """
    folder, place = seals_folder(workspace, capture), f"artifacts/{capture}/{SEALS}"
    if (kind := kind_of(folder)) == "none":
        return ()
    if kind != "a folder":
        findings.append(finding("seal.extra", place, "a folder of seals", kind, remove(place)))
        return ()
    findings += open_to_all(folder, place)
    numbers: list[int] = []
    for path in sorted(folder.iterdir()):
        name = path.name
        if _NUMBER.fullmatch(name) and seal_name(int(name)) == name and kind_of(path) == "a folder":
            numbers.append(int(name))
        elif not (is_draft(path) and at_work(workspace, capture)):
            there = f"{place}/{name}"
            findings.append(finding("seal.extra", there, "numbered seals", kind_of(path), remove(there)))
    numbers.sort()
    if gap := next((n for n, there in enumerate(numbers, 1) if n != there), None):
        findings.append(finding("seal.missing", f"{place}/{seal_name(gap)}", "a seal", "none", _FIX))
    found = [
        _read(
            folder / seal_name(n),
            f"{place}/{seal_name(n)}",
            capture,
            n,
            signers if n == numbers[-1] else None,
            findings,
        )
        for n in numbers
    ]
    return tuple(sealed for sealed in found if sealed is not None)


def _read(
    folder: Path, place: str, capture: str, number: int, signers: Path | None, findings: list[Finding]
) -> Sealed | None:
    before = len(findings)
    for path in sorted(folder.iterdir()):
        where = f"{place}/{path.name}"
        if path.name not in {SEAL, SIGNATURE}:
            findings.append(finding("seal.extra", where, f"{SEAL} and {SIGNATURE}", kind_of(path), remove(where)))
        elif kind_of(path) == "a file":
            findings += open_to_all(path, where)
    findings += open_to_all(folder, place)
    for name in (SEAL, SIGNATURE):
        if (kind := kind_of(folder / name)) == "none":
            findings.append(finding("seal.missing", f"{place}/{name}", "a file", kind, _FIX))
        elif kind != "a file":
            findings.append(finding("output.kind.changed", f"{place}/{name}", "a file", kind, _FIX))
    if any(f.code in {"seal.missing", "output.kind.changed"} for f in findings[before:]):
        return None
    checked = check_seal(folder, place, capture, number, signers)
    if isinstance(checked, Finding):
        findings.append(checked)
        return None
    return checked


def check_seal(folder: Path, place: str, capture: str, number: int, signers: Path | None) -> Sealed | Finding:
    """Check one seal and its signature; the first thing that is wrong is the one cause.

    Args:
        folder: Holds the seal and its signature, both plain files.
        place: The same, relative to the project.
        capture: Whose it must be.
        number: Which it must be.
        signers: The list of trusted keys; None for an older seal, whose key need not be trusted any more.

    Raises:
        UncheckableError: There is no ``ssh-keygen``.
    """
    where, signed, file = f"{place}/{SEAL}", f"{place}/{SIGNATURE}", folder / SIGNATURE
    try:
        data = read_limited(folder / SEAL, _MAX_BYTES)
        seal = parse(data, Seal, where=where)
    except ArtifactError as error:
        return finding("seal.malformed", where, error.expected, error.found, _FIX)
    if encode(seal) != data:
        return finding("seal.malformed", where, "canonical bytes", "the same content, written otherwise", _FIX)
    try:
        signature = read_limited(file, _MAX_BYTES)
        armour = read_armour(signature, signed)
    except ArtifactError as error:
        return finding("seal.signature.malformed", signed, error.expected, error.found, _FIX)
    signer = _signer(data, file, armour, signed, signers)
    if isinstance(signer, Finding):
        return signer
    if (seal.capture, seal.number) != (capture, number):
        there = f"{seal.capture}, seal {seal.number}"
        return finding("seal.of.another", where, f"{capture}, seal {number}", there, _FIX)
    return Sealed(seal, digest_bytes(signature).sha256, signer, armour.key, where)


def _signer(data: bytes, file: Path, armour: Armour, signed: str, signers: Path | None) -> str | Finding:
    """Say whose signature it is; empty where nobody's trust is asked for."""
    if armour.namespace != NAMESPACE:
        return finding("seal.namespace.wrong", signed, NAMESPACE, armour.namespace, _FIX)
    if signers is None:
        if sound(data, file):
            return ""
        return finding("seal.signature.invalid", signed, f"a signature of {SEAL}", "another", _FIX)
    if (signer := signer_of(file, signers)) is None:
        fix = f"If you trust this key, add it to {signers.name}; docs/audit.md says how."
        return finding("seal.signer.unknown", signed, f"a key in {signers.name}", armour.key, fix)
    if holds(data, file, signers, signer):
        return signer
    return finding("seal.signature.invalid", signed, f"a signature of {SEAL} by {signer}", "another", _FIX)
