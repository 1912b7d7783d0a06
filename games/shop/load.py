"""Where a catalogue comes from: the generated one, a folder that ``saved`` has written, or files of the original.

A file of the original is its list of products (``items_shuffle*.json``, JSON or JSON lines, also packed with gzip);
what belongs to it is looked for beside it: see ``original``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kibitz.games.game import DataError
from kibitz.games.shop import original, saved
from kibitz.games.shop.catalogue import Catalogue

GENERATED = "generated"


def load(source: str) -> Catalogue:
    """The catalogue of a source, read once in a process and shared.

    Args:
        source: ``generated``, a folder that holds a saved catalogue, or a file or folder in the original's format.

    Raises:
        DataError: There is no such source, or it is no catalogue.
    """
    if source == GENERATED:
        return _generated()
    try:
        path = Path(source).expanduser()
        stamps = tuple(sorted((str(part), *_stamp(part)) for part in (path, *original.parts(path))))
    except (OSError, ValueError, RuntimeError) as error:  # also a zero byte, or the home of nobody
        why = error.strerror if isinstance(error, OSError) else error
        raise DataError(
            f"catalogue {source!r}: cannot be read ({why}); give a folder that `kibitz shop generate` has "
            f'written, a file or folder in the format of WebShop, or "{GENERATED}"'
        ) from error
    return _read(path.resolve(), source, stamps)


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _generated() -> Catalogue:
    from kibitz.games.shop.generate import builtin  # generating takes modules that other catalogues do not need

    return builtin.catalogue()


@lru_cache(maxsize=4)
def _read(path: Path, source: str, stamps: tuple[tuple[str, int, int], ...]) -> Catalogue:
    """The catalogue of a path; times and sizes are there so that what has changed is read again."""
    if saved.is_saved(path):
        return saved.open_catalogue(path, source)
    return original.read(path, source)
