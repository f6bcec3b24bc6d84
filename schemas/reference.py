"""The parameters as a page: every section, name, default, bound and meaning, from the models themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from schemas.params import Params

HEAD = """# Parameters

Every parameter of `params.yaml`, made from the models in `schemas/` by `python -m schemas.reference`.
Changing one re-runs its stage and those
below it, nothing else. An unknown name or a value out of range is refused before any stage starts.
"""


def reference() -> str:
    """Write the page as Markdown."""
    lines = [HEAD]
    for section, info in Params.model_fields.items():
        model = info.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or not model.model_fields:
            continue
        lines += [f"## {section}", "", (model.__doc__ or "").strip().splitlines()[0], ""]
        lines += ["| name | default | bounds | meaning |", "|---|---|---|---|"]
        lines += _rows(model, "")
        lines.append("")
    return "\n".join(lines)


def _rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows: list[str] = []
    properties: dict[str, Any] = model.model_json_schema()["properties"]
    for name, info in model.model_fields.items():
        nested = info.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            rows += _rows(nested, f"{prefix}{name}.")
        else:
            shape = properties[name]
            rows.append(f"| `{prefix}{name}` | `{info.default}` | {_bounds(shape)} | {shape.get('description', '')} |")
    return rows


def _bounds(shape: dict[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    parts = [shape, *shape.get("anyOf", ())]
    found = [f"{sign} {p[key]:g}" for p in parts for key, sign in signs.items() if key in p]
    if "enum" in shape:
        found.append(", ".join(map(str, shape["enum"])))
    return ", ".join(found)


if __name__ == "__main__":
    print(reference(), end="")
