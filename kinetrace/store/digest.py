"""Two digests in one read: xxh3_128 answers "intact?", SHA-256 feeds the Merkle root and signatures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import xxhash

CHUNK = 1 << 20


@dataclass(frozen=True)
class Digest:
    """Size and both digests of some bytes."""

    bytes: int
    xxh3_128: str
    sha256: str


def digest_bytes(data: bytes) -> Digest:
    """Digest bytes in memory."""
    return Digest(len(data), xxhash.xxh3_128_hexdigest(data), hashlib.sha256(data).hexdigest())


def digest_file(path: Path) -> Digest:
    """Digest a file in one read of constant memory.

    Raises:
        OSError: The file cannot be read.
    """
    fast = xxhash.xxh3_128()
    strong = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            fast.update(chunk)
            strong.update(chunk)
            size += len(chunk)
    return Digest(size, fast.hexdigest(), strong.hexdigest())


def digest_tree(root: Path, members: tuple[str, ...]) -> str:
    """Digest source files and folders of source as one SHA-256 over sorted (relative path, content) pairs.

    Byte-compiled files are left out; everything else below a folder counts, templates and weights included.

    Args:
        root: The folder that `members` are relative to.
        members: Files or folders, POSIX paths.

    Returns:
        64 hexadecimal digits that depend on names and contents, never on where `root` lies.

    Raises:
        FileNotFoundError: A member does not exist.
    """
    strong = hashlib.sha256()
    for path in sorted(tree_files(root, members)):
        strong.update(f"{path.relative_to(root).as_posix()}\0{digest_file(path).sha256}\n".encode())
    return strong.hexdigest()


def tree_files(root: Path, members: tuple[str, ...]) -> set[Path]:
    """List the files that `digest_tree` reads."""
    found: set[Path] = set()
    for member in members:
        start = root / member
        if start.is_file():
            found.add(start)
        elif start.is_dir():
            found.update(
                p for p in start.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"
            )
        else:
            raise FileNotFoundError(start)
    return found
