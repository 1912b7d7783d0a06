"""Answer kinds: how an answer is read, written, constrained and graded.

A kind knows how to read an answer that a model wrote, how to write one, which JSON it is, and how to grade it against
the truth. Kinds are small frozen dataclasses: they travel with the question and fix its domain (the cells that may be
named, the range of a number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from random import Random
from typing import Literal

from kibitz.games.actions import canonical, folded, shown
from kibitz.games.subproblem import Answer, Grade, JsonSchema, Malformed

LONGEST_ANSWER = 2000
"""Characters; a longer text is malformed, and no pattern looks at it."""

_NONE_WORDS = frozenset({"none", "empty", "-"})
_EMPTY_LISTS = frozenset({"[]", "{}", "()", "[ ]", "{ }", "( )"})


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set of members of a finite domain, such as cells; the empty set is written ``none``.

    Attributes:
        domain: The members that a truth can hold, canonical, in their fixed order; schemas and guesses keep to them.
        member: What one member is called, such as ``cell``.
        others: Further names that are understood, such as occupied cells: naming one is wrong, not malformed.
        empty: Whether the truth can be the empty set.
        each: Whether each member is a question of its own (four directions, each open or not) and the empty set is one
            answer among others. Else the first question is whether there is any, and position suites balance that.
    """

    domain: tuple[str, ...]
    member: str = "cell"
    others: tuple[str, ...] = ()
    empty: bool = True
    each: bool = False
    name: Literal["set"] = "set"

    @property
    def hint(self) -> str:
        """How to write the answer."""
        example = self.domain[0] if self.domain else "x"
        return f"{self.member}s separated by semicolons such as {example}{', or none' if self.empty else ''}"

    @property
    def schema(self) -> JsonSchema:
        """An array of distinct members, in the order of the domain."""
        return {"type": "array", "items": {"type": "string", "enum": list(self.domain)}, "uniqueItems": True}

    def read(self, text: str) -> Answer | Malformed:
        """Read ``0,1; 2,2``, ``(0,1), (2,2)``, ``["0,1", "2,2"]``, ``0,1 and 2,2`` or ``none``.

        The whole text must consist of members, separators (``;``, ``,``, blanks, ``and``) and balanced brackets or
        quotes: nothing is searched for in a sentence, so that "not 0,1" names no cell.
        """
        if len(text) > LONGEST_ANSWER:
            return Malformed(f"the answer is {len(text)} characters long")
        if not text.strip():
            return Malformed("the answer is empty")
        plain = _without_stop(canonical(_without_stop(text)))
        says_none = plain in _NONE_WORDS or _without_stop(text) in _EMPTY_LISTS
        if says_none and plain not in (*self.domain, *self.others):
            return frozenset()
        return self._scan(_without_stop(folded(text)))

    def _scan(self, whole: str) -> Answer | Malformed:
        """Read the text from left to right: a member, or else a mark between members."""
        members = frozenset((*self.domain, *self.others))
        # By length and not by name: a hundred moves have few lengths.
        lengths = sorted({len(member) for member in members}, reverse=True)
        found: set[str] = set()
        opened: list[str] = []
        place = 0
        while place < len(whole):
            parts = (whole[place : place + length] for length in lengths)
            member = next((part for part in parts if part in members and _ends(whole, place + len(part))), None)
            mark = _MARK.match(whole, place)
            if member:
                found.add(member)
            elif mark is None or not _balance(opened, mark[0]):
                return self._strange(whole[place:])
            place += len(member or mark[0])  # type: ignore[index]  # one of the two is there
        if opened or not found:
            return self._strange(whole)
        return frozenset(found)

    def _strange(self, part: str) -> Malformed:
        return Malformed(f"{shown(part, 30)} is not a {self.member} that can be named here")

    def read_json(self, value: object) -> Answer | Malformed:
        """Read an array of member names (whole numbers are taken as their text); a string is read as text."""
        if isinstance(value, str):
            return self.read(value)
        if not isinstance(value, list) or not all(isinstance(v, str) or type(v) is int for v in value):
            return Malformed(f"expected a list of {self.member}s")
        parts = [canonical(v) if isinstance(v, str) else _digits(v) for v in value]
        strange = next((part for part in parts if part not in self.domain and part not in self.others), None)
        return frozenset(parts) if strange is None else self._strange(strange)

    def show(self, answer: Answer) -> str:
        """Write the members in the domain's order, others last, separated by ``; ``, or ``none``."""
        return "; ".join(self._sorted(answer)) or "none"

    def to_json(self, answer: Answer) -> object:
        """Return the members as a list in the domain's order."""
        return self._sorted(answer)

    def _sorted(self, answer: Answer) -> list[str]:
        assert isinstance(answer, frozenset)
        places = {member: place for place, member in enumerate(self.domain)}
        return sorted(answer, key=lambda m: (places.get(m, len(places)), m))

    def guess(self, rng: Random) -> Answer:
        """Return a random subset: each member in or out with equal chance."""
        return frozenset(member for member in self.domain if rng.random() < 0.5)

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Right when the sets are equal; F1 of the members as partial credit."""
        assert isinstance(answer, frozenset)
        assert isinstance(truth, frozenset)
        if not answer and not truth:
            return Grade("right", 1.0, "tn")
        f1 = 2 * len(answer & truth) / (len(answer) + len(truth))
        if answer == truth:
            return Grade("right", 1.0, "tp")
        return Grade("wrong", f1, "fp" if not truth else "fn" if not answer else "mismatch")


_MARK = re.compile(r"[;, ]|and\b|[\[\](){}\"'`]|\*\*")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def _balance(opened: list[str], mark: str) -> bool:
    """Note a bracket or quote as opened or closed; False where it closes what was not opened."""
    if mark in _PAIRS:
        return bool(opened) and opened.pop() == _PAIRS[mark]
    if mark in "([{":
        opened.append(mark)
    elif mark in ("'", '"', "`", "**"):
        if opened and opened[-1] == mark:
            opened.pop()
        else:
            opened.append(mark)
    return True


def _ends(whole: str, end: int) -> bool:
    """Whether a name can end here: not in the middle of a word or number."""
    return end == len(whole) or not (whole[end - 1].isalnum() and whole[end].isalnum())


def _without_stop(text: str) -> str:
    """The text without outer blanks and one final full stop."""
    return text.strip().removesuffix(".").rstrip()


def _digits(number: int) -> str:
    # Converting a number of thousands of digits to text is refused by Python.
    return str(number) if abs(number) < 10**18 else "a huge number"


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between ``low`` and ``high``, both inclusive."""

    low: int
    high: int
    name: Literal["integer"] = "integer"

    @property
    def hint(self) -> str:
        """How to write the answer."""
        return f"a whole number from {self.low} to {self.high}"

    @property
    def schema(self) -> JsonSchema:
        """A bounded integer."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def read(self, text: str) -> Answer | Malformed:
        """Read plain ASCII digits with an optional sign and full stop."""
        if len(text) > LONGEST_ANSWER:
            return Malformed(f"the answer is {len(text)} characters long")
        key = canonical(_without_stop(text))
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", key):
            return Malformed(f"{shown(text)} is not a whole number")
        return self._bounded(int(key))

    def _bounded(self, value: int) -> Answer | Malformed:
        if not self.low <= value <= self.high:
            return Malformed(f"{_digits(value)} is outside {self.low}..{self.high}")
        return value

    def read_json(self, value: object) -> Answer | Malformed:
        """Read a JSON integer (3.0 is one too), or a string that holds one."""
        if isinstance(value, str):
            return self.read(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return Malformed("expected a whole number")
        return self._bounded(value)

    def show(self, answer: Answer) -> str:
        """Write the number in decimal."""
        return str(answer)

    def to_json(self, answer: Answer) -> object:
        """Return the number."""
        return answer

    def guess(self, rng: Random) -> Answer:
        """Return a number drawn uniformly from the range."""
        return rng.randint(self.low, self.high)

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Right when equal."""
        return Grade("right", 1.0) if answer == truth else Grade("wrong", 0.0)


