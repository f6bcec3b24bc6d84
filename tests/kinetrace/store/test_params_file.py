from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kinetrace.store.params_file import read_params, set_capture
from schemas.errors import CaptureError, ParamsError
from schemas.params import Params


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text("capture: walk\nalignment:\n  max_tilt_deg: 12.5  # a slope\n  seed: 7\n")
    return path


def refused(path: Path, text: str | bytes) -> ParamsError:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ParamsError) as refusal:
        read_params(path)
    assert refusal.value.where == str(path)
    return refusal.value


def test_values_are_read_and_the_rest_are_defaults(path: Path) -> None:
    params = read_params(path)
    assert (params.capture, params.alignment.max_tilt_deg, params.alignment.seed) == ("walk", 12.5, 7)
    assert params.dataset == Params(capture="x").dataset


def test_every_default_reads_back_from_yaml(path: Path) -> None:
    import json

    default = Params(capture="walk")
    path.write_text(yaml.safe_dump(json.loads(default.model_dump_json())))
    assert read_params(path) == default


def test_an_unknown_name_gives_the_nearest_known_one(path: Path) -> None:
    error = refused(path, "capture: walk\nalignment:\n  max_tilt: 3.0\n")
    assert (error.field, error.expected, error.found) == ("alignment.max_tilt", "a known parameter", "3.0")
    assert error.fix.startswith("Did you mean 'max_tilt_deg'? Known here: ")
    assert "sole_low_percentile" in error.fix


def test_an_unknown_section_and_a_deep_unknown_name_are_found_too(path: Path) -> None:
    assert "Did you mean 'alignment'?" in refused(path, "capture: walk\naligment: {}\n").fix
    error = refused(path, "capture: walk\nphysical_state: {contact: {release: 2.0}}\n")
    assert error.field == "physical_state.contact.release"
    assert "Did you mean 'release_ratio'?" in error.fix


def test_a_name_like_no_other_lists_the_known_ones_without_a_guess(path: Path) -> None:
    assert refused(path, "capture: walk\nalignment: {xyzzy: 1}\n").fix.startswith("Known here: ")


@pytest.mark.parametrize(
    ("text", "field", "expected", "found"),
    [
        ("alignment: {max_tilt_deg: 0.0}", "alignment.max_tilt_deg", "greater than 0", "0.0"),
        ("alignment: {max_tilt_deg: 46.0}", "alignment.max_tilt_deg", "less than or equal to 45", "46.0"),
        ("alignment: {seed: -1}", "alignment.seed", "greater than or equal to 0", "-1"),
        ("alignment: {seed: 1.5}", "alignment.seed", "a valid integer", "1.5"),
        ("alignment: {max_tilt_deg: '3'}", "alignment.max_tilt_deg", "a valid number", "'3'"),
        ("alignment: {max_tilt_deg: .nan}", "alignment.max_tilt_deg", "finite number", "nan"),
        ("alignment: {max_tilt_deg: .inf}", "alignment.max_tilt_deg", "finite number", "inf"),
        ("sim_replay: {scorer: mine}", "sim_replay.scorer", "'kinetrace' or 'phymotion'", "'mine'"),
        ("dataset: {fps: 10.0}", "dataset", "cutoff_hz must be below half of fps (5 Hz), got 6", "fps"),
        ("alignment: 3", "alignment", "an object", "3"),
    ],
)
def test_a_value_out_of_range_gives_its_bound(path: Path, text: str, field: str, expected: str, found: str) -> None:
    error = refused(path, f"capture: walk\n{text}\n")
    assert error.field == field
    assert expected in error.expected
    assert found in error.found
    assert "docs/parameters.md" in error.fix


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("capture: walk\nalignment: &a {seed: 1}\nlabels: *a\n", "aliases (*name) are not allowed"),
        ("capture: walk\ncapture: squat\n", "key 'capture' stands twice"),
        ("capture: walk\nalignment: {seed: 1, seed: 2}\n", "key 'seed' stands twice"),
        ("capture: walk\nalignment: !!python/object/apply:os.system ['touch PWNED']\n", "could not determine"),
        ("capture: walk\nalignment: !mine {}\n", "could not determine a constructor"),
        ("capture: walk\n" + "# long\n" * 50_000, "350014 bytes, at most 262144 bytes allowed"),
        ("capture: walk\nalignment: " + "[" * 10_000, "recursion"),
        ("capture: [", "expected the node content"),
        ("capture: walk\nalignment: {seed: " + "9" * 10_000 + "}", "a value of 10000 characters"),
        (b"capture: \xff\n", "codec can't decode"),
        ("a: 1\n---\nb: 2\n", "expected a single document"),
        ("capture: walk\n? [a, b]\n: 1\n", "unhashable"),
    ],
)
def test_yaml_that_is_hostile_or_broken_is_refused(path: Path, text: str | bytes, found: str) -> None:
    error = refused(path, text)
    assert error.field == "file"
    assert found in error.found
    assert not (path.parent / "PWNED").exists()


@pytest.mark.parametrize("capture", ["Walk", "../x", "a b", "x;touch PWNED"])
def test_a_bad_id_in_the_file_is_refused(path: Path, capture: str) -> None:
    assert refused(path, f"capture: '{capture}'\n").field == "capture"


def test_an_empty_and_a_missing_file_are_refused(path: Path) -> None:
    assert refused(path, "").expected == "an object"
    path.unlink()
    with pytest.raises(ParamsError, match="nothing at this path"):
        read_params(path)


def test_setting_the_capture_touches_only_the_first_line(path: Path) -> None:
    rest = path.read_bytes().partition(b"\n")[2]
    set_capture(path, "squat_02")
    assert path.read_bytes() == b"capture: squat_02\n" + rest
    assert read_params(path).capture == "squat_02"


def test_setting_the_same_capture_does_not_write(path: Path) -> None:
    before = path.stat().st_ino, path.stat().st_mtime_ns
    set_capture(path, "walk")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before


@given(capture=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True))
def test_every_id_that_is_allowed_reads_back_as_itself(capture: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "params.yaml"
    path.write_text("capture: walk\n")
    set_capture(path, capture)
    assert read_params(path).capture == capture


@pytest.mark.parametrize(
    "capture", ["20240131", "2024-01-31", "1e5", "0x1f", "0o17", "1_000", "007", "null", "yes", "no", "on", "off", "true", "y"]
)  # fmt: skip
def test_an_id_that_yaml_takes_for_something_else_is_quoted(path: Path, capture: str) -> None:
    set_capture(path, capture)
    assert path.read_text().startswith(f'capture: "{capture}"\n')
    assert read_params(path).capture == capture


def test_a_first_line_that_is_not_the_captures_is_refused(path: Path) -> None:
    path.write_text("# mine\ncapture: walk\n")
    with pytest.raises(ParamsError, match="line 1: expected capture: <id>, found # mine"):
        set_capture(path, "squat")
    assert path.read_text() == "# mine\ncapture: walk\n"


def test_a_bad_id_is_never_written(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(CaptureError, match="capture id"):
        set_capture(path, "x\nalignment: {seed: 3}")
    assert path.read_bytes() == before


def test_a_params_file_that_is_a_folder_is_refused_when_the_capture_is_set(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").mkdir()
    with pytest.raises(ParamsError, match="a plain file"):
        set_capture(tmp_path / "params.yaml", "walk")
