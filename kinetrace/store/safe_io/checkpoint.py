"""A torch archive of named tensors: its digest, its zip and its pickle are checked before torch sees what is left of it."""

from __future__ import annotations

import hashlib
import io
import math
import pickle
import pickletools
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinetrace.store.safe_io.caps import CHECKPOINT_BYTES, PICKLE_BYTES
from kinetrace.store.safe_io.format_error import FormatError
from kinetrace.store.safe_io.plain_file import open_plain
from kinetrace.store.safe_io.zip_members import open_zip, read_member

_ATOMS = frozenset({
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "GLOBAL",
})  # fmt: skip
_ALLOWED = _ATOMS | {
    "PROTO", "STOP", "MARK", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
    "SETITEM", "SETITEMS", "APPEND", "APPENDS", "REDUCE", "BINPERSID", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
}  # fmt: skip
"""What `torch.save` writes for dictionaries of tensors and plain values; no BUILD, no NEWOBJ, nothing that allocates."""
_ITEM_BYTES = {"FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8,
               "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1}  # fmt: skip
_EXTRAS = frozenset({"version", ".format_version", ".storage_alignment", "byteorder", ".data/serialization_id"})


def read_checkpoint(path: Path, sha256: str | None = None) -> bytes:
    """Give a torch archive that is safe to hand to `torch.load(…, weights_only=True)`.

    The archive is written anew from the members that were checked, so that a second zip reader cannot see another one.

    Args:
        path: The file.
        sha256: What its manifest says; None where there is no manifest.

    Returns:
        The same members in a plain archive, in memory.

    Raises:
        FormatError: The rules of `open_plain` and `open_zip`; `digest`: other bytes than the manifest says; `pickle`: more
            than tensors and plain values; `storage`: a tensor that its bytes cannot fill.
    """
    with open_plain(path, CHECKPOINT_BYTES) as stream:
        if sha256 is not None and (found := hashlib.file_digest(stream, "sha256").hexdigest()) != sha256:  # type: ignore[arg-type]
            expected = f"sha256 {sha256[:12]}…, as its manifest says"
            raise FormatError("digest", "content", expected, f"{found[:12]}…")
        with open_zip(stream, CHECKPOINT_BYTES) as archive:
            members = {m.filename: m for m in archive.infolist()}
            room = next(iter(members), "").partition("/")[0]
            if f"{room}/data.pkl" not in members or members[f"{room}/data.pkl"].file_size > PICKLE_BYTES:
                raise FormatError("zip", "archive", "a torch archive", "no data.pkl, or one that is too large")
            program = read_member(archive, members[f"{room}/data.pkl"])
            check_pickle(program, {n.removeprefix(f"{room}/"): m.file_size for n, m in members.items()})
            if (
                members.get(f"{room}/byteorder") is None
                or read_member(archive, members[f"{room}/byteorder"]) != b"little"
            ):
                raise FormatError("zip", "archive", "numbers in little-endian order", "another order, or none")
            return _rewritten(archive, members)


def _rewritten(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as clean:
        for name, member in members.items():
            clean.writestr(zipfile.ZipInfo(name), read_member(archive, member))
    return buffer.getvalue()


def check_pickle(program: bytes, members: dict[str, int]) -> None:
    """Hold the pickle of a checkpoint against what `torch.save` writes for tensors and plain values.

    Args:
        program: `data.pkl`.
        members: Every member of the archive, without the folder's name, with its bytes.

    Raises:
        FormatError: `pickle` or `storage`.
    """
    _check_operations(program)
    reader = _Reader(io.BytesIO(program), members)
    try:
        reader.load()
    except FormatError:
        raise
    except Exception as error:  # a broken program may break the stand-ins in any way; none of them acts
        raise _not_plain(str(error) or type(error).__name__) from None
    unknown = {n for n in members if n not in _EXTRAS and n != "data.pkl"} - reader.used
    if unknown:
        raise FormatError("zip", "archive", "a member a tensor", f"{sorted(unknown)[0]!r} that nothing uses")


def _check_operations(program: bytes) -> None:
    kept: dict[int, str] = {}
    last = ""
    end = 0
    try:
        for operation, argument, place in pickletools.genops(program):
            name, slot = operation.name, argument if isinstance(argument, int) else 0
            if name not in _ALLOWED:
                raise _not_plain(f"the operation {name}")
            if name in ("BINPUT", "LONG_BINPUT"):
                # The reader's table of kept values is as long as the largest number in it.
                if slot > len(program):
                    raise _not_plain(f"a value kept at place {slot}")
                kept[slot] = last
                continue
            # A list inside a list inside a list, each kept and used twice, has no end when it is walked.
            if name in ("BINGET", "LONG_BINGET") and kept.get(slot) not in _ATOMS:
                raise _not_plain("a container that is used twice")
            last, end = name, place or 0
    except FormatError:
        raise
    except Exception as error:  # pickletools has no error of its own
        raise _not_plain(str(error) or type(error).__name__) from None
    if end != len(program) - 1:
        raise _not_plain("bytes after the end")


@dataclass(frozen=True)
class _Storage:
    kind: str
    items: int


def _tensor(storage: Any, offset: int, size: tuple[int, ...], stride: tuple[int, ...], grad: bool, hooks: Any) -> str:
    """Stand in for torch's `_rebuild_tensor_v2`: check that the view stays inside its storage."""
    whole = isinstance(storage, _Storage) and all(type(n) is int and n >= 0 for n in (offset, *size, *stride))
    if not whole or grad or len(hooks) or len(size) != len(stride) or len(size) > 8:
        raise _not_plain("a tensor of another kind")
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if math.prod(size) else offset
    if math.prod(size) > storage.items or last >= storage.items + (not math.prod(size)):
        raise FormatError(
            "storage", "tensor", f"a view of {storage.items} numbers", f"{size} from {offset} by {stride}"
        )
    return "tensor"


class _Reader(pickle.Unpickler):
    """Walks the program with stand-ins that do nothing: no name that it holds is imported."""

    def __init__(self, stream: io.BytesIO, members: dict[str, int]) -> None:
        super().__init__(stream)
        self.members = members
        self.used: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _ITEM_BYTES:
            return name
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise _not_plain(f"{module}.{name}"[:80])

    def persistent_load(self, pid: Any) -> _Storage:
        tag, kind, key, device, items = pid
        member = f"data/{key}"
        if tag != "storage" or kind not in _ITEM_BYTES or device != "cpu" or type(items) is not int or items < 0:
            raise _not_plain("a storage of another kind")
        if self.members.get(member) != items * _ITEM_BYTES[kind]:
            found = f"{self.members.get(member)} bytes for {items} of {kind}"
            raise FormatError("storage", member, "the bytes that its numbers take", found)
        self.used.add(member)
        return _Storage(kind, items)


def _not_plain(found: str) -> FormatError:
    return FormatError("pickle", "file", "tensors and plain values only", found)
