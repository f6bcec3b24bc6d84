"""Every root cause, brought about on purpose: one way each, and the page that explains them all."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_project import FUNCTIONS, PLANS, Numbers, Project, Words, make_key, make_project, trust

from kinetrace.store.causes import CAUSES, page
from kinetrace.store.documents import encode, read_json
from kinetrace.store.ledger import read_ledger, remember
from kinetrace.store.manifest import own_digest
from kinetrace.store.stage_run import StageRun
from schemas.errors import ComputeError
from schemas.manifest import AuditReport, Manifest, Seal

ROOT = Path(__file__).resolve().parents[3]
Case = Callable[[Project, Path], AuditReport]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy project that has run and is sealed, with its key beside it."""
    folder = tmp_path_factory.mktemp("pristine")
    project = make_project(folder / "project")
    project.run()
    key = make_key(folder)
    trust(project, key)
    project.seal(key)
    return folder


@pytest.fixture
def sealed(pristine: Path, tmp_path: Path) -> tuple[Project, Path]:
    """A copy of it to damage, and the key."""
    shutil.copytree(pristine, tmp_path / "copy")
    from kinetrace.store.workspace import Workspace

    return Project(Workspace(tmp_path / "copy" / "project")), tmp_path / "copy" / "key"


def changed(place: str, change: Callable[[Path], object]) -> Case:
    """Change one path below the project and audit."""

    def case(toy: Project, key: Path) -> AuditReport:
        change(toy.root / place)
        return toy.audit()

    return case


def rewrite(old: str, new: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))


def link(path: Path) -> None:
    path.symlink_to(path.rename(path.parents[3] / "elsewhere"))


def forge(**changes: Any) -> Callable[[Path], object]:
    """Rewrite a manifest so that it agrees with itself."""

    def change(path: Path) -> None:
        manifest = read_json(path, Manifest).model_copy(update=changes)
        path.write_bytes(encode(manifest.model_copy(update={"digest": own_digest(manifest)})))

    return change


def sign(folder: Path, key: Path, namespace: str = "kinetrace-seal") -> None:
    """Sign a seal anew, as somebody who does not use our program would."""
    signature = folder / "seal.json.sig"
    signature.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key), str(folder / "seal.json")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def resigned(namespace: str, stranger: bool) -> Case:
    def case(toy: Project, key: Path) -> AuditReport:
        sign(toy.artifacts / "seals" / "0001", make_key(toy.root, "stranger") if stranger else key, namespace)
        return toy.audit()

    return case


def seal_of_another(toy: Project, key: Path) -> AuditReport:
    folder = toy.artifacts / "seals" / "0001"
    seal = read_json(folder / "seal.json", Seal)
    (folder / "seal.json").write_bytes(encode(seal.model_copy(update={"capture": "other"})))
    sign(folder, key)
    return toy.audit()


def unsealed(toy: Project, key: Path) -> AuditReport:
    shutil.rmtree(toy.artifacts / "seals")
    toy.workspace.ledger.unlink()
    return toy.audit(require_seal=True)


def made_again(toy: Project, key: Path) -> AuditReport:
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    toy.run(*PLANS[1:])
    return toy.audit()


def cut_ledger(keep: int) -> Case:
    def case(toy: Project, key: Path) -> AuditReport:
        lines = toy.workspace.ledger.read_bytes().splitlines(keepends=True)
        toy.workspace.ledger.write_bytes(b"".join(lines[:keep]))
        return toy.audit()

    return case


def another_history(toy: Project, key: Path) -> AuditReport:
    remember(toy.workspace, toy.audit())
    head = read_ledger(toy.workspace.ledger)[-1].hash
    assert toy.audit(known_head=head).ok
    cut_ledger(2)(toy, key)
    return toy.audit(known_head=head)


