"""Searching products: BM25 as Lucene computes it, over an index of numpy arrays that is kept on disk.

Robertson and Zaragoza 2009, "The probabilistic relevance framework", with the settings of the original's index (k1 0.9,
b 0.4) and Lucene 9's arithmetic: no factor (k1 + 1), lengths of texts in one byte, single precision.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kibitz.games.shop import analysis, cache
from kibitz.games.shop.catalogue import Catalogue

K1 = np.float32(0.9)
B = np.float32(0.4)
FOUND = 50
"""As many products as a search finds at most."""

VERSION = 1
"""Of the index on disk; changes with everything that it depends on beside the catalogue."""

_ARRAYS = ("begins", "products", "parts", "order")


class Engine(Protocol):
    """What finds products."""

    def search(self, query: str) -> tuple[int, ...]:
        """Numbers of the products found, best first, at most ``FOUND``."""


class Index:
    """An inverted index.

    Args:
        terms: All terms.
        begins: Where the postings of each term begin, and where the last ones end.
        products: Of each posting the number of the product; rising within a term.
        parts: Of each posting what its weight is divided by, to be taken from the weight: see ``saturation``.
        order: Place of each product among all in the order of their ids, which decides between equal scores.
    """

    def __init__(
        self,
        terms: Sequence[str],
        begins: npt.NDArray[np.int64],
        products: npt.NDArray[np.int32],
        parts: npt.NDArray[np.float32],
        order: npt.NDArray[np.int32],
    ) -> None:
        self._terms = {term: number for number, term in enumerate(terms)}
        # Views of plain arrays: slices of arrays that are mapped into memory take their time.
        self._begins, self._order = begins.tolist(), order.view(np.ndarray)
        self._products, self._parts = products.view(np.ndarray), parts.view(np.ndarray)
        self.search = lru_cache(maxsize=4096)(self._search)

    def __len__(self) -> int:
        return len(self._order)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """The score of each product; 0 where it has no word of the query."""
        total = np.zeros(len(self), dtype=np.float64)
        for term, repeats in Counter(analysis.analysed(query)).items():
            number = self._terms.get(term)
            if number is None:
                continue
            begin, end = self._begins[number], self._begins[number + 1]
            having = end - begin
            rarity = math.log(1 + (len(self) - having + 0.5) / (having + 0.5))
            weight = np.float32(repeats) * np.float32(rarity)
            total[self._products[begin:end]] += weight - weight / self._parts[begin:end]
        return total.astype(np.float32)

    def ranked(self, query: str) -> list[tuple[int, float]]:
        """Numbers and scores, to four decimals, of the products found, best first; equal ones in the order of ids."""
        scores = self.scores(query)
        found = np.flatnonzero(scores)
        if len(found) > FOUND:
            # Ties at the border must be in, so that their ids can decide.
            having = scores[found]
            border = np.partition(having, len(found) - FOUND)[len(found) - FOUND]
            found = found[having >= border - 1e-3]
        rounded = np.round(scores[found].astype(np.float64), 4)
        best = np.lexsort((self._order[found], -rounded))[:FOUND]
        return list(zip(found[best].tolist(), rounded[best].tolist(), strict=True))

    def _search(self, query: str) -> tuple[int, ...]:
        return tuple(number for number, _ in self.ranked(query))


def saturation(
    counts: npt.NDArray[np.int64], products: npt.NDArray[np.int64], lengths: npt.NDArray[np.int32]
) -> npt.NDArray[np.float32]:
    """1 + count / (k1 (1 - b + b length / average)): a term of weight w adds w - w / this to the score.

    Args:
        counts: Of each posting, how often its term stands in the text.
        products: Of each posting, the number of the text.
        lengths: Number of words of each text.
    """
    average = np.float32(lengths.sum(dtype=np.int64) / max(1, len(lengths)))
    one = np.float32(1)
    norms = one / (K1 * ((one - B) + B * quantise(lengths).astype(np.float32) / max(average, one)))
    found: npt.NDArray[np.float32] = one + counts.astype(np.float32) * norms[products]
    return found


def quantise(lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Lengths as Lucene keeps them in one byte: exact below 24, then 24 and the four leading bits of the rest."""
    rest = np.maximum(lengths.astype(np.int64) - 24, 0)
    bits = np.frexp(rest.astype(np.float64))[1]
    shift = np.maximum(bits - 4, 0)
    return np.where(lengths < 24, lengths, 24 + ((rest >> shift) << shift))


def build(texts: Iterable[str], ids: Sequence[str]) -> tuple[list[str], dict[str, npt.NDArray[np.generic]]]:
    """The terms and arrays of an index.

    Args:
        texts: What is searched of each product.
        ids: Of the products, likewise.
    """
    numbers: dict[str, int] = {}
    known: dict[str, tuple[int, ...]] = {}
    pieces, lengths = [], []
    for text in texts:
        found: list[int] = []
        for token in analysis.tokens(text):
            terms = known.get(token)
            if terms is None:
                terms = tuple(numbers.setdefault(term, len(numbers)) for term in analysis.terms(token))
                known[token] = terms
            found.extend(terms)
        pieces.append(np.array(found, dtype=np.int64))
        lengths.append(len(found))
    products = np.repeat(np.arange(len(pieces), dtype=np.int64), lengths)
    keys = np.concatenate(pieces) * len(pieces) + products if pieces else np.zeros(0, dtype=np.int64)
    unique, counts = np.unique(keys, return_counts=True)
    of_term, in_product = np.divmod(unique, max(1, len(pieces)))
    order = np.empty(len(ids), dtype=np.int32)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return list(numbers), {
        "begins": np.searchsorted(of_term, np.arange(len(numbers) + 1)).astype(np.int64),
        "products": in_product.astype(np.int32),
        "parts": saturation(counts, in_product, np.array(lengths, dtype=np.int32)),
        "order": order,
    }


def index(catalogue: Catalogue) -> Index:
    """The index of a catalogue: from the disk if it was made before, else made and kept there."""
    kept = cache.folder() / f"bm25-{VERSION}-{catalogue.digest}"
    try:
        return _opened(kept, len(catalogue.products))
    except (OSError, ValueError, EOFError):
        pass  # there is none, or it is broken
    terms, arrays = build((one.text for one in catalogue.products), [one.asin for one in catalogue.products])
    _keep(kept, terms, arrays)
    return Index(terms, **arrays)  # type: ignore[arg-type]  # of the kinds that build gives them


def _opened(folder: Path, products: int) -> Index:
    terms = (folder / "terms.txt").read_text(encoding="utf-8").split("\n")[:-1]
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
    postings = len(arrays["products"])
    whole = len(arrays["order"]) == products and len(arrays["begins"]) == len(terms) + 1
    if not whole or len(arrays["parts"]) != postings or arrays["begins"][-1] != postings:
        raise ValueError("the parts of the index do not fit")
    return Index(terms, **arrays)


def _keep(folder: Path, terms: Sequence[str], arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Write an index beside its place and move it there, so that it is there whole or not at all."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent))
        try:
            for name in _ARRAYS:
                np.save(beside / f"{name}.npy", arrays[name])
            (beside / "terms.txt").write_text("".join(f"{term}\n" for term in terms), encoding="utf-8", newline="\n")
            if folder.exists():
                shutil.rmtree(folder)  # it could not be opened
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError:
        return  # a folder that cannot be written costs time at the next start, and nothing else
