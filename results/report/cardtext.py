"""Text on a picture: made safe to draw, measured, wrapped and cut.

A picture has no line breaks of its own and no scroll bar. Widths are those of Liberation Sans, which the library that
draws brings along, or a little more: a line may end early, but never runs out of its box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"

_NARROW = frozenset("ijl'|.,:;!ftIr()[]/\\ ")
_WIDE = frozenset("mwMW@%")
_MARKS = 2
"""Combining marks on one letter; more of them only make a tower."""


def drawable(text: str) -> str:
    """The text in one line, with what cannot be seen told by its code point, such as ``<U+202E>``.

    So a text that turns its direction, hides characters or holds half of one shows that it does.
    """
    found: list[str] = []
    marks = 0
    for char in " ".join(text.split()):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind[0] == "C":
            found.append(f"<U+{ord(char):04X}>")
        elif marks <= _MARKS:
            found.append(char)
    return "".join(found)


def width(text: str, size: float, *, mono: bool = False) -> float:
    """Width in pixels of a drawable text in letters of ``size``, rather too much than too little."""
    return size * sum(_advance(char, mono=mono) for char in text)


def _advance(char: str, *, mono: bool) -> float:
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1.05
    if mono:
        return 0.61
    if char in _NARROW:
        return 0.36
    if char in _WIDE:
        return 1.02
    return 0.74 if char.isupper() or ord(char) > 0x2FF else 0.58


def cut(text: str, room: float, size: float, *, mono: bool = False) -> str:
    """The text as far as it has room, with an ellipsis where it goes on."""
    if width(text, size, mono=mono) <= room:
        return text
    room -= width(ELLIPSIS, size, mono=mono)
    kept = 0
    used = 0.0
    for char in text:
        used += size * _advance(char, mono=mono)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: float, lines: int, *, mono: bool = False) -> list[str]:
    """The text in at most ``lines`` lines, broken between words; the last one is cut where more follows."""
    found: list[str] = []
    line = ""
    for word in _words(text, room, size, mono=mono):
        longer = f"{line} {word}" if line else word
        if width(longer, size, mono=mono) <= room:
            line = longer
            continue
        found.append(line)
        line = word
        if len(found) == lines:
            return [*found[:-1], cut(f"{found[-1]} {word}", room, size, mono=mono)]
    return [*found, line] if line else found


def _words(text: str, room: float, size: float, *, mono: bool) -> Iterator[str]:
    """The words; one that is wider than a line comes in pieces."""
    for word in text.split(" "):
        piece = ""
        for char in word:
            if piece and width(piece + char, size, mono=mono) > room:
                yield piece
                piece = ""
            piece += char
        if piece:
            yield piece
