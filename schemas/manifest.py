"""What the store itself writes: manifests, the ledger and the audit's verdict."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from schemas.base import CaptureId, Sha256, Strict, Xxh3

RelativePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")]
InputName = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,400}$")]


class FileRecord(Strict):
    """One output file: what must be found when somebody looks again."""

    path: RelativePath
    bytes: int = Field(ge=0)
    xxh3_128: Xxh3
    sha256: Sha256


class Environment(Strict):
    """What a re-run would have to match."""

    python: str
    lock: Sha256
    device: str = "cpu"


class Manifest(Strict):
    """`manifest.json`: canonical, without clock, host or absolute path."""

    schema_: Literal["kinetrace.manifest/1"] = Field(default="kinetrace.manifest/1", alias="schema")
    capture: CaptureId
    stage: str
    inputs: dict[InputName, Sha256] = Field(
        description="parent stage -> SHA-256 of its manifest; stage 0: raw file -> SHA-256"
    )
    outputs: tuple[FileRecord, ...]
    params: dict[str, JsonValue]
    code: Sha256
    environment: Environment
    digest: Sha256 = Field(description="SHA-256 of this manifest's canonical bytes with this field left empty")


class LedgerEntry(Strict):
    """One line of `artifacts/ledger.jsonl`, chained to the one before."""

    seq: int = Field(ge=0)
    prev: Sha256
    time: str
    actor: str
    action: Literal["audit", "seal"]
    capture: CaptureId
    root: Sha256
    ok: bool
    git: str | None = None
    seal: Sha256 | None = Field(
        default=None, description="SHA-256 of the seal.json.sig that was made; None for an audit"
    )
    hash: Sha256 = Field(description="SHA-256 of this entry's canonical bytes with this field left empty")


class Seal(Strict):
    """`seal.json`: what is signed. No clock: when it was made stands in the ledger, which names its signature."""

    schema_: Literal["kinetrace.seal/1"] = Field(default="kinetrace.seal/1", alias="schema")
    capture: CaptureId
    number: int = Field(ge=1, description="1 for a capture's first seal")
    root: Sha256 = Field(description="Merkle root over the stages that lead to the audit")
    head: Sha256 = Field(description="hash of the ledger's last line when this was signed")
    seq: int = Field(ge=0, description="number of that line")


Promise = Literal["INTACT", "COMPLETE", "LINKED", "CURRENT", "LEDGER", "AUTHENTIC", "FRESH", "REPRODUCIBLE"]
State = Literal["holds", "broken", "stale", "unchecked", "not asked"]


class Finding(Strict):
    """One root cause, with what would mend it."""

    code: str
    where: str
    expected: str
    found: str
    fix: str
    promise: Promise


class StageVerdict(Strict):
    """What the audit says of one stage."""

    stage: str
    intact: bool
    complete: bool
    linked: bool
    current: bool
    reproducible: bool | None = Field(default=None, description="None: not asked, or not checked")
    files: int
    bytes: int


class SealVerdict(Strict):
    """The newest seal, where its signature holds over the root on disk."""

    number: int
    signer: str = Field(description="who, as allowed_signers names the key")
    key: str = Field(description="fingerprint of the key, as ssh-keygen prints it")
    seq: int = Field(description="line of the ledger that the seal was made after")


class AuditSummary(Strict):
    """The verdict in short."""

    capture: CaptureId
    root: Sha256 | None
    stages: tuple[StageVerdict, ...]
    promises: dict[Promise, State]
    files: int
    bytes: int
    exit_code: int
    digests: Literal["strong", "fast"] = Field(default="strong", description="fast: xxh3_128 in place of SHA-256")
    head: Sha256 | None = Field(default=None, description="hash of the ledger's last line: keep it outside")
    seal: SealVerdict | None = None


class AuditReport(Strict):
    """`audit.json` and the output of `kinetrace audit --json`."""

    schema_: Literal["kinetrace.audit/1"] = Field(default="kinetrace.audit/1", alias="schema")
    ok: bool
    findings: tuple[Finding, ...]
    summary: AuditSummary
