"""Texts as the words by which they are searched: Lucene's English analysis, as the original's index was made with it.

Lucene 9's standard tokens (word boundaries of Unicode annex 29), then: a final ``'s`` is cut off, lower case, 33 stop
words are left out, the rest is stemmed (``stemming``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from kibitz.games.shop.stemming import stem

_STOP_WORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
    "this to was will with"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

LONGEST_TOKEN = 255
"""Characters; Lucene cuts longer words into pieces of that length."""

_ASCII = re.compile(
    r"\w+(?:(?:(?<=[A-Za-z])['.:](?=[A-Za-z])|(?<=[0-9])[,.';](?=[0-9]))\w+)*",
    re.ASCII,
)
_POSSESSIVE = re.compile(r"['\u2019\uff07][sS]\Z")

_PICTOGRAPHS = (
    "\u00a9\u00ae\u2122\u203c\u2049\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2\u25aa"
    "\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714\u2716\u271d"
    "\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff"
    "\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f23c-\U0001f23f"
    "\U0001f249-\U0001f3fa\U0001f400-\U0001f53d\U0001f546-\U0001f64f\U0001f680-\U0001f6ff\U0001f774-\U0001f77f"
    "\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f80f\U0001f848-\U0001f84f\U0001f85a-\U0001f85f\U0001f888-\U0001f88f"
    "\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001faff"
)
"""Pictographs of Emoji 12.1, each a word by itself."""

_IDEOGRAPHS = "\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HIRAGANA = "\u3041-\u3096\u309d-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_SOUND_MARKS = (0xFF9E, 0xFF9F)
"""Letters by their category; in words they are marks on the letter before."""
_SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"


@cache
def _any_script() -> re.Pattern[str]:
    """The pattern of words in texts that are not all ASCII."""
    letters, marks, digits = _classes()
    mark = f"[{marks}]*"
    joined = rf"(?<=[{letters}])['.:\u00b7\u2018\u2019\u2024\ufe13\ufe52\uff07\uff0e\uff1a](?=[{letters}])"
    joined += rf"|(?<=[{digits}])[,.';\u2018\u2019\u2044\uff07\uff0c\uff0e\uff1b](?=[{digits}])"
    plain = rf"[{letters}{digits}_]{mark}"
    pictograph = rf"[{_PICTOGRAPHS}][\ufe0f\U0001f3fb-\U0001f3ff]*"
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    keycap = "[0-9#*]\ufe0f?\u20e3"
    return re.compile(
        rf"{keycap}|{plain}(?:{plain}|(?:{joined}){plain})*|[{_KATAKANA}_]+{mark}|[{_IDEOGRAPHS}{_HIRAGANA}]{mark}"
        rf"|[{_SOUTH_EAST_ASIAN}]+|{flag}|{pictograph}(?:\u200d{pictograph})*"
    )


def _classes() -> tuple[str, str, str]:
    """Letters, marks and digits as the insides of classes of an expression; ideographs and the like are no letters."""
    apart = re.compile(f"[{_IDEOGRAPHS}{_HIRAGANA}{_KATAKANA}{_SOUTH_EAST_ASIAN}]")
    found: dict[str, list[int]] = {"L": [], "M": [], "D": []}
    for code in (*range(0x2E80), *range(0x2E80, 0x3400), *range(0xA000, 0x1F000)):
        character = chr(code)
        kind = unicodedata.category(character)
        if kind == "Nd":
            found["D"].append(code)
        elif kind[0] == "M" or (kind == "Cf" and code != 0x200B) or code in _SOUND_MARKS:
            found["M"].append(code)
        elif (kind[0] == "L" or kind == "Nl") and not apart.match(character):
            found["L"].append(code)
    return _ranges(found["L"]), _ranges(found["M"]), _ranges(found["D"])


def _ranges(codes: list[int]) -> str:
    parts, start = [], codes[0]
    for code, following in zip(codes, [*codes[1:], -1], strict=True):
        if following != code + 1:
            parts.append(f"\\U{start:08x}-\\U{code:08x}")
            start = following
    return "".join(parts)


def tokens(text: str) -> list[str]:
    """The words of a text as they stand in it, before anything is cut off or left out."""
    if text.isascii():
        found = _ASCII.findall(text)
    else:
        found = _any_script().findall(text)
    return [word for word in found if word.strip("_")] if "_" in text else found


@lru_cache(maxsize=200_000)
def terms(token: str) -> tuple[str, ...]:
    """What a word is searched as: one term mostly, none for a stop word, several for a very long one."""
    if len(token) > LONGEST_TOKEN:
        cut = (token[place : place + LONGEST_TOKEN] for place in range(0, len(token), LONGEST_TOKEN))
        return tuple(term for part in cut for term in terms(part))
    word = _POSSESSIVE.sub("", token).lower()
    return () if word in STOP_WORDS or not word else (stem(word),)


def analysed(text: str) -> list[str]:
    """The terms of a text, in order and with repeats."""
    return [term for token in tokens(text) for term in terms(token)]
