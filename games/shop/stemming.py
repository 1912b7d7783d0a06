"""The Porter stemmer (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980) as Lucene has it.

It departs from the paper as Porter's own later version does: ``bli`` becomes ``ble``, ``logi`` becomes ``log``, and
words of one or two letters are left alone.
"""

from __future__ import annotations

from itertools import pairwise

_STEP2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_STEP3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
)  # fmt: skip


def stem(word: str) -> str:
    """The stem of a word in lower case."""
    if len(word) <= 2:
        return word
    word = _ending_in_y(_past_and_gerund(_plural(word)))
    word = _replaced(_replaced(word, _STEP2), _STEP3)
    word = _suffix_off(word)
    return _tidied(word)


def _is_consonant(word: str, place: int) -> bool:
    letter = word[place]
    if letter == "y":
        return place == 0 or not _is_consonant(word, place - 1)
    return letter not in "aeiou"


def _measure(part: str) -> int:
    """How often a run of vowels is followed by one of consonants: m in the paper."""
    kinds = [_is_consonant(part, place) for place in range(len(part))]
    return sum(consonant and not before for before, consonant in pairwise(kinds))


def _has_vowel(part: str) -> bool:
    return any(not _is_consonant(part, place) for place in range(len(part)))


def _ends_double(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and _is_consonant(word, len(word) - 1)


def _ends_cvc(word: str) -> bool:
    """Whether it ends in consonant, vowel, consonant, the last one none of w, x, y: *o in the paper."""
    if len(word) < 3 or word[-1] in "wxy":
        return False
    last = len(word) - 1
    return _is_consonant(word, last) and not _is_consonant(word, last - 1) and _is_consonant(word, last - 2)


def _plural(word: str) -> str:
    """Step 1a."""
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past_and_gerund(word: str) -> str:
    """Step 1b."""
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            part = word[: -len(suffix)]
            return _mended(part) if _has_vowel(part) else word
    return word


def _mended(word: str) -> str:
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if _ends_double(word):
        return word if word[-1] in "lsz" else word[:-1]
    return word + "e" if _measure(word) == 1 and _ends_cvc(word) else word


def _ending_in_y(word: str) -> str:
    """Step 1c."""
    return word[:-1] + "i" if word.endswith("y") and _has_vowel(word[:-1]) else word


def _replaced(word: str, table: tuple[tuple[str, str], ...]) -> str:
    """Steps 2 and 3: the one suffix that the word has is replaced after a part with m > 0."""
    for suffix, instead in table:
        if word.endswith(suffix):
            part = word[: -len(suffix)]
            return part + instead if _measure(part) > 0 else word
    return word


def _suffix_off(word: str) -> str:
    """Step 4: the one suffix that the word has is dropped after a part with m > 1."""
    for suffix in _STEP4:
        if word.endswith(suffix):
            part = word[: -len(suffix)]
            if suffix == "ion" and not part.endswith(("s", "t")):
                continue
            return part if _measure(part) > 1 else word
    return word


def _tidied(word: str) -> str:
    """Step 5."""
    if word.endswith("e"):
        part = word[:-1]
        if _measure(part) > 1 or (_measure(part) == 1 and not _ends_cvc(part)):
            word = part
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
