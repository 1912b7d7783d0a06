"""Rules of thumb for finding an answer: what a question names, and what to do next with what was found.

No reading, only the shape of the text: words that begin with a capital letter are names. What plays by it is an anchor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kibitz.games.qa.docstore import plain
from kibitz.games.qa.question import Paragraph

_NAME = re.compile(r"[A-Z0-9][\w'.&-]*(?: (?:(?:of|the|and|de|la|van|von|in) )?[A-Z0-9][\w'.&-]*)*")
_NO_NAMES = frozenset(("the", "he", "she", "it", "they", "its", "his", "her", "their", "this", "these", "there"))
_SENTENCE_END = re.compile(r"(?<=\w{3})\. ")  # and not the dot of St. or J.
_ASKING = ("who", "what", "which", "when", "where", "why", "how", "whose", "whom")
_HELPING = ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had")
_JOINING = ("in", "on", "at", "of", "for", "from", "to", "by", "the", "a", "an", "between", "both", "and")
_LEADING = frozenset((*_ASKING, *_HELPING, *_JOINING))
_DULL = _LEADING | {"its", "his", "her", "their", "this", "that", "these", "those", "with", "not", "been", "than"}
_ASKS_YES_OR_NO = re.compile(rf"(?:{'|'.join(_HELPING)})\b", re.IGNORECASE)
_EITHER = re.compile(r",? or ", re.IGNORECASE)


@lru_cache(maxsize=1024)
def names(text: str) -> tuple[str, ...]:
    """What a text names, longest first, each once: runs of words with capitals, without a leading question word."""
    found = []
    for part in (part for run in _NAME.findall(text) for part in _SENTENCE_END.split(run)):
        words = part.rstrip(".").split(" ")
        while words and words[0].lower() in _LEADING - {"the"}:
            words = words[1:]
        if any(len(word) > 1 and word.lower() not in _NO_NAMES for word in words):
            found.append(" ".join(words))
    return tuple(sorted(dict.fromkeys(found), key=lambda name: (-len(name.split()), -len(name), name)))


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    """The words of a text that say something, in order, each once; the text's first word if none does."""
    every = re.findall(r"[\w'-]+", text)
    telling = tuple(dict.fromkeys(word for word in every if len(word) > 2 and word.lower() not in _DULL))
    return telling or tuple(every[:1]) or ("answer",)


def choose(question: str, actions: Sequence[str], named: Sequence[str], page: Paragraph | None, left: int) -> str:
    """What to do next.

    Args:
        question: The question.
        actions: What was done so far.
        named: Titles that were named so far.
        page: The paragraph in view.
        left: Actions that are left.
    """
    if left > 1:
        done = {plain(action) for action in actions}
        for title in _worth_opening(question, named, page):
            action = f"search[{title}]"
            if plain(action) not in done:
                return action
    return f"finish[{answer(question, page)}]"


def _worth_opening(question: str, named: Sequence[str], page: Paragraph | None) -> list[str]:
    """First what the question names, then named titles that it mentions, then what the page in view names."""
    asked = plain(question)
    mentioned = [title for title in named if plain(title) and plain(title) in asked]
    leads = [title for title in names(page.text) if plain(title) != plain(page.title)][:3] if page is not None else []
    found = dict.fromkeys((*names(question), *mentioned, *leads))
    return [title for title in found if "[" not in title and "]" not in title and len(title) <= 300]


def answer(question: str, page: Paragraph | None) -> str:
    """A guess: no where yes or no is asked, the first of two alternatives, else what the page in view is about."""
    if _EITHER.search(question) and (choices := names(question)):
        return choices[0]
    if _ASKS_YES_OR_NO.match(question):
        return "no"
    if page is None:
        return "unknown"
    return " ".join(re.sub(r"[\[\]\n]", " ", page.title).split())[:300] or "unknown"
