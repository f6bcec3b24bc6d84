from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import cli

ROOT = Path(__file__).resolve().parents[1]


def _leaves(command: Any, name: str = "") -> dict[str, Any]:
    """Every command by its whole name, those of groups too."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return {name: command}
    return {n: c for key, one in inner.items() for n, c in _leaves(one, f"{name} {key}".strip()).items()}


COMMANDS = _leaves(typer.main.get_command(cli.app))
BAD_IDS = ["x;touch PWNED", "../x", "a b", "$(touch PWNED)", "X", "", "a/b", "-x", "a" * 64]
TAKES_A_CAPTURE = [
    ("run", "{}"),
    ("inspect", "{}"),
    ("inspect", "{}", "adapter"),
    ("status", "{}"),
    ("audit", "{}"),
    ("seal", "{}", "--key=k"),
    ("report", "{}"),
]


class Result(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two captures, in which nothing has run; the current folder."""
    for name in ("walk", "squat"):
        (tmp_path / "captures" / name).mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    (tmp_path / "params.yaml").write_text("capture: walk\n")
    (tmp_path / "requirements.lock").write_text("numpy==2.0.0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kinetrace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command as the console script does."""

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["kinetrace", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        return Result(int(end.value.code or 0), captured.out, captured.err)

    return call


def files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def refusal(result: Result) -> dict[str, str]:
    """The parts of a refusal as people see them."""
    lines = [line.partition(":") for line in result.err.splitlines()]
    parts = {label: text.strip() for label, _, text in lines}
    assert list(parts) == ["error", "expected", "found", "fix"], result
    assert all(parts.values())
    return parts


def test_help_lists_every_command() -> None:
    text = CliRunner().invoke(cli.app, ["--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    for name in (
        "demo",
        "run",
        "stage",
        "ingest",
        "validate",
        "simulate",
        "inspect",
        "status",
        "audit",
        "seal",
        "report",
        "bench",
        "score",
        "corpus",
        "train",
    ):
        assert f" {name} " in text
    assert "Begin with: kinetrace demo" in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_sentence_and_an_example_of_itself(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert command.epilog.startswith(f"Example: kinetrace {name}")
    text = CliRunner().invoke(cli.app, [*name.split(), "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert command.epilog in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_example_is_one_that_the_command_accepts(name: str) -> None:
    arguments = COMMANDS[name].epilog.removeprefix(f"Example: kinetrace {name}").split()
    context = COMMANDS[name].make_context(name, arguments)
    assert not context.args


def test_every_option_says_what_it_is_for() -> None:
    silent = [f"{n} {p.name}" for n, c in COMMANDS.items() for p in c.params if not getattr(p, "help", None)]
    assert silent == []


def test_starting_up_loads_nothing_heavy() -> None:
    heavy = {"torch", "mediapipe", "mujoco", "matplotlib", "h5py", "cv2", "viser", "plotly", "pyarrow", "sklearn", "scipy",
             "mink", "dvc", "jinja2", "numpy", "pydantic", "ezc3d", "av"}  # fmt: skip
    script = "import sys, cli; print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "typer" in loaded.split()
    assert heavy & set(loaded.split()) == set()


def test_the_console_script_refuses_without_a_traceback(project: Path) -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"
    ended = subprocess.run([sys.executable, "-c", script, "run", "nobody"], check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "error:    captures/nobody: capture",
        "expected: a folder with a recording",
        "found:    none",
        "fix:      Captures here: squat, walk. Bring a recording in with: kinetrace ingest PATH --id ID",
    ]


@pytest.mark.parametrize("capture", BAD_IDS)
@pytest.mark.parametrize("command", TAKES_A_CAPTURE, ids=" ".join)
def test_a_bad_id_is_refused_and_nothing_happens(
    project: Path, kinetrace: Call, command: tuple[str, ...], capture: str
) -> None:
    before = files(project)
    name, *rest = (part.format(capture) for part in command)
    options = [part for part in rest if part.startswith("--key")]
    result = kinetrace(name, *options, "--", *(part for part in rest if part not in options))
    assert result.code == 1
    assert refusal(result)["error"] == "capture id: capture"
    assert refusal(result)["found"] == repr(capture)[:80]
    assert result.out == ""
    assert files(project) == before
    assert not list(project.rglob("PWNED"))


def test_a_bad_id_in_params_yaml_is_refused_by_the_stage(project: Path, kinetrace: Call) -> None:
    (project / "params.yaml").write_text("capture: 'x;touch PWNED'\n")
    result = kinetrace("stage", "adapter")
    assert result.code == 1
    assert refusal(result)["error"] == f"{project}/params.yaml: capture"
    assert not list(project.rglob("PWNED"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(capture=st.text(min_size=1, max_size=20).filter(lambda t: not t.startswith("-")))
def test_whatever_the_id_status_answers_or_refuses_in_our_words(project: Path, kinetrace: Call, capture: str) -> None:
    result = kinetrace("status", capture)
    assert result.code in {0, 1}
    if result.code == 1:
        refusal(result)


@pytest.mark.parametrize(
    "arguments", [("run",), ("status",), ("audit",), ("stage", "adapter"), ("inspect",), ("report",)]
)
def test_outside_a_project_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinetrace: Call, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = kinetrace(*arguments)
    assert result.code == 2
    assert refusal(result)["expected"] == "a folder with dvc.yaml and params.yaml, here or above"
    assert files(tmp_path) == {}


@pytest.mark.parametrize("command", ["stage", "inspect walk"])
def test_an_unknown_stage_is_wrong_usage(project: Path, kinetrace: Call, command: str) -> None:
    result = kinetrace(*command.split(), "adaptor")
    assert result.code == 2
    assert refusal(result)["found"] == "'adaptor'"
    assert refusal(result)["expected"].startswith("adapter | alignment")


@pytest.mark.parametrize("arguments", [("fly",), ("run", "--fast"), ("stage",), ("ingest", "a.trc")])
def test_a_command_that_there_is_not_is_wrong_usage(project: Path, kinetrace: Call, arguments: tuple[str, ...]) -> None:
    assert kinetrace(*arguments).code == 2


def test_a_capture_that_is_not_there_is_refused_and_stays_inactive(project: Path, kinetrace: Call) -> None:
    result = kinetrace("run", "nobody")
    assert result.code == 1
    assert "Captures here: squat, walk" in refusal(result)["fix"]
    assert (project / "params.yaml").read_text() == "capture: walk\n"


@pytest.mark.parametrize(
    "arguments", [("run",), ("stage", "adapter"), ("status",), ("audit",), ("inspect",), ("report",)]
)
@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("aligment: {}", "aligment", "Did you mean 'alignment'?"),
        ("alignment: {max_tilt: 3.0}", "alignment.max_tilt", "Did you mean 'max_tilt_deg'?"),
        ("alignment: {max_tilt_deg: -1.0}", "alignment.max_tilt_deg", "greater than 0"),
        ("alignment: [", "file", "YAML"),
    ],
)
def test_wrong_params_are_refused_by_every_command_that_reads_them(
    project: Path, kinetrace: Call, arguments: tuple[str, ...], text: str, field: str, said: str
) -> None:
    (project / "params.yaml").write_text(f"capture: walk\n{text}\n")
    result = kinetrace(*arguments)
    assert result.code == 1
    parts = refusal(result)
    assert parts["error"] == f"{project}/params.yaml: {field}"
    assert said in " ".join(parts.values())
    assert not (project / "artifacts").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("audit", "--json"), 4, "UncheckableError"),
        (("audit", "../x", "--json"), 1, "CaptureError"),
        (("inspect", "walk", "nothing", "--json"), 2, "UsageError"),
        (("status", "a b", "--json"), 1, "CaptureError"),
    ],
)
def test_a_refusal_for_machines_is_one_json_document(
    project: Path, kinetrace: Call, arguments: tuple[str, ...], code: int, kind: str
) -> None:
    result = kinetrace(*arguments)
    document = json.loads(result.out)
    assert result.code == code
    assert result.err == ""
    assert list(document) == ["schema", "ok", "findings", "summary"]
    assert (document["schema"], document["ok"]) == ("kinetrace.check/1", False)
    (finding,) = document["findings"]
    assert {"code", "where", "expected", "found", "fix"} <= set(finding)
    assert finding["code"] == kind
    assert finding["fix"] in document["summary"]


def test_a_capture_that_has_not_run_could_not_be_audited(project: Path, kinetrace: Call) -> None:
    result = kinetrace("audit")
    assert result.code == 4
    assert refusal(result)["fix"] == "Run it first: kinetrace run walk"
    assert not (project / "artifacts").exists()


def test_the_status_of_a_capture_that_has_not_run_is_missing_throughout(project: Path, kinetrace: Call) -> None:
    result = kinetrace("status", "--json")
    document: dict[str, Any] = json.loads(result.out)
    assert result.code == 0
    assert document["capture"] == "walk"
    assert len(document["stages"]) == 11
    assert {row["state"] for row in document["stages"]} == {"missing"}


def test_a_stage_without_its_parents_says_what_to_run(project: Path, kinetrace: Call) -> None:
    result = kinetrace("stage", "alignment")
    assert result.code == 1
    assert refusal(result)["error"] == "artifacts/walk/s00_adapter: manifest.json"
    assert refusal(result)["fix"] == "Run it first: kinetrace run walk"
    assert not list((project / "artifacts").rglob("*"))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A toy project of three stages that has run; the current folder."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    from toy_project import PLANS, make_project

    monkeypatch.setattr("stages.registry.STAGES", PLANS)
    monkeypatch.chdir(tmp_path)
    project = make_project(tmp_path)
    project.run()
    return project


def test_an_audit_that_holds_ends_with_0_and_is_remembered(toy: Any, kinetrace: Call) -> None:
    result = kinetrace("audit", "--json")
    document = json.loads(result.out)
    assert result.code == 0
    assert list(document) == ["schema", "ok", "findings", "summary"]
    assert (document["ok"], document["findings"]) == (True, [])
    (entry,) = toy.workspace.ledger.read_text().splitlines()
    assert json.loads(entry)["root"] == document["summary"]["root"]
    people = kinetrace("audit")
    assert people.code == 0
    assert document["summary"]["root"] in people.out
    assert "INTACT holds" in people.out


def test_an_audit_that_finds_tampering_ends_with_1_and_names_the_file(
    toy: Any, kinetrace: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toy.artifacts / "s00_adapter" / "words.json"
    path.write_bytes(path.read_bytes().replace(b"two", b"tvo"))
    result = kinetrace("audit", "--json")
    assert result.code == 1
    (finding,) = json.loads(result.out)["findings"]
    assert (finding["code"], finding["where"]) == ("output.content.changed", "artifacts/toy/s00_adapter/words.json")
    monkeypatch.setenv("COLUMNS", "220")
    people = kinetrace("audit")
    assert people.code == 1
    for part in (
        "output.content.changed",
        "artifacts/toy/s00_adapter/words.json",
        "kinetrace run toy",
        "INTACT broken",
    ):
        assert part in people.out


def test_an_audit_that_finds_only_stale_stages_ends_with_3(toy: Any, kinetrace: Call) -> None:
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    result = kinetrace("audit", "--json")
    assert result.code == 3
    assert [f["code"] for f in json.loads(result.out)["findings"]] == ["stale.params"]


def test_the_status_tells_done_stale_changed_and_missing_apart(toy: Any, kinetrace: Call) -> None:
    def states() -> list[str]:
        return [row["state"] for row in json.loads(kinetrace("status", "--json").out)["stages"]]

    assert states() == ["done"] * 3
    (toy.root / "params.yaml").write_text("capture: toy\nalignment: {max_tilt_deg: 11.0}\n")
    assert states() == ["done", "stale", "done"]
    (toy.artifacts / "s00_adapter" / "words.json").write_text("{}")
    assert states()[0] == "changed"
    shutil.rmtree(toy.artifacts / "s03_labels")
    assert states()[2] == "missing"
    assert not toy.workspace.ledger.exists()


def test_what_was_found_cannot_speak_to_the_terminal(
    toy: Any, kinetrace: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toy.artifacts / "s00_adapter" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"capture":"toy"', b'"capture":"[/bold][red]\\u001b[2J"'))
    monkeypatch.setenv("COLUMNS", "220")
    result = kinetrace("audit")
    assert result.code == 1
    assert "[/bold][red]" in result.out
    assert "\x1b[2J" not in result.out


@pytest.fixture
def key(toy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key that the toy project trusts."""
    from toy_project import make_key, trust

    made = make_key(tmp_path_factory.mktemp("key"))
    trust(toy, made)
    return made


def test_a_sealed_capture_is_authentic_and_fresh_by_the_head_that_was_kept(
    toy: Any, key: Path, kinetrace: Call
) -> None:
    assert kinetrace("audit", "--require-seal").code == 4
    sealed = kinetrace("seal", "toy", "--key", str(key))
    assert sealed.code == 0
    assert sealed.out.startswith("seal 1 of toy by auditor@example.org, SHA256:")
    head = kinetrace("audit", "--head").out.strip()
    people = kinetrace("audit", "--require-seal", "--known-head", head)
    assert people.code == 0
    for part in ("AUTHENTIC holds", "FRESH holds", "seal 1 by auditor@example.org", "head "):
        assert part in people.out
    again = json.loads(kinetrace("seal", "toy", "--key", str(key), "--json").out)
    assert (again["number"], again["signer"]) == (2, "auditor@example.org")
    assert json.loads(kinetrace("audit", "--json").out)["summary"]["seal"]["number"] == 2


def test_the_head_that_is_printed_is_that_of_the_line_just_written(toy: Any, kinetrace: Call) -> None:
    for _ in range(2):
        head = kinetrace("audit", "--head").out.strip()
        assert json.loads(toy.workspace.ledger.read_text().splitlines()[-1])["hash"] == head
    assert json.loads(kinetrace("audit", "--json").out)["summary"]["head"] != head


def test_sealing_without_trusted_keys_says_what_to_do(toy: Any, kinetrace: Call) -> None:
    result = kinetrace("seal", "toy", "--key", "my_key")
    assert result.code == 4
    assert "allowed_signers" in refusal(result)["fix"]


def test_your_own_list_of_keys_counts(toy: Any, key: Path, kinetrace: Call, tmp_path: Path) -> None:
    kinetrace("seal", "toy", "--key", str(key))
    (tmp_path / "mine").write_text("")
    result = kinetrace("audit", "--json", "--signers", str(tmp_path / "mine"))
    assert result.code == 1
    assert [f["code"] for f in json.loads(result.out)["findings"]] == ["seal.signer.unknown"]


def test_fast_rerun_and_junit_together(toy: Any, kinetrace: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from xml.etree import ElementTree as ET

    from toy_project import FUNCTIONS

    monkeypatch.setattr("stages.registry.load", lambda plan: FUNCTIONS[plan.name])
    result = kinetrace("audit", "--fast", "--rerun", "--junit", "audit.xml", "--json")
    assert result.code == 0
    summary = json.loads(result.out)["summary"]
    assert (summary["digests"], summary["promises"]["REPRODUCIBLE"]) == ("fast", "holds")
    suite = ET.parse(toy.root / "audit.xml").getroot()
    cases = {(c.get("classname"), c.get("name")) for c in suite}
    assert {("capture", "LEDGER"), ("capture", "REPRODUCIBLE"), ("s00_adapter", "INTACT")} <= cases
    assert (suite.get("failures"), len(suite)) == ("0", 3 * 4 + 2)


def test_a_project_that_cannot_be_written_to_can_be_audited(
    toy: Any, kinetrace: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schemas.errors import StorageError

    def refuse(*_: Any, **__: Any) -> None:
        raise StorageError(where="x", field="disk", expected="y", found="Read-only file system", fix="z")

    monkeypatch.setattr("kinetrace.store.ledger.append", refuse)
    result = kinetrace("audit")
    assert (result.code, result.err) == (0, "not noted in the ledger: Read-only file system\n")
    assert "INTACT holds" in result.out
