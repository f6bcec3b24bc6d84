"""What the store itself writes: manifests, the ledger and the audit's verdict."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from schemas.base import CaptureId, Sha256, Strict, Xxh3

RelativePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")]


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
    inputs: dict[str, Sha256] = Field(
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
    hash: Sha256 = Field(description="SHA-256 of this entry's canonical bytes with this field left empty")


class Finding(Strict):
    """One root cause, with what would mend it."""

    code: str
    where: str
    expected: str
    found: str
    fix: str
    promise: Literal["INTACT", "COMPLETE", "LINKED", "CURRENT", "LEDGER"]


class StageVerdict(Strict):
    """What the audit says of one stage."""

    stage: str
    intact: bool
    complete: bool
    linked: bool
    current: bool
    files: int
    bytes: int


class AuditSummary(Strict):
    """The verdict in short."""

    capture: CaptureId
    root: Sha256 | None
    stages: tuple[StageVerdict, ...]
    promises: dict[str, Literal["holds", "broken", "stale", "not asked"]]
    files: int
    bytes: int
    exit_code: int


class AuditReport(Strict):
    """`audit.json` and the output of `kinetrace audit --json`."""

    schema_: Literal["kinetrace.audit/1"] = Field(default="kinetrace.audit/1", alias="schema")
    ok: bool
    findings: tuple[Finding, ...]
    summary: AuditSummary
