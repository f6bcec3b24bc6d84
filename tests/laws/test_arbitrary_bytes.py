"""Whatever bytes lie where a manifest, a ledger, a seal or a signature should be: a finding, never a foreign exception."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_project import make_key, make_project, trust

from schemas.errors import KinetraceError

EXAMPLES = int(os.environ.get("KINETRACE_EXAMPLES", "150"))
"""Of each kind of file; 10 000 when asked for by hand."""


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("sealed")
    project = make_project(folder / "project")
    project.run()
    key = make_key(folder)
    trust(project, key)
    project.seal(key)
    assert project.audit().ok
    return project


def places(project: Any) -> dict[str, Path]:
    return {
        "manifest": project.artifacts / "s01_alignment" / "manifest.json",
        "ledger": project.workspace.ledger,
        "seal": next(project.artifacts.glob("seals/*/seal.json")),
        "signature": next(project.artifacts.glob("seals/*/seal.json.sig")),
    }


@pytest.mark.parametrize("kind", ["manifest", "ledger", "seal", "signature"])
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_arbitrary_bytes_are_a_finding_and_nothing_else(sealed: Any, kind: str, data: st.DataObject) -> None:
    path = places(sealed)[kind]
    before = path.read_bytes()
    cut = st.tuples(st.integers(0, len(before)), st.integers(0, len(before)), st.binary(max_size=40))
    spliced = cut.map(lambda c: before[: min(c[:2])] + c[2] + before[max(c[:2]) :])
    bytes_ = data.draw(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode), spliced))
    path.write_bytes(bytes_)
    try:
        report = sealed.audit()
        assert report.ok == (bytes_ == before)
    except KinetraceError:
        assert bytes_ != before
    finally:
        path.write_bytes(before)