def old_tree(toy: Project, key: Path) -> AuditReport:
    old, params = shutil.copytree(toy.artifacts, toy.root / "old"), (toy.root / "params.yaml").read_text()
    made_again(toy, key)
    toy.seal(key)
    head = read_ledger(toy.workspace.ledger)[-1].hash
    for plan in PLANS:
        shutil.rmtree(toy.artifacts / plan.name)
        shutil.copytree(old / plan.name, toy.artifacts / plan.name)
    (toy.root / "params.yaml").write_text(params)
    return toy.audit(known_head=head)


def rerun(**functions: Callable[[StageRun, Any], None]) -> Case:
    """Execute again, with some stages that do otherwise than before."""

    def case(toy: Project, key: Path) -> AuditReport:
        return toy.audit(rerun=lambda plan: functions.get(plan.name, FUNCTIONS[plan.name]))

    return case


def steeper(run: StageRun, params: Any) -> None:
    run.write_arrays("numbers.h5", Numbers(values=np.arange(3) * 9.0))


def refuses(run: StageRun, params: Any) -> None:
    raise ComputeError(where="s01_alignment", field="floor", expected="one", found="none", fix="Try another.")


def on_a_gpu(factor: float, device: str = "cuda:0 of a toy", text: str = "x") -> Callable[[StageRun, Any], None]:
    def labels(run: StageRun, params: Any) -> None:
        run.device = device
        run.write_json("words.json", Words(text=text, count=3))
        run.write_arrays("numbers.npz", Numbers(values=np.arange(1, 4) * factor))

    return labels


def trained(again: Callable[[StageRun, Any], None]) -> Case:
    def case(toy: Project, key: Path) -> AuditReport:
        from kinetrace.store.execute import execute

        shutil.rmtree(toy.artifacts / "seals")
        toy.workspace.ledger.unlink()
        execute(toy.workspace, PLANS[2], on_a_gpu(1.0))
        return rerun(s03_labels=again)(toy, key)

    return case


WORDS = "artifacts/toy/s00_adapter/words.json"
MANIFEST = "artifacts/toy/s01_alignment/manifest.json"
LABELS = "artifacts/toy/s03_labels/manifest.json"
SEAL = "artifacts/toy/seals/0001/seal.json"
BODY = "captures/toy/body.jsonl"
CASES: dict[str, Case] = {
    "output.content.changed": changed(WORDS, rewrite("two", "tvo")),
    "output.size.changed": changed(WORDS, rewrite("two", "twoo")),
    "output.kind.changed": changed(WORDS, link),
    "manifest.malformed": changed(MANIFEST, rewrite("{", '{"capture":"toy",')),
    "manifest.content.changed": changed(MANIFEST, rewrite('"max_tilt_deg":10.0', '"max_tilt_deg":12.0')),
    "manifest.not.canonical": changed(MANIFEST, rewrite(":", ": ")),
    "file.world.writable": changed(WORDS, lambda p: p.chmod(0o666)),
    "stage.missing": changed("artifacts/toy/s03_labels", shutil.rmtree),
    "stage.extra": changed("artifacts/toy/s01_alignment_old", Path.mkdir),
    "manifest.missing": changed(MANIFEST, Path.unlink),
    "output.missing": changed(WORDS, Path.unlink),
    "output.undeclared": changed(LABELS, forge(outputs=())),
    "output.extra": changed("artifacts/toy/s00_adapter/words.json.bak", Path.touch),
    "manifest.of.another": changed(MANIFEST, forge(stage="s03_labels")),
    "link.parents.differ": changed(LABELS, forge(inputs={})),
    "link.parent.changed": changed(MANIFEST, forge(params={"max_tilt_deg": 12.0})),
    "capture.missing": changed("captures/toy", shutil.rmtree),
    "capture.file.missing": changed(BODY, Path.unlink),
    "capture.file.changed": changed(BODY, rewrite("two", "tvo")),
    "capture.file.extra": changed("captures/toy/empty", Path.mkdir),
    "stale.params": changed("params.yaml", rewrite("10.0", "11.0")),
    "stale.code": lambda toy, key: toy.audit(source=_other_source(toy.root)),
    "stale.environment": changed("requirements.lock", rewrite("2.0.0", "2.1.0")),
    "ledger.chain.broken": changed("artifacts/ledger.jsonl", rewrite('"ok":true', '"ok":false')),
    "seal.absent": unsealed,
    "seal.signers.missing": changed("allowed_signers", Path.unlink),
    "seal.missing": changed("artifacts/toy/seals", shutil.rmtree),
    "seal.extra": changed("artifacts/toy/seals/0001/note.txt", Path.touch),
    "seal.malformed": changed(SEAL, rewrite('"number":1', '"number":1,"number":1')),
    "seal.signature.malformed": changed(SEAL + ".sig", rewrite("\n", "\n\n")),
    "seal.namespace.wrong": resigned("file", stranger=False),
    "seal.signer.unknown": resigned("kinetrace-seal", stranger=True),
    "seal.signature.invalid": changed(SEAL, rewrite('"seq":0', '"seq":1')),
    "seal.of.another": seal_of_another,
    "seal.root.differs": made_again,
    "seal.unrecorded": cut_ledger(1),
    "ledger.rolled.back": cut_ledger(0),
    "head.unknown": another_history,
    "root.rolled.back": old_tree,
    "rerun.output.differs": rerun(s01_alignment=steeper),
    "rerun.tolerance.exceeded": trained(on_a_gpu(1.1)),
    "rerun.device.differs": trained(on_a_gpu(1.0, "cpu")),
    "rerun.failed": rerun(s01_alignment=refuses),
}
BESIDES = {
    "link.parent.changed": {"stale.params", "seal.root.differs"},
    "link.parents.differ": {"seal.root.differs"},
    "output.undeclared": {"seal.root.differs"},
    "root.rolled.back": {"seal.root.differs"},
}
"""A manifest forged to agree with itself changes the root too, and the seal says so."""


