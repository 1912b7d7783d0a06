"""The action space as data: what may be done, and the one way to read an action out of text.

The same ``Actions`` object serves parsing, merging, voting, guards, grammars and choice constraints, so that no two
parts can disagree on what an action is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

LONGEST_ACTION = 400
"""Characters; a longer text is no action of any game and is refused before any pattern looks at it."""


@dataclass(frozen=True, slots=True)
class Illegal:
    """A text that is not an action here, and why, in words that an agent can act on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """An open family of actions: a regular expression on the canonical text, and how to write one.

    The expression matches the legal actions of the family and nothing else. It meets hostile texts of up to
    ``LONGEST_ACTION`` characters: no nested repetition.

    Attributes:
        regex: What the whole canonical text must match.
        hint: How to write one, such as ``raise to N (4 to 99)``.
        samples: Canonical keys of the family from which a random player draws: all of them where that is feasible.
        verbatim: What is written counts as it is, blanks and capitals included, such as a query for a search engine:
            only outer blanks and wrapping marks are removed, and the group ``verb`` of the expression, which is found
            in any case, is put into lower case.
    """

    regex: str
    hint: str
    samples: tuple[str, ...] = ()
    verbatim: bool = False

    def read(self, written: str, folded_: str) -> str | None:
        """The canonical key of an action of the family; None where the text is none.

        Args:
            written: The text without outer blanks and wrapping marks.
            folded_: The same, folded as ``Actions.read`` says.
        """
        if not self.verbatim:
            return folded_ if re.fullmatch(self.regex, folded_) else None
        found = re.fullmatch(self.regex, written, re.IGNORECASE)
        if found is None:
            return None
        verb = slice(*found.span("verb")) if "verb" in found.re.groupindex else slice(0, 0)
        return written[: verb.start] + written[verb].lower() + written[verb.stop :]


@dataclass(frozen=True, slots=True)
class Actions:
    """The legal actions of one seat at one moment.

    Attributes:
        listed: Canonical keys, in a fixed order (the game's own: rows, columns, ...).
        open: Families that cannot be listed, such as a search query.
    """

    listed: tuple[str, ...] = ()
    open: tuple[Pattern, ...] = ()

    def read(self, text: str) -> str | Illegal:
        """Return the canonical key of the action that ``text`` names, or why it names none.

        Case (of ASCII letters), outer blanks, runs of blanks, blanks beside commas, one pair of ``**`` around the whole
        and one pair of quotes, back-ticks or brackets within that are not significant; in ``verbatim`` families only
        the wrapping is not. Nothing else is repaired: no look-alike characters, no search inside a sentence, no
        choice among several actions.
        """
        if text in self.listed:
            return text
        if len(text) > LONGEST_ACTION:
            return Illegal(f"the action is {len(text)} characters long")
        written = unwrapped(text)
        key = folded(written)
        if not key:
            return Illegal("the action is empty")
        if key in self.listed:
            return key
        for pattern in self.open:
            if (found := pattern.read(written, key)) is not None:
                return found
        return Illegal(f"{shown(text)} is not a legal action here; {self.describe()}")

    def draw(self, rng: Random) -> str | None:
        """Return a random legal action, or None where no action is known.

        Each listed action and each family is equally likely, and so is each sample of a family: a family of a hundred
        raises does not drown a fold.
        """
        families = [pattern.samples for pattern in self.open if pattern.samples]
        place = rng.randrange(count) if (count := len(self.listed) + len(families)) else None
        if place is None:
            return None
        return self.listed[place] if place < len(self.listed) else rng.choice(families[place - len(self.listed)])

    def describe(self, limit: int = 12) -> str:
        """Say in one clause what is legal: at most ``limit`` listed actions, and the hints of the open ones."""
        names = list(self.listed[:limit]) + (["..."] if len(self.listed) > limit else [])
        names += [pattern.hint for pattern in self.open]
        return "legal: " + on_one_line(names) if names else "no action is legal"

    def told(self) -> tuple[str, ...]:
        """All listed actions, then the hints of the open families: what a player is told to be legal."""
        return (*self.listed, *(pattern.hint for pattern in self.open))


def on_one_line(names: Sequence[str]) -> str:
    """Names parted by blanks, or by semicolons where a name holds a blank."""
    return ("; " if any(" " in name for name in names) else " ").join(names)


_WRAPPERS = {"(": ")", "[": "]", '"': '"', "'": "'", "`": "`", "<": ">"}


def canonical(text: str) -> str:
    """Return ``text`` in lower case with insignificant blanks and wrapping marks removed, as ``Actions.read`` says."""
    return folded(unwrapped(text))


def unwrapped(text: str) -> str:
    """Return ``text`` without outer blanks, one pair of ``**``, and one pair of quotes, back-ticks or brackets."""
    text = text.strip()
    if len(text) > 4 and text.startswith("**") and text.endswith("**"):
        text = text[2:-2].strip()
    if len(text) > 1 and _WRAPPERS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def folded(text: str) -> str:
    """Return ``text`` in lower case with insignificant blanks removed, wrapping marks kept."""
    # Only ASCII letters are folded: a look-alike from another alphabet must not turn into a legal action.
    text = re.sub(r"[A-Z]+", lambda m: m[0].lower(), text.strip())
    return re.sub(r" ?, ?", ",", re.sub(r"[ \t\r\n]+", " ", text))


def shown(text: str, limit: int = 60) -> str:
    """Return ``text`` quoted on one line, shortened to about ``limit`` characters, safe for messages and prompts."""
    text = text if len(text) <= limit else text[:limit] + "..."
    return ascii(text)
