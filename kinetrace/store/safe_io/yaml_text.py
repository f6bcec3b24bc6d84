"""YAML as plain values: no tag that builds an object, no alias or merge (they multiply), bounded depth, nodes and scalars."""

from __future__ import annotations

from typing import Any

import yaml

from kinetrace.store.safe_io.caps import JSON_INTEGER_BITS, YAML_DEPTH, YAML_NODES, YAML_SCALAR
from kinetrace.store.safe_io.format_error import FormatError

_TEXT = "tag:yaml.org,2002:str"


def load_yaml(text: str) -> Any:
    """Parse one plain YAML document.

    Args:
        text: The document; its size is the caller's to bound.

    Returns:
        Mappings with text keys, lists, numbers, text, true, false and null (and a date where one is written).

    Raises:
        FormatError: `yaml`: not YAML, or not plain.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a subclass of SafeLoader)
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        # PyYAML's own constructors fail in these ways on values such as 0b or 2024-13-45.
        found = " ".join(str(error).split())[:200] or type(error).__name__
        raise FormatError("yaml", "YAML", "plain YAML", found, "Write plain YAML.") from None


class _Loader(yaml.SafeLoader):
    """A SafeLoader that counts."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > YAML_SCALAR:
            raise yaml.YAMLError(f"a value of {len(event.value)} characters, at most {YAML_SCALAR} allowed")
        self.nodes += 1
        self.depth += 1
        if self.nodes > YAML_NODES:
            raise yaml.YAMLError(f"more than {YAML_NODES} values")
        if self.depth > YAML_DEPTH:
            raise yaml.YAMLError(f"nested more than {YAML_DEPTH} deep (a recursion)")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key that is a list or mapping is unhashable")
            if key.value in seen:
                raise yaml.YAMLError(f"key {key.value[:60]!r} stands twice")
            if key.tag != _TEXT:
                raise yaml.YAMLError(f"key {key.value[:60]!r} is not plain text: put it in quotes")
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        value = int(super().construct_yaml_int(node))
        if value.bit_length() > JSON_INTEGER_BITS:
            raise yaml.YAMLError(f"an integer of {value.bit_length()} bits, at most {JSON_INTEGER_BITS} allowed")
        return value


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
