"""A user's mapping file, JSON or YAML: which markers make which joint, in which unit, which axis up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from adapters.formats.json_text import parse_json, validate_json
from adapters.formats.raw_file import decode_text, read_raw
from schemas.capture import MarkerMapping
from schemas.errors import CaptureError

MAX_BYTES = 1 << 20


def read_mapping(path: Path) -> MarkerMapping:
    """Read a mapping file; `.json` is JSON, anything else YAML without anchors or aliases.

    Raises:
        CaptureError: Unreadable, too large, a key twice, or a field that does not fit.
    """
    where = str(path)
    text = decode_text(path, read_raw(path, MAX_BYTES))
    value = parse_json(text, where) if path.suffix.lower() == ".json" else _parse_yaml(text, where)
    return validate_json(value, TypeAdapter(MarkerMapping), where)


class _Loader(yaml.SafeLoader):
    """Plain YAML: no tag that builds an object, no alias (they multiply), no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"key {key!r} stands twice")
        return super().construct_mapping(node, deep)


def _parse_yaml(text: str, where: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        found = " ".join(str(error).split())[:200] or type(error).__name__
        raise CaptureError(
            where=where, field="YAML", expected="plain YAML", found=found,
            fix="Write for example: joints: {r_hip: [RHJC], r_knee: [RKNE, RKNM]}",
        ) from None  # fmt: skip
