"""JSON schemas: the one that a provider is sent for a request, and instances of a schema for scripted models.

Instances cover what structured replies use: types, ``enum``, ``const``, ``properties`` with ``required``, ``items``
with ``minItems``, ``anyOf``/``oneOf``/``allOf``, local ``$ref``, lengths and bounds. Not a validator.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from kibitz.agents.models.model import Request

NOT_PORTABLE = frozenset({"uniqueItems", "minLength", "maxLength"})
"""Keywords that strict modes of providers and servers refuse, at least one of them each."""

DEEPEST = 50
"""Levels of nesting after which a schema counts as endless."""


def instance(schema: Any, rng: Random | None = None) -> Any:  # noqa: ANN401 - JSON
    """An instance of ``schema``: with the first of all alternatives, or with ones that ``rng`` picks.

    Raises:
        ValueError: The schema has a reference that leads nowhere, or has no finite instance.
    """
    return _instance(schema, schema, rng, 0)


def reply_schema(request: Request) -> dict[str, Any] | None:
    """The schema of the reply that a strict mode is sent for ``request``; None where the reply is free.

    ``NOT_PORTABLE`` keywords are taken out: a request with one would be refused whole. Nothing is lost by that, since
    whoever reads a reply checks it. Choices become an object, since strict modes allow no other root.

    Raises:
        ValueError: The request's schema is no JSON.
    """
    if request.choices:
        properties = {"choice": {"type": "string", "enum": list(request.choices)}}
        return {"type": "object", "properties": properties, "required": ["choice"], "additionalProperties": False}
    if request.json_schema is None:
        return None
    whole: dict[str, Any] = portable(json.loads(request.json_schema))
    return whole


def portable(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """The schema without ``NOT_PORTABLE`` keywords; properties of such a name stay."""
    if isinstance(schema, list):
        return [portable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in NOT_PORTABLE}
    for key, value in kept.items():
        if key in ("properties", "$defs"):
            kept[key] = {name: portable(part) for name, part in value.items()}
        elif key not in ("enum", "const", "default", "examples"):
            kept[key] = portable(value)
    return kept


def _instance(schema: Any, root: Any, rng: Random | None, depth: int) -> Any:  # noqa: ANN401 - JSON
    if depth > DEEPEST:
        raise ValueError(f"the JSON schema has no instance within {DEEPEST} levels")
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return _instance(_target(str(schema["$ref"]), root), root, rng, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return _pick(schema["enum"], rng)
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return _instance(_pick(schema[key], rng), root, rng, depth + 1)
    if schema.get("allOf"):
        parts = [_instance(part, root, rng, depth + 1) for part in schema["allOf"]]
        return (
            {k: v for part in parts for k, v in part.items()} if all(isinstance(p, dict) for p in parts) else parts[0]
        )
    kind = schema.get("type", "object" if "properties" in schema else "null")
    return _of_type(kind[0] if isinstance(kind, list) else kind, schema, root, rng, depth)


def _of_type(kind: str, schema: dict[str, Any], root: Any, rng: Random | None, depth: int) -> Any:  # noqa: ANN401
    if kind == "object":
        known = schema.get("properties", {})
        return {name: _instance(known.get(name), root, rng, depth + 1) for name in schema.get("required", [])}
    if kind == "array":
        least = int(schema.get("minItems", 0))
        prefix = list(schema.get("prefixItems", []))[:least]
        parts = prefix + [schema.get("items")] * (least - len(prefix))
        return [_instance(part, root, rng, depth + 1) for part in parts]
    if kind == "string":
        return " " * int(schema.get("minLength", 0))
    if kind == "boolean":
        return _pick([False, True], rng)
    if kind in ("integer", "number"):
        return _number(schema, rng)
    return None


def _number(schema: dict[str, Any], rng: Random | None) -> int | float:
    above: int | float | None = schema.get("exclusiveMinimum")
    below: int | float | None = schema.get("exclusiveMaximum")
    low: int | float | None = schema.get("minimum", None if above is None else above + 1)
    high: int | float | None = schema.get("maximum", None if below is None else below - 1)
    if rng is not None and low is not None and high is not None:
        return rng.randint(int(low), int(high))
    if low is not None:
        return max(0, low) if high is None or high >= 0 else low
    return min(0, high) if high is not None else 0


def _pick(values: list[Any], rng: Random | None) -> Any:  # noqa: ANN401 - JSON
    return values[0] if rng is None else values[rng.randrange(len(values))]


def _target(reference: str, root: Any) -> Any:  # noqa: ANN401 - JSON
    place = root
    for part in reference.removeprefix("#").strip("/").split("/") if reference != "#" else []:
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, dict) or part not in place:
            raise ValueError(f"the JSON schema has no {reference!r}")
        place = place[part]
    return place
