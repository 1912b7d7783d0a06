"""Questions about a search for an answer, and their truths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kibitz.games.actions import folded
from kibitz.games.kinds import Boolean, Choice, SetOf
from kibitz.games.qa.question import Question
from kibitz.games.qa.scoring import CLOSED, contains, normalised
from kibitz.games.subproblem import Answer, Subproblem, Unknown

NO_BRIDGE = "none of these"


def names(titles: Iterable[str]) -> tuple[str, ...]:
    """Titles as they are written in answers, each once."""
    return tuple(dict.fromkeys(folded(title) for title in titles))


def questions(named: Sequence[str], *, in_view: bool) -> tuple[Subproblem, ...]:
    """What can be asked.

    Args:
        named: The titles that the search has named so far.
        in_view: Whether a paragraph is in view.
    """
    titles = names(named)
    found = [
        Subproblem(
            "supporting",
            "Which of the titles named so far are of paragraphs on which the answer to the question rests?",
            SetOf(titles, member="title"),
        ),
        Subproblem(
            "bridge",
            "Which of the titles named so far is that of the entity that links the question to its answer: not named "
            "in the question, but needed to get from what it names to the answer? Where two named things are compared, "
            f"or where its title has not been named yet, it is {NO_BRIDGE}.",
            Choice((*titles, NO_BRIDGE)),
        ),
    ]
    if in_view:
        found.append(
            Subproblem("contains", "Does the paragraph in view contain the answer to the question?", Boolean())
        )
    return tuple(found)


def supporting(question: Question, named: Sequence[str]) -> Answer:
    """The supporting titles among those that were named."""
    return frozenset(names(question.supporting)) & frozenset(names(named))


def bridge_of(question: Question) -> str | Unknown | None:
    """Title of the entity that links the question to its answer; None where two things are compared.

    It is the supporting title that the other supporting paragraph mentions and the question does not. HotPotQA does not
    mark it; where this rule finds none, or two, nobody knows.
    """
    if question.kind == "comparison":
        return None
    if question.link:
        return question.link
    texts = {paragraph.title: paragraph.text for paragraph in question.paragraphs}
    found = [
        title
        for title in question.supporting
        if not contains(question.text, bare(title))
        and any(contains(texts[other], bare(title)) for other in question.supporting if other != title)
    ]
    return found[0] if len(found) == 1 else Unknown("the data do not say which entity links question and answer")


def bare(title: str) -> str:
    """A title without what is in brackets at its end: texts write ``Mercury`` for ``Mercury (planet)``."""
    return title.rpartition(" (")[0] if title.endswith(")") and " (" in title else title


def bridge(question: Question, named: Sequence[str]) -> Answer | Unknown:
    """The bridge as an answer."""
    found = bridge_of(question)
    if isinstance(found, Unknown):
        return found
    name = folded(found) if found is not None else NO_BRIDGE
    return name if name in names(named) else NO_BRIDGE


def answered(question: Question, paragraph: str) -> Answer | Unknown:
    """Whether the paragraph contains the answer; nobody can say so of yes and no."""
    if normalised(question.answer) in CLOSED:
        return Unknown("yes and no stand in no paragraph")
    return contains(paragraph, question.answer)
