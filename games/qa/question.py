"""A question with the paragraphs that belong to it, and sets of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A titled paragraph, sentence by sentence."""

    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole paragraph."""
        return " ".join(sentence.strip() for sentence in self.sentences)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question, its answer, and where the answer stands.

    Attributes:
        id: Unique in its set.
        kind: ``bridge``: one paragraph leads to the other; ``comparison``: two are compared.
        level: ``easy``, ``medium`` or ``hard``; empty where the data do not say.
        supporting: Titles of the paragraphs on which the answer rests, in the order of the data, each once.
        paragraphs: The question's own paragraphs, those and distractors.
        link: Title of the entity that links the question to its answer, where the data say so; else empty.
    """

    id: str
    text: str
    answer: str
    kind: Literal["bridge", "comparison"]
    level: str
    supporting: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    link: str = ""


@dataclass(frozen=True, eq=False)
class QuestionSet:
    """Questions of one source.

    Attributes:
        name: Where they come from, for messages.
        questions: By id, in the order of the source.
        attribution: Whom to name, and under which licence, when the text is passed on; empty for our own.
    """

    name: str
    questions: Mapping[str, Question] = field(repr=False)
    attribution: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that can change an episode: however the data were stored, equal questions are equal."""
        hashed = hashlib.sha256()
        for one in self.questions.values():
            told = [one.id, one.text, one.answer, one.kind, one.level, one.supporting, one.link]
            paragraphs = [[paragraph.title, paragraph.sentences] for paragraph in one.paragraphs]
            hashed.update(json.dumps([*told, paragraphs], ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return hashed.hexdigest()
