from __future__ import annotations

import inspect
import json
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

import schemas
from schemas.base import Strict
from schemas.export import DOCUMENTS, FOLDER, json_schemas, write


def models() -> set[type[BaseModel]]:
    """Every strict model in the package."""
    found: set[type[BaseModel]] = set()
    for module in pkgutil.iter_modules(schemas.__path__):
        for _, value in inspect.getmembers(import_module(f"schemas.{module.name}"), inspect.isclass):
            if issubclass(value, Strict) and value is not Strict:
                found.add(value)
    return found


def test_the_files_are_those_of_todays_models() -> None:
    there = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.iterdir()}
    assert there == json_schemas(), "run: python -m schemas.export"


def test_every_model_is_a_document_or_part_of_one() -> None:
    named = {name for text in json_schemas().values() for name in json.loads(text).get("$defs", {})}
    named |= {model.__name__ for model in DOCUMENTS.values()}
    # A stretch of phase is handed around in memory only.
    assert {m.__name__ for m in models()} - named == {"PhaseInterval"}


def test_every_schema_forbids_unknown_fields_throughout() -> None:
    for name, text in json_schemas().items():
        schema = json.loads(text)
        for part in (schema, *schema.get("$defs", {}).values()):
            if part.get("type") == "object":
                assert part["additionalProperties"] is False, name


def test_one_schema_by_hand() -> None:
    schema = json.loads(json_schemas()["capture.json"])
    assert schema["title"] == "CaptureFile"
    assert schema["required"] == ["device", "subject", "units", "files"]
    assert schema["properties"]["units"]["const"] == "m"
    assert "default" not in schema["properties"]["units"]


def test_writing_twice_changes_nothing_and_sweeps_what_is_stale(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "gone.json").write_text("{}")
    write(tmp_path)
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == json_schemas()


def test_a_folder_whose_parent_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        write(tmp_path / "absent" / "json")
