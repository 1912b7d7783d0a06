"""Subproblems: questions about a position whose answer rules can compute, and what an answer is worth.

How answers are written, read and graded is the business of their kinds (``kibitz.games.kinds``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, Protocol

Answer = frozenset[str] | int | float | bool | str
Verdict = Literal["right", "wrong", "malformed", "missing"]
Cell = Literal["tp", "tn", "fp", "fn", "mismatch"]
JsonSchema = Mapping[str, object]

GRADER_VERSION = "1"
"""Changes whenever the same raw answer and truth could get another grade."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An answer that cannot be read as what was asked for, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A truth that is not known, and why (for example ``unsolved``)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth.

    Attributes:
        verdict: ``missing`` and ``malformed`` are apart from ``wrong``: not given is never wrong.
        f1: Partial credit in 0..1 for set-valued answers (F1 of the two sets, 1 where both are empty); for the other
            kinds 1 or 0; None where nothing could be read.
        cell: The confusion cell. Positive is a non-empty set or ``True``; None for kinds without such a class and for
            answers that could not be read.
    """

    verdict: Verdict
    f1: float | None = None
    cell: Cell | None = None


class AnswerKind(Protocol):
    """How one sort of answer is read, written, constrained and graded."""

    @property
    def name(self) -> str:
        """The kind's name in records: ``set``, ``integer``, ``number``, ``boolean`` or ``choice``."""

    @property
    def hint(self) -> str:
        """How to write the answer, in a few words for a prompt."""

    @property
    def schema(self) -> JsonSchema:
        """The JSON schema of the answer, within the subset that constrained decoding supports."""

    def read(self, text: str) -> Answer | Malformed:
        """Read an answer written in words; never raises, whatever the text."""

    def read_json(self, value: object) -> Answer | Malformed:
        """Read an answer given as a JSON value; never raises."""

    def show(self, answer: Answer) -> str:
        """Write an answer canonically; ``read(show(a)) == a``."""

    def to_json(self, answer: Answer) -> object:
        """Return the answer as a JSON value; ``read_json(to_json(a)) == a``."""

    def guess(self, rng: Random) -> Answer:
        """Return an answer drawn uniformly from the kind's domain (a set: each member in or out with equal chance)."""

    def grade(self, answer: Answer, truth: Answer) -> Grade:
        """Compare an answer that was read with the truth."""


@dataclass(frozen=True, slots=True)
class Subproblem:
    """One question.

    Attributes:
        id: Short identifier, unique within the game, usable as a JSON key and a tag.
        question: The question in plain words.
        kind: How the answer is written and graded.
        about: ``view``: about the position that is seen. ``action``: about the position after the stated action.
    """

    id: str
    question: str
    kind: AnswerKind
    about: Literal["view", "action"] = "view"
