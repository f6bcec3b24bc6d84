from __future__ import annotations

from pathlib import Path

import pytest

from adapters.declared import Declared, usage
from schemas.errors import UsageError


def test_a_rate_joins_the_mapping_file(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("units: mm\nup: -z\n")
    said = Declared(mapping=path, fps=50.0).described()
    assert said is not None and (said.units, said.up, said.fps) == ("mm", "-z", 50.0)
    assert Declared().described() is None
    alone = Declared(fps=30.0).described()
    assert alone is not None and alone.fps == 30.0 and not alone.joints


def test_a_rate_that_contradicts_the_mapping_or_sense_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("fps: 25\n")
    assert Declared(mapping=path, fps=25.0).described() == Declared(mapping=path).described()
    with pytest.raises(UsageError, match=r"--fps: expected 25 as .*found 60"):
        Declared(mapping=path, fps=60.0).described()
    with pytest.raises(UsageError, match=r"--fps"):
        Declared(fps=0.0).described()


def test_the_person_is_as_declared() -> None:
    subject = Declared(height_m=1.7, mass_kg=60.0, sex="f").subject("walk")
    assert (subject.id, subject.height_m, subject.mass_kg, subject.sex) == ("walk", 1.7, 60.0, "f")
    with pytest.raises(UsageError, match=r"--height: .*height in m"):
        Declared(height_m=170.0).subject("walk")
    assert str(usage("--x", "a", "b", "do  \n c")).endswith("do c")
