"""``kibitz shop generate`` and ``kibitz shop save``: write a catalogue, invented or read, and warm its search index."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from kibitz.games.shop import saved, search
from kibitz.games.shop.catalogue import Catalogue
from kibitz.games.shop.generate.generation import TAGGER, Generation
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.load import load
from kibitz.games.shop.product import Product
from kibitz.harness.commands.output import json_line
from kibitz.harness.errors import DONE, UsageError


def main(args: argparse.Namespace) -> int:
    """Write a catalogue; the last line says what it is."""
    folder = Path(args.out)
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder}: is there already; name a folder that is not with -o")
    return _save(folder, args) if args.what == "save" else _generate(folder, args)


def _generate(folder: Path, args: argparse.Namespace) -> int:
    generation = Generation(args.products, args.seed, _Said(args.products))
    name = f"kibitz shop generate --products {args.products} --seed {args.seed}"
    header = write(folder, generation.products(), generation.goals(), name=name, tagger=TAGGER)
    return _told(folder, header, levels=generation.levels(), seed=args.seed)


def _save(folder: Path, args: argparse.Namespace) -> int:
    found: Catalogue = load(args.source)
    name, tagger = f"kibitz shop save {Path(args.source).name}", found.tagger
    header = write(folder, found.products, found.goals, name=name, tagger=tagger, attribution=found.attribution)
    return _told(folder, header, tagger=tagger)


def _told(folder: Path, header: saved.Header, **more: object) -> int:
    """Warm the index and say what was written."""
    _say("indexing")
    search.index(load(str(folder)))
    counts = {part.removeprefix("goals-"): count for part, count in header.counts.items() if part != saved.PRODUCTS}
    written = {
        "catalogue": str(folder),
        "digest": header.digest,
        "products": header.counts[saved.PRODUCTS],
        "goals": counts,
        "bytes": sum(header.sizes.values()),
    }
    print(json_line({**written, **more}))
    return DONE


def write(
    folder: Path,
    products: Iterable[Product],
    goals: Mapping[str, Iterable[Goal]],
    *,
    name: str,
    tagger: str,
    attribution: str = "",
) -> saved.Header:
    """Write a catalogue beside its place, and move it there when it is whole; the arguments are those of ``save``.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            beside.chmod(0o755)  # a temporary folder is its owner's alone
            header = saved.save(beside, products, goals, name=name, tagger=tagger, attribution=attribution)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}); name another folder with -o") from error
    return header


class _Said:
    """Says how many products there are, each time another tenth is there."""

    def __init__(self, count: int) -> None:
        self._count, self._tenths = count, 0

    def __call__(self, made: int) -> None:
        if made * 10 >= (self._tenths + 1) * self._count:
            self._tenths = made * 10 // self._count
            _say(f"{made} of {self._count} products")


def _say(text: str) -> None:
    print(f"kibitz: {text}", file=sys.stderr, flush=True)
