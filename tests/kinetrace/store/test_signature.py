from __future__ import annotations

import base64
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_project import make_key

from kinetrace.store.signature import NAMESPACE, holds, read_armour, sign, signer_of, sound
from schemas.errors import ArtifactError, UncheckableError

DATA = b'{"what":"was signed"}\n'
EXPECTED = "expected a signature exactly as ssh-keygen writes it"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, a list that trusts it, and a signature."""
    root = tmp_path_factory.mktemp("keys")
    key = make_key(root)
    (root / "signers").write_text(f'me@example.org,alias namespaces="{NAMESPACE}" {(root / "key.pub").read_text()}')
    (root / "sig").write_bytes(sign(DATA, key))
    return root


def blob(*fields: bytes, magic: bytes = b"SSHSIG\0\0\0\1") -> bytes:
    """Armour made by hand, as OpenSSH's PROTOCOL.sshsig says."""
    body = magic + b"".join(struct.pack(">I", len(f)) + f for f in fields)
    text = base64.b64encode(body).decode()
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join(("-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", "")).encode()


def test_a_signature_holds_over_its_bytes_for_its_signer_and_nothing_else(folder: Path) -> None:
    sig, signers = folder / "sig", folder / "signers"
    assert signer_of(sig, signers) == "me@example.org"
    assert holds(DATA, sig, signers, "me@example.org")
    assert sound(DATA, sig)
    assert not holds(DATA + b" ", sig, signers, "me@example.org")
    assert not holds(DATA, sig, signers, "you@example.org")
    assert not sound(DATA + b" ", sig)


def test_a_key_that_nobody_trusts_has_no_signer(folder: Path, tmp_path: Path) -> None:
    make_key(tmp_path, "stranger")
    (tmp_path / "signers").write_text(f"x@example.org {(tmp_path / 'stranger.pub').read_text()}")
    assert signer_of(folder / "sig", tmp_path / "signers") is None
    (tmp_path / "signers").write_text("")
    assert signer_of(folder / "sig", tmp_path / "signers") is None


def test_the_fingerprint_is_the_one_that_ssh_keygen_prints(folder: Path) -> None:
    armour = read_armour((folder / "sig").read_bytes(), "sig")
    printed = subprocess.run(["ssh-keygen", "-lf", str(folder / "key.pub")], check=True, capture_output=True, text=True)
    assert (armour.namespace, armour.key) == (NAMESPACE, printed.stdout.split()[1])


def test_every_byte_of_the_armour_counts(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "sig").read_bytes()
    path = tmp_path / "sig"
    quiet = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 7
        try:
            armour = read_armour(bytes(damaged), "sig")
        except ArtifactError as error:
            assert EXPECTED in str(error)
            continue
        path.write_bytes(damaged)
        quiet += armour.namespace == NAMESPACE and sound(DATA, path)
    assert quiet == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b + b"\n",
        lambda b: b" " + b,
        lambda b: b[:-1],
        lambda b: b.replace(b"\n", b"\n\n", 1),
        lambda b: b + b,
        lambda b: b"",
    ],
)
def test_armour_that_ssh_keygen_would_write_otherwise_is_refused(folder: Path, change: object) -> None:
    with pytest.raises(ArtifactError, match=EXPECTED):
        read_armour(change((folder / "sig").read_bytes()), "sig")  # type: ignore[operator]


def test_bits_that_base64_ignores_are_not_free() -> None:
    text = blob(b"key", b"n", b"", b"sha512", b"sig")
    assert read_armour(text, "x").namespace == "n"
    assert b"=" in text
    place = text.index(b"=") - 1
    for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        if other != text[place]:
            damaged = text[:place] + bytes([other]) + text[place + 1 :]
            try:
                read_armour(damaged, "x")
            except ArtifactError:
                continue
            assert base64.b64decode(damaged.split(b"\n")[1]) != base64.b64decode(text.split(b"\n")[1])


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (blob(b"key", b"n", b"reserved", b"sha512", b"sig"), "no SSHSIG of version 1"),
        (
            blob(b"key", b"n", b"", b"sha512", b"sig", magic=b"SSHSIG\0\0\0\2"),
            "ends too early|no SSHSIG|after the last",
        ),
        (blob(b"key", b"n", b"", b"sha512"), "ends too early"),
        (blob(b"key", b"n", b"", b"sha512", b"sig", b"more"), "bytes after the last field"),
        (blob(b"key", b"\xff", b"", b"sha512", b"sig"), "ascii"),
    ],
)
def test_a_signature_by_hand_that_is_none_is_refused(made: bytes, found: str) -> None:
    with pytest.raises(ArtifactError, match=found):
        read_armour(made, "x")


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_in_our_words(data: bytes) -> None:
    for made in (data, blob(data), b"-----BEGIN SSH SIGNATURE-----\n" + data + b"\n-----END SSH SIGNATURE-----\n"):
        with pytest.raises(ArtifactError, match=EXPECTED):
            read_armour(made, "x")


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(ArtifactError, match="expected a private key that ssh-keygen can sign with"):
        sign(DATA, tmp_path / "key")


def test_without_ssh_keygen_nothing_could_be_checked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("ssh-keygen") is None
    with pytest.raises(UncheckableError, match="apt-get install openssh-client"):
        sound(DATA, folder / "sig")
