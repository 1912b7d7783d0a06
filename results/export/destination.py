"""Where an export goes: a new folder that is there whole, or not at all.

Errors::

    ExportError
    ├── DestinationError   the folder is taken, or cannot be written
    └── MissingExtraError  the format needs a library that is not installed
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


class ExportError(Exception):
    """A run cannot be exported; the message says why and what to do."""


class DestinationError(ExportError):
    """The folder is taken, or cannot be written."""


class MissingExtraError(ExportError):
    """The format needs a library that is not installed."""


@contextmanager
def building(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` to write into; it becomes ``out`` at the end of the block, and is removed if that fails.

    Raises:
        DestinationError: ``out`` exists, or it cannot be written.
    """
    if os.path.lexists(out):
        raise DestinationError(f"{out}: exists already; remove it, or choose another -o")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            folder = made / out.name
            folder.mkdir()
            yield folder
            folder.rename(out)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise DestinationError(f"{out}: cannot be written ({error.strerror or error}); choose another -o") from error


def require(module: str, *, extra: str, form: str) -> ModuleType:
    """Import a library of an extra.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"--to {form} needs {module.split('.')[0]}, which is not installed ({error}); "
            f"run: pip install 'kibitz[{extra}]'"
        ) from error
