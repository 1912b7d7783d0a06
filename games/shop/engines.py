"""The search engines by name."""

from __future__ import annotations

from collections.abc import Mapping

from kibitz.games.shop import search, tantivy_search
from kibitz.games.shop.catalogue import Catalogue

ENGINES = ("bm25", "tantivy")
"""``bm25`` is the original's ranking; ``tantivy`` ranks otherwise, and is faster to index where products are many."""


def engine(name: str, catalogue: Catalogue) -> search.Engine:
    """The engine of a name, over a catalogue.

    Raises:
        DataError: It is not installed.
    """
    return tantivy_search.index(catalogue) if name == "tantivy" else search.index(catalogue)


def data(name: str) -> Mapping[str, str]:
    """What of an engine belongs to the data of a setting: the version of another library can change results."""
    return {"engine": tantivy_search.version()} if name == "tantivy" else {}
