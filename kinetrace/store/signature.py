"""Signatures by OpenSSH: ``ssh-keygen -Y`` in our own namespace, so that no key is ever read by this program."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ArtifactError, UncheckableError

NAMESPACE = "kinetrace-seal"
SIGNERS = "allowed_signers"
_HEAD = b"-----BEGIN SSH SIGNATURE-----\n"
_TAIL = b"-----END SSH SIGNATURE-----\n"
_MAGIC = b"SSHSIG\x00\x00\x00\x01"
_LINE = 70
_FIX = "Restore this file from a copy, or seal again: kinetrace seal ID --key PATH"


@dataclass(frozen=True)
class Armour:
    """What a signature file says of itself, before anybody believes it.

    Attributes:
        namespace: What it was signed for.
        key: Fingerprint of the public key inside, as ``ssh-keygen -l`` prints it.
    """

    namespace: str
    key: str


def sign(data: bytes, key: Path) -> bytes:
    """Sign bytes with a private key, a key in an agent (give the .pub file) or a hardware key.

    Raises:
        ArtifactError: ``ssh-keygen`` refuses the key; its own words stand above.
        UncheckableError: There is no ``ssh-keygen``.
    """
    # A passphrase or a touch is asked for on the terminal, so its messages are not caught.
    ended = _run("-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key.absolute()), data=data, quiet=False)
    if ended.returncode != 0:
        raise ArtifactError(
            where=str(key), field="key", expected="a private key that ssh-keygen can sign with",
            found="a refusal, see above", fix="Make one: ssh-keygen -t ed25519 -f kinetrace_key",
        )  # fmt: skip
    return ended.stdout


def read_armour(data: bytes, where: str) -> Armour:
    """Read a signature strictly: exactly the bytes that OpenSSH writes, so that no bit is free.

    The format is OpenSSH's PROTOCOL.sshsig; base64 is decoded, encoded again and compared.

    Raises:
        ArtifactError: It is not a signature, or is written otherwise.
    """
    try:
        body = data.removeprefix(_HEAD).removesuffix(_TAIL).replace(b"\n", b"")
        blob = base64.b64decode(body, validate=True)
        if _armour(blob) != data:
            raise ValueError("armour that OpenSSH would write otherwise")
        key, namespace, reserved, _, _ = _fields(blob.removeprefix(_MAGIC), 5)
        if not blob.startswith(_MAGIC) or reserved:
            raise ValueError("no SSHSIG of version 1")
        name = namespace.decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise ArtifactError(
            where=where, field="armour", expected="a signature exactly as ssh-keygen writes it",
            found=str(error)[:100], fix=_FIX,
        ) from error  # fmt: skip
    fingerprint = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
    return Armour(name, f"SHA256:{fingerprint}")


def signer_of(signature: Path, signers: Path) -> str | None:
    """Name whose key a signature claims, by the list of trusted keys; None when it is nobody's."""
    ended = _run("-Y", "find-principals", "-s", str(signature.absolute()), "-f", str(signers.absolute()))
    if ended.returncode != 0:
        return None
    lines = ended.stdout.decode("utf-8", "replace").splitlines()
    return lines[0].split(",")[0] if lines else None


def holds(data: bytes, signature: Path, signers: Path, identity: str) -> bool:
    """Say whether a signature is over these bytes, by this identity's key, in our namespace and within its time."""
    return (
        _run(
            "-Y", "verify", "-n", NAMESPACE, "-I", identity, "-s", str(signature.absolute()),
            "-f", str(signers.absolute()), data=data,
        ).returncode == 0
    )  # fmt: skip


def sound(data: bytes, signature: Path) -> bool:
    """Say whether a signature is over these bytes in our namespace, whoever's key it is."""
    arguments = ("-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(signature.absolute()))
    return _run(*arguments, data=data).returncode == 0


def _armour(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[i : i + _LINE] for i in range(0, len(text), _LINE)]
    return _HEAD + b"".join(line + b"\n" for line in lines) + _TAIL


def _fields(blob: bytes, count: int) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(count):
        if len(blob) < 4 or len(blob) - 4 < (size := struct.unpack(">I", blob[:4])[0]):
            raise ValueError("a field that ends too early")
        found.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    if blob:
        raise ValueError("bytes after the last field")
    return found


def _run(*arguments: str, data: bytes = b"", quiet: bool = True) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments], input=data, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None, check=False,
        )  # fmt: skip
    except OSError as error:
        raise UncheckableError(
            where="ssh-keygen", field="program", expected="OpenSSH's ssh-keygen, 8.2 or newer", found="none",
            fix="Install it: apt-get install openssh-client",
        ) from error  # fmt: skip
