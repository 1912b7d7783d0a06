"""Compact grammars for constrained decoding, written in GBNF (the notation of llama.cpp).

The runtime can make a grammar of a JSON schema itself. Ours exist because of what theirs costs and allows: a generic
grammar prints blanks and line ends, lets a list repeat a member up to its longest length, and so takes three to five
times as many tokens. Ours gives JSON in one line without blanks; a list of distinct members comes in ascending order of
the schema. That narrows how an answer may be written, never which answers can be given. It also moves the answers of a
weak model (a blank after a colon was seen to), so ``VERSION`` is part of the model's identity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

VERSION = "1"
"""Changes whenever the same schema or choices could get another grammar."""

LARGEST_INTEGER = 10**15 - 1
"""Bound of integers whose schema has none."""

DEEPEST = 16
LONGEST_STRING = 1000
"""Characters; a longer ``maxLength`` makes the runtime's parser slow."""

_ANNOTATIONS = frozenset({"title", "description", "$schema", "default", "examples"})


class UnsupportedSchemaError(ValueError):
    """The schema uses what our grammars do not cover; the runtime's own converter may."""


def of_choices(choices: Sequence[str]) -> str:
    """Return the grammar of exactly one of ``choices``.

    Raises:
        ValueError: There is none, or an empty one.
    """
    if not choices or not all(choices):
        raise ValueError("choices must be given and must not be empty")
    return "root ::= " + " | ".join(literal(choice) for choice in dict.fromkeys(choices))


def of_schema(schema: str) -> str:
    """Return the grammar of a JSON schema given as JSON text.

    Supported: objects whose properties are all required, in their order; strings, enumerations and constants;
    arrays of distinct members of an enumeration; integers; numbers; booleans; null; ``anyOf``.

    Raises:
        UnsupportedSchemaError: The schema uses something else.
        ValueError: The text is not JSON.
    """
    rules = _Rules()
    body = rules.value(json.loads(schema), 0)
    return "\n".join([f"root ::= {body}", *(f"{name} ::= {text}" for name, text in rules.rules.items())])


