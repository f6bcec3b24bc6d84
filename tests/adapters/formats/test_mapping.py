from __future__ import annotations

from pathlib import Path

import pytest

from adapters.formats.mapping import read_mapping
from schemas.errors import CaptureError


def test_json_and_yaml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"joints": {"r_knee": ["A", "B"]}, "units": "mm"}')
    (tmp_path / "m.yaml").write_text("joints: {r_knee: [A, B]}\nunits: mm\n")
    assert read_mapping(tmp_path / "m.json") == read_mapping(tmp_path / "m.yaml")


def test_units_alone_are_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("units: cm\nup: z\n")
    found = read_mapping(tmp_path / "m.yaml")
    assert found.joints == {} and found.units == "cm" and found.up == "z"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x\n", "aliases .* are not allowed"),
        ("units: mm\nunits: m\n", "'units' stands twice"),
        ("joints: !!python/object/apply:os.system [id]\n", "could not determine a constructor"),
        ("units: furlong\n", "units: expected Input should be 'm', 'cm' or 'mm', found 'furlong'"),
        ("joints: {r_knee: 3}\n", "joints.r_knee"),
        ("units: 2020-01-01\n", "units"),
        ("[" * 5000, "plain YAML"),
    ],
)
def test_unsafe_or_wrong_yaml_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(CaptureError, match=message):
        read_mapping(tmp_path / "m.yaml")