@dataclass(frozen=True, slots=True)
class Number:
    """A number between ``low`` and ``high``, both inclusive, that is right within a tolerance.

    Attributes:
        low: The smallest answer.
        high: The largest.
        tolerance: An answer is right if it is at most so far from the truth.
        decimals: Truths are rounded to so many decimals; answers may have more.
        unit: What the number counts, such as ``%`` or ``chips``: may follow it, and need not.
    """

    low: float
    high: float
    tolerance: float
    decimals: int = 1
    unit: str = ""
    name: Literal["number"] = "number"

    @property
    def hint(self) -> str:
        """How to write the answer, and how exact it must be."""
        unit = f" ({self.unit})" if self.unit else ""
        return f"a number from {self.low:g} to {self.high:g}{unit}, right within {self.tolerance:g}"

    @property
    def schema(self) -> JsonSchema:
        """A bounded number."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def read(self, text: str) -> Answer | Malformed:
        """Read plain ASCII digits with an optional sign, decimal point, unit and full stop; no exponent."""
        if len(text) > LONGEST_ANSWER:
            return Malformed(f"the answer is {len(text)} characters long")
        key = canonical(_without_stop(text))
        if self.unit:
            key = key.removesuffix(self.unit.lower()).rstrip()
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?", key):
            return Malformed(f"{shown(text)} is not a number")
        return self._bounded(float(key))

    def _bounded(self, value: float) -> Answer | Malformed:
        if not self.low <= value <= self.high:
            return Malformed(f"{value:g} is outside {self.low:g}..{self.high:g}")
        return value + 0.0  # no negative zero

    def read_json(self, value: object) -> Answer | Malformed:
        """Read a finite JSON number, or a string that holds one."""
        if isinstance(value, str):
            return self.read(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15 or not isfinite(value):
            return Malformed("expected a number")
        return self._bounded(float(value))

    def show(self, answer: Answer) -> str:
        """Write the number in decimal, with ``decimals`` places or as many more as it has."""
        assert isinstance(answer, float)
        exact = f"{answer:.{self.decimals}f}"
        return exact if float(exact) == answer else f"{answer:.15f}".rstrip("0")

    def to_json(self, answer: Answer) -> object:
        """Return the number."""
        return answer

    def guess(self, rng: Random) -> Answer:
        """Return a number drawn uniformly from the range, rounded."""
        return self.rounded(rng.uniform(self.low, self.high))

    def rounded(self, value: float) -> float:
        """Return ``value`` as a truth of this kind: within the range, with ``decimals`` decimals."""
        return round(min(max(value, self.low), self.high), self.decimals) + 0.0

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Right when at most ``tolerance`` away."""
        assert isinstance(answer, float)
        assert isinstance(truth, float)
        return Grade("right", 1.0) if abs(answer - truth) <= self.tolerance + 1e-9 else Grade("wrong", 0.0)


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes or no."""

    name: Literal["boolean"] = "boolean"

    @property
    def hint(self) -> str:
        """How to write the answer."""
        return "yes or no"

    @property
    def schema(self) -> JsonSchema:
        """A JSON boolean."""
        return {"type": "boolean"}

    def read(self, text: str) -> Answer | Malformed:
        """Read yes/no or true/false, in any case, with or without a full stop."""
        known = {"yes": True, "true": True, "no": False, "false": False}
        value = known.get(canonical(_without_stop(text))) if len(text) <= LONGEST_ANSWER else None
        return Malformed(f"{shown(text)} is neither yes nor no") if value is None else value

    def read_json(self, value: object) -> Answer | Malformed:
        """Read a JSON boolean, or a string that says one."""
        if isinstance(value, str):
            return self.read(value)
        return value if isinstance(value, bool) else Malformed("expected true or false")

    def show(self, answer: Answer) -> str:
        """Write ``yes`` or ``no``."""
        return "yes" if answer else "no"

    def to_json(self, answer: Answer) -> object:
        """Return the boolean."""
        return answer

    def guess(self, rng: Random) -> Answer:
        """Return either with equal chance."""
        return rng.random() < 0.5

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Right when equal; ``True`` is the positive class."""
        if answer == truth:
            return Grade("right", 1.0, "tp" if truth else "tn")
        return Grade("wrong", 0.0, "fn" if truth else "fp")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few named options."""

    options: tuple[str, ...]
    name: Literal["choice"] = "choice"

    @property
    def hint(self) -> str:
        """How to write the answer."""
        return "one of " + ", ".join(self.options)

    @property
    def schema(self) -> JsonSchema:
        """An enumeration."""
        return {"type": "string", "enum": list(self.options)}

    def read(self, text: str) -> Answer | Malformed:
        """Read exactly one option."""
        key = canonical(text) if len(text) <= LONGEST_ANSWER else ""
        if key not in self.options:
            key = _without_stop(key)
        return key if key in self.options else Malformed(f"{shown(text)} is not one of {', '.join(self.options)}")

    def read_json(self, value: object) -> Answer | Malformed:
        """Read a JSON string."""
        return self.read(value) if isinstance(value, str) else Malformed(f"expected one of {', '.join(self.options)}")

    def show(self, answer: Answer) -> str:
        """Write the option."""
        return str(answer)

    def to_json(self, answer: Answer) -> object:
        """Return the option."""
        return answer

    def guess(self, rng: Random) -> Answer:
        """Return an option drawn uniformly."""
        return rng.choice(self.options)

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Right when equal."""
        return Grade("right", 1.0) if answer == truth else Grade("wrong", 0.0)
