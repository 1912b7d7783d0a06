"""A store of paragraphs that is searched by title.

A title that is asked for exactly (in any case, whatever its punctuation) is found; for any other query the five nearest
titles are named. Nearest: most shared words, rare words first; what shares no word is ordered by its spelling.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from kibitz.games.qa.question import Paragraph

SIMILAR = 5
"""Titles that are named where nothing was found."""

LONGEST_QUERY = 300
"""Characters of a query that are compared; a title has fewer."""


def plain(title: str) -> str:
    """A title as it is compared: lower case, letters and digits only, single blanks."""
    return " ".join(re.findall(r"\w+", title.casefold()))


class Docstore:
    """Paragraphs by title; the first of several with the same title is kept.

    Args:
        paragraphs: What can be found.
    """

    def __init__(self, paragraphs: Iterable[Paragraph]) -> None:
        self._exact: dict[str, Paragraph] = {}
        self._plain: dict[str, Paragraph] = {}
        for paragraph in paragraphs:
            if paragraph.title.casefold() not in self._exact:
                self._exact[paragraph.title.casefold()] = paragraph
                self._plain.setdefault(plain(paragraph.title), paragraph)
        self._titles = [paragraph.title for paragraph in self._exact.values()]
        self._spelled = [plain(title) for title in self._titles]
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._spelled):
            for word in dict.fromkeys(words.split()):
                self._holding[word].append(number)
        self.similar = lru_cache(maxsize=4096)(self._similar)

    def __len__(self) -> int:
        """How many paragraphs there are."""
        return len(self._titles)

    def find(self, title: str) -> Paragraph | None:
        """The paragraph of that title, by its exact text (in any case) or else by its words; None if there is none."""
        return self._exact.get(title.strip().casefold()) or self._plain.get(plain(title[:LONGEST_QUERY]))

    def _similar(self, query: str) -> tuple[str, ...]:
        """The titles nearest to a query, nearest first; equally near ones in the order of the store."""
        asked = plain(query[:LONGEST_QUERY])
        weights: defaultdict[int, float] = defaultdict(float)
        for word in set(asked.split()) & self._holding.keys():
            rare = math.log(1 + len(self._titles) / len(self._holding[word]))
            for number in self._holding[word]:
                weights[number] += rare
        # Of titles that share the same words, the shorter is the nearer.
        near = sorted(weights, key=lambda n: (-round(weights[n], 9), len(self._spelled[n]), n))[:SIMILAR]
        if len(near) < SIMILAR:
            rest = {n: self._spelled[n] for n in range(len(self._titles)) if n not in weights}
            near += [n for _, _, n in process.extract(asked, rest, scorer=fuzz.ratio, limit=SIMILAR - len(near))]
        return tuple(self._titles[n] for n in near)
