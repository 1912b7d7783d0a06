"""A catalogue as a folder of files that opens at once, however large it is: products are read when they are looked at.

The folder holds ``catalogue.json`` (what there is, and the digest), and for the products and each kind of goals a file
of JSON lines with a file of the places where the lines begin.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar, overload

import msgspec
import numpy as np

from kibitz.games.game import DataError
from kibitz.games.shop.catalogue import Catalogue
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import Product

HEADER = "catalogue.json"
PRODUCTS = "products"
SCHEMA = 1
KEPT = 20_000
"""Records that stay in memory once they were read, of each file."""

T = TypeVar("T", bound=msgspec.Struct)


class Header(msgspec.Struct, frozen=True):
    """What a saved catalogue says of itself.

    Attributes:
        schema: Of the folder.
        name: Where the products come from.
        digest: SHA-256 of all lines of all files, in their order.
        counts: Lines of each file by its name without the ending.
        sizes: Bytes of each file, likewise.
    """

    schema: int
    name: str
    digest: str
    tagger: str
    attribution: str
    counts: dict[str, int]
    sizes: dict[str, int]


class Lines(Sequence[T], Generic[T]):
    """The records of a file of JSON lines, each read when it is asked for.

    Args:
        path: The file.
        starts: Where each line begins, and at the end where the file ends.
        kind: What a line holds.
    """

    def __init__(self, path: Path, starts: np.ndarray, kind: type[T]) -> None:
        self._path, self._starts = path, starts
        self._decode = msgspec.json.Decoder(kind).decode
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if starts[-1] else b""
        self._read = lru_cache(maxsize=KEPT)(self._read_line)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._read(index % len(self))

    def _read_line(self, number: int) -> T:
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        try:
            return self._decode(self._bytes[start:end])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{self._path}: line {number + 1} is broken ({error}); make the catalogue anew") from error


def save(
    folder: Path,
    products: Iterable[Product],
    goals: Mapping[str, Iterable[Goal]],
    *,
    name: str,
    tagger: str,
    attribution: str = "",
) -> Header:
    """Write a catalogue; the same contents give the same bytes.

    Args:
        folder: Is made if it is not there; files of an earlier catalogue are overwritten.
        products: In their order; one at a time is held in memory.
        goals: By kind, in their order.
        name: Where the products come from.
        tagger: What found the nouns of the names.
        attribution: Whom to name with the texts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEADER).unlink(missing_ok=True)  # a catalogue that is half written is none
    hashed, counts, sizes = hashlib.sha256(), {}, {}
    for part, records in [(PRODUCTS, products), *((f"goals-{kind}", goals[kind]) for kind in sorted(goals))]:
        starts = _write(folder / f"{part}.jsonl", records, hashed)
        np.save(folder / f"{part}.starts.npy", starts)
        counts[part], sizes[part] = len(starts) - 1, int(starts[-1])
    header = Header(SCHEMA, name, hashed.hexdigest(), tagger, attribution, counts, sizes)
    (folder / HEADER).write_bytes(msgspec.json.format(msgspec.json.encode(header), indent=2) + b"\n")
    return header


def _write(path: Path, records: Iterable[msgspec.Struct], hashed: hashlib._Hash) -> np.ndarray:
    starts, encoder = [0], msgspec.json.Encoder()
    hashed.update(path.name.encode() + b"\n")
    with path.open("wb") as file:
        for record in records:
            line = encoder.encode(record) + b"\n"
            hashed.update(line)
            file.write(line)
            starts.append(starts[-1] + len(line))
    return np.array(starts, dtype="<u8")


def digest(products: Iterable[Product], goals: Mapping[str, Iterable[Goal]]) -> str:
    """The digest that the same contents have when they are saved."""
    hashed, encoder = hashlib.sha256(), msgspec.json.Encoder()
    for part, records in [(PRODUCTS, products), *((f"goals-{kind}", goals[kind]) for kind in sorted(goals))]:
        hashed.update(f"{part}.jsonl\n".encode())
        for record in records:
            hashed.update(encoder.encode(record) + b"\n")
    return hashed.hexdigest()


def is_saved(path: Path) -> bool:
    """Whether a folder holds a saved catalogue."""
    return (path / HEADER).is_file()


def open_catalogue(folder: Path, source: str) -> Catalogue:
    """The catalogue that a folder holds.

    Raises:
        DataError: A file is missing, broken, or not as long as it was.
    """
    try:
        header = msgspec.json.decode((folder / HEADER).read_bytes(), type=Header)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"catalogue {source!r}: {HEADER} is broken ({error}); make the catalogue anew") from error
    if header.schema != SCHEMA or PRODUCTS not in header.counts:
        raise DataError(f"catalogue {source!r}: its schema {header.schema} is not known here; it is {SCHEMA}")
    return Catalogue(
        name=source,
        digest=header.digest,
        products=_lines(folder, PRODUCTS, header, Product),
        goals={
            part.removeprefix("goals-"): _lines(folder, part, header, Goal)
            for part in header.counts
            if part.startswith("goals-")
        },
        tagger=header.tagger,
        attribution=header.attribution,
    )


def _lines(folder: Path, part: str, header: Header, kind: type[T]) -> Lines[T]:
    path = folder / f"{part}.jsonl"
    try:
        starts = np.load(folder / f"{part}.starts.npy", mmap_mode="r")
        size = path.stat().st_size
        whole = size == header.sizes.get(part) == int(starts[-1]) and len(starts) == header.counts[part] + 1
        if not whole:
            raise ValueError(f"it has {size} bytes, and {HEADER} says {header.sizes.get(part)}")
        return Lines(path, starts, kind)
    except (OSError, ValueError, EOFError, IndexError) as error:
        raise DataError(f"catalogue: {path} is missing or not whole ({error}); make it anew") from error