def literal(text: str) -> str:
    """Return ``text`` as a GBNF literal."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else _code(c)) for c in text) + '"'


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02X}"
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


def _json(value: object) -> str:
    return literal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


@dataclass
class _Rules:
    """Named rules, written while a schema is walked; equal rules get one name."""

    rules: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> str:
        """Return the name of the rule ``text``."""
        if text not in self.names:
            self.names[text] = f"r{len(self.rules)}"
            self.rules[self.names[text]] = text
        return self.names[text]

    def value(self, schema: object, depth: int) -> str:
        """Return the expression of one schema; it can stand in a sequence as it is."""
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            raise UnsupportedSchemaError("a schema here must be an object, at most 16 deep")
        keys = set(schema) - _ANNOTATIONS
        if "const" in keys:
            _only(keys, {"const", "type"})
            return _json(schema["const"])
        if "enum" in keys:
            _only(keys, {"enum", "type"})
            return _either([_json(member) for member in _listed(schema["enum"], "enum")])
        if "anyOf" in keys:
            _only(keys, {"anyOf"})
            return _either([self.value(part, depth + 1) for part in _listed(schema["anyOf"], "anyOf")])
        kind = schema.get("type")
        if kind == "object":
            return self.object(schema, keys, depth)
        if kind == "array":
            return self.array(schema, keys)
        if kind == "string":
            return self.string(schema, keys)
        if kind == "integer":
            _only(keys, {"type", "minimum", "maximum"})
            low, high = schema.get("minimum", -LARGEST_INTEGER), schema.get("maximum", LARGEST_INTEGER)
            return integers(low, high)
        if kind == "number":
            _only(keys, {"type", "minimum", "maximum"})
            return decimals(schema.get("minimum"), schema.get("maximum"))
        if kind in ("boolean", "null"):
            _only(keys, {"type"})
            return '("true" | "false")' if kind == "boolean" else '"null"'
        raise UnsupportedSchemaError(f"type {kind!r}")

    def object(self, schema: Mapping[str, Any], keys: set[str], depth: int) -> str:
        """All properties, in their order."""
        _only(keys, {"type", "properties", "required", "additionalProperties"})
        properties = schema.get("properties", {})
        if set(schema.get("required", ())) != set(properties) or schema.get("additionalProperties") not in (
            None,
            False,
        ):
            raise UnsupportedSchemaError("an object must require exactly its properties")
        parts = []
        for place, (name, inner) in enumerate(properties.items()):
            lead = ("{" if place == 0 else ",") + json.dumps(name, ensure_ascii=False) + ":"
            parts += [literal(lead), self.value(inner, depth + 1)]
        return " ".join([*parts, '"}"']) if parts else '"{}"'

    def array(self, schema: Mapping[str, Any], keys: set[str]) -> str:
        """Distinct members in ascending order; two alternatives a member, so size grows with their number."""
        _only(keys, {"type", "items", "uniqueItems"})
        items = schema.get("items")
        if not isinstance(items, Mapping) or "enum" not in items or schema.get("uniqueItems") is not True:
            raise UnsupportedSchemaError("an array must hold distinct members of an enumeration")
        _only(set(items) - _ANNOTATIONS, {"enum", "type"})
        if items["enum"] == []:
            return '"[]"'
        members = [_json(member) for member in dict.fromkeys(_listed(items["enum"], "enum"))]
        # rest[i]: what may follow when members before i are used up. Made from the end, so that no rule looks forward.
        rest = '"]"'
        first = [f"{members[-1]} {rest}"]
        for member, earlier in zip(reversed(members[1:]), reversed(members[:-1]), strict=True):
            rest = self.add(f'"," {member} {rest} | {rest}')
            first.append(f"{earlier} {rest}")
        return '"[" ' + _either(['"]"', *reversed(first)])

    def string(self, schema: Mapping[str, Any], keys: set[str]) -> str:
        """A string without control characters, at most as long as the schema says."""
        _only(keys, {"type", "minLength", "maxLength"})
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        if not _whole(low) or not (high is None or _whole(high)) or low < 0 or (high is not None and high < low):
            raise UnsupportedSchemaError("minLength and maxLength")
        if max(low, high or 0) > LONGEST_STRING:
            raise UnsupportedSchemaError(f"a string longer than {LONGEST_STRING} characters")
        character = self.add(r'[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-cA-C] [0-9a-fA-F]{3})')
        return f'"\\"" {character}{{{low},{"" if high is None else high}}} "\\""'


def integers(low: object, high: object) -> str:
    """Return the expression of the whole numbers from ``low`` to ``high``, without leading zeros or ``-0``.

    Raises:
        UnsupportedSchemaError: The bounds are no whole numbers, are beyond 15 digits, or leave nothing between.
    """
    if not _whole(low) or not _whole(high) or low > high or max(abs(low), abs(high)) > LARGEST_INTEGER:
        raise UnsupportedSchemaError(f"integers from {low!r} to {high!r}")
    parts = []
    if low < 0:
        negative = _either(_natural(max(1, -high), -low))
        parts.append(f'"-" {negative}')
    if high >= 0:
        parts += _natural(max(0, low), high)
    return _either(parts)


def decimals(low: object, high: object) -> str:
    """Return the expression of the numbers from ``low`` to ``high`` with at most three decimals.

    Raises:
        UnsupportedSchemaError: The bounds are no whole numbers from 0 on, or leave nothing between.
    """
    bounds = [int(bound) if isinstance(bound, float) and bound.is_integer() else bound for bound in (low, high)]
    if not all(map(_whole, bounds)) or not 0 <= bounds[0] < bounds[1]:  # type: ignore[operator]  # whole by now
        raise UnsupportedSchemaError(f"numbers from {low!r} to {high!r}")
    below = integers(bounds[0], bounds[1] - 1)  # type: ignore[operator]
    return _either([f'{below} ("." [0-9]{{1,3}}){{0,1}}', literal(str(bounds[1]))])


def _natural(low: int, high: int) -> list[str]:
    """Digit patterns that together match low..high, for 0 <= low <= high, each number once."""
    parts = []
    while low <= high:
        free = 0  # how many last digits may be anything, starting from low
        while True:
            block = 10 ** (free + 1)
            if low % block or low + block - 1 > high or low < block:
                break
            free += 1
        unit = 10**free
        digit = low // unit % 10
        last = min(9, digit + (high - low + 1) // unit - 1)
        head = str(low // unit // 10) if low // unit >= 10 else ""
        parts.append(" ".join(filter(None, [literal(head) if head else "", _digits(digit, last), _any(free)])))
        low += (last - digit + 1) * unit
    return parts


def _digits(first: int, last: int) -> str:
    return f'"{first}"' if first == last else f"[{first}-{last}]"


def _any(count: int) -> str:
    return f"[0-9]{{{count}}}" if count > 1 else "[0-9]" * count


def _either(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else "(" + " | ".join(parts) + ")"


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _listed(value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise UnsupportedSchemaError(f"{where} must be a list that is not empty")
    return value


def _only(keys: set[str], known: set[str]) -> None:
    unknown = sorted(keys - known)
    if unknown:
        raise UnsupportedSchemaError(", ".join(unknown))
