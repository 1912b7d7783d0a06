"""Searching with tantivy (``pip install 'kibitz[tantivy]'``): another ranking, much faster to index.

Its tokens, its English stems and its BM25 (k1 1.2, b 0.75) are its own, so its results are another setting: on the
original's catalogue the best ten are the same as Lucene's on hardly any query.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from kibitz.games.game import DataError
from kibitz.games.shop import cache
from kibitz.games.shop.catalogue import Catalogue
from kibitz.games.shop.search import FOUND

_TEXT, _NUMBER, _STEMS = "text", "number", "en_stem"
_HEAP = 128_000_000
_WORD = re.compile(r"[^\W_]+")


def version() -> str:
    """The library and its version.

    Raises:
        DataError: It is not installed.
    """
    try:
        return f"tantivy {version_of('tantivy')}"
    except PackageNotFoundError as error:
        raise DataError("engine = \"tantivy\" needs a library: pip install 'kibitz[tantivy]'") from error


class TantivyIndex:
    """An index of tantivy.

    Args:
        index: The library's.
    """

    def __init__(self, index: Any) -> None:  # noqa: ANN401  # the library is optional
        self._index = index
        self._searcher = index.searcher()
        self.search = lru_cache(maxsize=4096)(self._search)

    def _search(self, query: str) -> tuple[int, ...]:
        # Only words, in lower case: nothing that the library's query language gives a meaning.
        words = " ".join(_WORD.findall(query.lower()))
        if not words:
            return ()
        parsed = self._index.parse_query(words, [_TEXT])
        # More than are shown, so that ties at the border do not depend on how the index came about.
        hits = self._searcher.search(parsed, limit=2 * FOUND, count=False).hits
        numbers = self._searcher.fast_field_values(_NUMBER, [address for _, address in hits])
        ranked = sorted(zip((-round(float(score), 4) for score, _ in hits), numbers, strict=True))
        return tuple(int(number) for _, number in ranked[:FOUND])


def index(catalogue: Catalogue) -> TantivyIndex:
    """The index of a catalogue: from the disk if it was made before, else made and kept there.

    Raises:
        DataError: The library is not installed, or the folder of the cache cannot be written.
    """
    kept = cache.folder() / f"{version().replace(' ', '-')}-{catalogue.digest}"
    import tantivy

    if not kept.exists():
        _make(kept, catalogue)
    return TantivyIndex(tantivy.Index.open(str(kept)))


def _make(folder: Path, catalogue: Catalogue) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name=_STEMS, index_option="freq")
    builder.add_unsigned_field(_NUMBER, fast=True)
    schema = builder.build()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent))
    except OSError as error:
        raise DataError(f"the search index cannot be kept in {folder.parent}: {error}") from error
    try:
        writer = tantivy.Index(schema, path=str(beside)).writer(_HEAP, num_threads=1)
        for number, product in enumerate(catalogue.products):
            document = tantivy.Document()
            document.add_text(_TEXT, product.text)
            document.add_unsigned(_NUMBER, number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        if not folder.exists():  # another process may have been faster
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
