"""Texts that no file can hold: half a surrogate pair, which has no UTF-8, becomes U+FFFD, and it is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from kibitz.results.export.table import Record, Value

_HALF = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"

T = TypeVar("T")


@dataclass(slots=True)
class Mender:
    """Mends texts; everything else that a text may hold, control characters included, stays as it is.

    Attributes:
        mended: How many texts had to be changed.
    """

    mended: int = 0

    def record(self, record: Record) -> Record:
        """A row whose texts can be written."""
        return {name: self._value(value) for name, value in record.items()}

    def text(self, text: str) -> str:
        """A text that can be written."""
        if text.isascii() or not _HALF.search(text):
            return text
        self.mended += 1
        return _HALF.sub(REPLACEMENT, text)

    def _value(self, value: Value) -> Value:
        if isinstance(value, str):
            return self.text(value)
        return [self.text(item) for item in value] if isinstance(value, list) else value

    def struct(self, value: T) -> T:
        """A record whose texts can be written."""
        try:
            msgspec.json.encode(value)
        except UnicodeEncodeError:
            return msgspec.convert(self._tree(msgspec.to_builtins(value)), type(value), strict=False)
        return value

    def _tree(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self._tree(key): self._tree(item) for key, item in value.items()}
        return [self._tree(item) for item in value] if isinstance(value, list | tuple) else value