def _other_source(root: Path) -> Path:
    (root / "source" / "schemas").mkdir(parents=True)
    (root / "source" / "schemas" / "__init__.py").write_text("# another\n")
    return root / "source"


def masked(text: str) -> str:
    """What stays when digests, fingerprints and versions are left out."""
    text = re.sub(r"[0-9a-f]{12}…", "digest…", text)
    text = re.sub(r"python \d+\.\d+\.\d+", "python", text)
    return re.sub(r"SHA256:[A-Za-z0-9+/]{43}", "SHA256:key", text)


def test_every_cause_has_its_case() -> None:
    assert list(CASES) == list(CAUSES)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)+", code) for code in CAUSES)


@pytest.mark.parametrize("code", CAUSES)
def test_the_cause_is_found_and_is_the_only_one_and_reads_as_the_page_says(
    code: str, sealed: tuple[Project, Path]
) -> None:
    report = CASES[code](*sealed)
    cause = CAUSES[code]
    assert {f.code for f in report.findings} == {code} | BESIDES.get(code, set())
    first = next(f for f in report.findings if f.code == code)
    shown = tuple(masked(text) for text in (first.where, first.expected, first.found, first.fix))
    assert shown == tuple(masked(text) for text in cause.example)
    assert first.promise == cause.promise
    assert report.summary.promises[cause.promise] == cause.weight
    assert report.summary.exit_code == {"broken": 1, "stale": 3, "unchecked": 4}[cause.weight]
    assert not report.ok


def test_the_untouched_copy_keeps_every_promise(sealed: tuple[Project, Path]) -> None:
    toy, _ = sealed
    head = read_ledger(toy.workspace.ledger)[-1].hash
    report = toy.audit(require_seal=True, known_head=head, rerun=lambda plan: FUNCTIONS[plan.name])
    assert report.findings == ()
    assert set(report.summary.promises.values()) == {"holds"}


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == page()
    for code, cause in CAUSES.items():
        assert f"### `{code}`" in page()
        assert cause.means in page()
