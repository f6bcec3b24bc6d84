"""The one table of root causes: each code of a finding, the promise it breaks and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.manifest import Promise


@dataclass(frozen=True)
class Cause:
    """One root cause.

    Attributes:
        promise: The promise that it breaks.
        means: What has happened, in one sentence.
        example: Where, expected, found and fix of a real finding, on the toy capture of the tests.
        weight: ``broken`` is tampering, damage or loss; ``stale`` is sound but made of something older; ``unchecked``
            is what could not be checked.
    """

    promise: Promise
    means: str
    example: tuple[str, str, str, str]
    weight: Literal["broken", "stale", "unchecked"] = "broken"


# fmt: off
CAUSES: dict[str, Cause] = {
    "output.content.changed": Cause("INTACT", "An output has the size that was recorded and other bytes.",
        ("artifacts/toy/s00_adapter/words.json", "sha256 22286083d739…", "6604d339695b…", "kinetrace run toy")),
    "output.size.changed": Cause("INTACT", "An output is longer or shorter than was recorded.",
        ("artifacts/toy/s00_adapter/words.json", "37 bytes", "38 bytes", "kinetrace run toy")),
    "output.kind.changed": Cause("INTACT",
        "Where a plain file or folder was written stands a link, a folder, a fifo or a device.",
        ("artifacts/toy/s00_adapter/words.json", "a file", "a link", "kinetrace run toy")),
    "manifest.malformed": Cause("INTACT",
        "A manifest is not JSON, names a key twice, or does not fit its schema; nothing that it says is used.",
        ("artifacts/toy/s01_alignment/manifest.json", "JSON with unique keys, finite numbers and bounded depth",
        "key 'capture' stands twice", "kinetrace run toy")),
    "manifest.content.changed": Cause("INTACT", "A manifest does not have the digest that it carries itself.",
        ("artifacts/toy/s01_alignment/manifest.json", "digest 6c346658b379…", "87f07e8c232a…", "kinetrace run toy")),
    "manifest.not.canonical": Cause("INTACT",
        "A manifest says the same in other bytes (spaces, order of keys, escapes); there is one way to write it.",
        ("artifacts/toy/s01_alignment/manifest.json", "canonical bytes", "the same content, written otherwise",
        "kinetrace run toy")),
    "file.world.writable": Cause("INTACT", "Every user of the machine may write to this file or folder.",
        ("artifacts/toy/s00_adapter/words.json", "written to by its owner alone", "mode 0666",
        "chmod o-w artifacts/toy/s00_adapter/words.json")),
    "stage.missing": Cause("COMPLETE", "A stage has no output folder, or a link or a file stands in its place.",
        ("artifacts/toy/s03_labels", "the stage's output", "none", "kinetrace run toy")),
    "stage.extra": Cause("COMPLETE", "Something stands among the stages that belongs to none of them.",
        ("artifacts/toy/s01_alignment_old", "only the known stages", "a folder",
        "Remove it: rm -r artifacts/toy/s01_alignment_old")),
    "manifest.missing": Cause("COMPLETE", "A stage's folder has no manifest.", ("artifacts/toy/s01_alignment/manifest.json",
        "a plain file", "nothing", "kinetrace run toy")),
    "output.missing": Cause("COMPLETE", "A file that the manifest records is not there.",
        ("artifacts/toy/s00_adapter/words.json", "37 bytes", "none", "kinetrace run toy")),
    "output.undeclared": Cause("COMPLETE", "A stage always writes this file, and its manifest has no record of it.",
        ("artifacts/toy/s03_labels/numbers.npz", "a record", "none", "kinetrace run toy")),
    "output.extra": Cause("COMPLETE",
        "Something stands in a stage's folder that its manifest does not record, an empty folder included.",
        ("artifacts/toy/s00_adapter/words.json.bak", "nothing", "a file",
        "Remove it: rm -r artifacts/toy/s00_adapter/words.json.bak")),
    "manifest.of.another": Cause("LINKED", "A manifest is sound, and belongs to another stage or another capture.",
        ("artifacts/toy/s01_alignment/manifest.json", "toy/s01_alignment", "toy/s03_labels", "kinetrace run toy")),
    "link.parents.differ": Cause("LINKED", "A manifest names other parents than the stage reads.",
        ("artifacts/toy/s03_labels", "s00_adapter, s01_alignment", "none", "kinetrace run toy")),
    "link.parent.changed": Cause("LINKED", "A stage was made from another version of its parent than lies here.",
        ("artifacts/toy/s03_labels/manifest.json", "s01_alignment f1b1524e9d1b…", "7811ec35d01b…", "kinetrace run toy")),
    "capture.missing": Cause("LINKED", "The raw recording is not there, so nothing can be traced back to it.",
        ("captures/toy", "a folder with a recording", "none",
        "Restore the recording, or accept the new one with: kinetrace run toy")),
    "capture.file.missing": Cause("LINKED", "A file of the raw recording is not there any more.", ("captures/toy/body.jsonl",
        "sha256 ef5b05a961b4…", "none", "Restore the recording, or accept the new one with: kinetrace run toy")),
    "capture.file.changed": Cause("LINKED", "A file of the raw recording is not the one that stage 0 read.",
        ("captures/toy/body.jsonl", "sha256 ef5b05a961b4…", "4bb825683f8a…",
        "Restore the recording, or accept the new one with: kinetrace run toy")),
    "capture.file.extra": Cause("LINKED", "The raw recording holds something that stage 0 did not read.",
        ("captures/toy/empty", "nothing", "a folder", "Remove it: rm -r captures/toy/empty")),
    "stale.params": Cause("CURRENT", "A stage was made with other parameters than params.yaml has now.",
        ("artifacts/toy/s01_alignment", "made with today's params.yaml:alignment", "other values", "kinetrace run toy"),
        "stale"),
    "stale.code": Cause("CURRENT", "The code that a stage's imports reach has changed since it ran.",
        ("artifacts/toy/s00_adapter", "code ad0774a25844…", "0945492b5c07…", "kinetrace run toy"), "stale"),
    "stale.environment": Cause("CURRENT", "Python or the lock file has changed since a stage ran.",
        ("artifacts/toy/s00_adapter", "python 3.11.7, lock 56515f5b3cec…", "python 3.11.7, lock face025c59f7…",
        "kinetrace run toy"), "stale"),
    "ledger.chain.broken": Cause("LEDGER", "A line of the ledger was changed, removed, moved or torn, or is no line.",
        ("artifacts/ledger.jsonl:1", "hash 8fa2ec1413a1…", "c21c63d636e4…",
        "Restore the ledger from a copy; its history cannot be made again.")),
    "seal.absent": Cause("AUTHENTIC", "A seal was demanded (--require-seal) and the capture has none.",
        ("artifacts/toy/seals", "a seal", "none", "kinetrace seal toy --key PATH"), "unchecked"),
    "seal.signers.missing": Cause("AUTHENTIC",
        "The capture is sealed, and there is no list of trusted keys to hold the seal against.", ("allowed_signers",
        "a list of trusted keys", "none", "List the keys that you trust; docs/audit.md says how."), "unchecked"),
    "seal.missing": Cause("AUTHENTIC", "The ledger or the numbering says that there was a seal which is not here.",
        ("artifacts/toy/seals", "1 seals, by the ledger", "none",
        "Restore the seals from a copy; they cannot be made again")),
    "seal.extra": Cause("COMPLETE", "Something stands among the seals that is not part of one.",
        ("artifacts/toy/seals/0001/note.txt", "seal.json and seal.json.sig", "a file",
        "Remove it: rm -r artifacts/toy/seals/0001/note.txt")),
    "seal.malformed": Cause("AUTHENTIC", "A seal is not the canonical JSON of a seal.", ("artifacts/toy/seals/0001/seal.json",
        "JSON with unique keys, finite numbers and bounded depth", "key 'number' stands twice",
        "Restore the seals from a copy; they cannot be made again")),
    "seal.signature.malformed": Cause("AUTHENTIC",
        "A signature is not written exactly as ssh-keygen writes it; not one character is free to change.",
        ("artifacts/toy/seals/0001/seal.json.sig", "a signature exactly as ssh-keygen writes it",
        "armour that OpenSSH would write otherwise", "Restore the seals from a copy; they cannot be made again")),
    "seal.namespace.wrong": Cause("AUTHENTIC", "The signature was made for another purpose than a kinetrace seal.",
        ("artifacts/toy/seals/0001/seal.json.sig", "kinetrace-seal", "file",
        "Restore the seals from a copy; they cannot be made again")),
    "seal.signer.unknown": Cause("AUTHENTIC", "The key that signed is not among the trusted ones.",
        ("artifacts/toy/seals/0001/seal.json.sig", "a key in allowed_signers",
        "SHA256:jREM/oljm1vRcScZwAghh/oZB7ZOilXBX8ORGXStxwY",
        "If you trust this key, add it to allowed_signers; docs/audit.md says how.")),
    "seal.signature.invalid": Cause("AUTHENTIC", "The signature is not over this seal by this key, or its time is over.",
        ("artifacts/toy/seals/0001/seal.json.sig", "a signature of seal.json by auditor@example.org", "another",
        "Restore the seals from a copy; they cannot be made again")),
    "seal.of.another": Cause("AUTHENTIC", "The seal is genuine, and belongs to another capture or another number.",
        ("artifacts/toy/seals/0001/seal.json", "toy, seal 1", "other, seal 1",
        "Restore the seals from a copy; they cannot be made again")),
    "seal.root.differs": Cause("AUTHENTIC", "The newest seal is genuine, and is over other artifacts than lie here.",
        ("artifacts/toy/seals/0001/seal.json", "root b541b30da24e…", "396cfb058fdc…",
        "If this was meant, seal it: kinetrace seal toy --key PATH")),
    "seal.unrecorded": Cause("AUTHENTIC",
        "The ledger does not know this seal: its line was removed, or the sealing was interrupted.",
        ("artifacts/toy/seals/0001/seal.json", "a line in artifacts/ledger.jsonl", "none",
        "If the sealing was interrupted, this completes it: kinetrace seal toy --key PATH. Otherwise restore the "
        "ledger from a copy.")),
    "ledger.rolled.back": Cause("FRESH", "The ledger lacks a line that a genuine seal says was there.",
        ("artifacts/ledger.jsonl", "line 1 with hash c21c63d636e4…, by seal 1", "0 lines",
        "Restore artifacts/ledger.jsonl from a copy; its history cannot be made again.")),
    "head.unknown": Cause("FRESH", "The ledger lacks the line whose hash was kept outside: its history was replaced.",
        ("artifacts/ledger.jsonl", "a line with hash e38c0babbf6d…", "2 lines without it",
        "Restore artifacts/ledger.jsonl from a copy; its history cannot be made again.")),
    "root.rolled.back": Cause("FRESH", "The artifacts are those of an audit that is older than the head kept outside.",
        ("artifacts/toy", "root 396cfb058fdc…, of line 4", "b541b30da24e…, older than the known head",
        "Restore the newer artifacts; if going back was meant: kinetrace run toy")),
    "rerun.output.differs": Cause("REPRODUCIBLE", "Running a stage again from the same parents gave another output.",
        ("artifacts/toy/s01_alignment/numbers.h5", "sha256 272193bca53b…", "dc11153da754…",
        "Ask whoever made it which machine and versions were used; on this one: kinetrace run")),
    "rerun.tolerance.exceeded": Cause("REPRODUCIBLE",
        "A model trained again on a GPU is further from this one than the stated tolerance.",
        ("artifacts/toy/s03_labels/numbers.npz", "relative difference at most 0.05", "0.0909",
        "Ask whoever made it which machine and versions were used; on this one: kinetrace run")),
    "rerun.device.differs": Cause("REPRODUCIBLE", "A stage was made on a device that this machine does not have.",
        ("artifacts/toy/s03_labels", "cuda:0 of a toy", "cpu",
        "Run this on a machine with the device that the manifest names."), "unchecked"),
    "rerun.failed": Cause("REPRODUCIBLE", "A stage that ran once refuses to run again.", ("artifacts/toy/s01_alignment",
        "the same outputs", "s01_alignment: floor: expected one, found none. Try another.", "Try another.")),
}
# fmt: on
"""Code -> cause. Codes are stable: one is never given another meaning."""

_PROMISES: dict[Promise, str] = {
    "INTACT": "Every file is, to the byte, what its manifest says.",
    "COMPLETE": "Nothing is missing and nothing is there that does not belong.",
    "LINKED": "Every stage was made from the very parents that lie here, and stage 0 from the raw recording.",
    "CURRENT": "Every stage was made with today's parameters, code and environment. Stale is not tampered.",
    "LEDGER": "The lines of the ledger form one chain.",
    "AUTHENTIC": "A key that you trust has signed the Merkle root of what lies here.",
    "FRESH": "The history holds what the seals and the head that you kept outside say it held.",
    "REPRODUCIBLE": "Executing every stage again gives the same outputs.",
}
_EXIT = {"broken": 1, "stale": 3, "unchecked": 4}


def page() -> str:
    """Write `docs/findings.md`: every code with what it means and an example of it."""
    lines = [
        "# What the audit can find",
        "",
        "Every finding of `kinetrace audit` names one root cause by a code that never changes its meaning, the file, what was",
        "expected, what was found, and what mends it. [audit.md](audit.md) says what the promises mean and do not mean.",
        "Written by `python -m kinetrace.store.causes > docs/findings.md`; a test holds this page equal to the code, and each",
        "example below is produced by a test.",
    ]
    for promise, means in _PROMISES.items():
        lines += ["", f"## {promise}", "", means]
        for code, cause in CAUSES.items():
            if cause.promise == promise:
                lines += ["", f"### `{code}`", "", f"{cause.means} Exit code {_EXIT[cause.weight]}.", "", "```"]
                labels = ("where", "expected", "found", "fix")
                lines += [f"{label + ':':<10}{text}" for label, text in zip(labels, cause.example, strict=True)]
                lines.append("```")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
