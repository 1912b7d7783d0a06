"""Packing what the script reads: JSON, deflated (zlib format), in base64."""

from __future__ import annotations

import base64
import json
import zlib

import msgspec

LEVEL = 4
"""Of zlib's 1 to 9; 6 takes three times as long and saves a tenth, 9 six times as long and saves little more."""

_encode = msgspec.json.Encoder().encode


def pack(value: object) -> str:
    """A value that JSON can say, packed."""
    return base64.b64encode(zlib.compress(to_json(value), LEVEL)).decode("ascii")


def to_json(value: object) -> bytes:
    """A value as JSON in UTF-8."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # A lone surrogate, which a broken reply may hold, has no UTF-8.
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def embedded(value: object) -> str:
    """A value as JSON of which no character can end the element that it stands in, nor fail to be written."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode("utf-8")
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
