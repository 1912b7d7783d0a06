"""Names that come from a file: harmless where they are printed.

A file may come from anybody, and its names are written to terminals, pages and comments. Control characters could drive
a terminal, and those that turn the direction of writing could make a name look like another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from kibitz.results.comparing.trials import Results
from kibitz.results.outside.form import OutsideError

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, changes of direction, halves of characters."""


def require_harmless(results: Results) -> None:
    """Check every name in results.

    Raises:
        OutsideError: One has a character that is not to be printed.
    """
    told = ((trial.task, trial.group, trial.cluster, trial.failed, *trial.scores) for trial in results.trials)
    named = chain.from_iterable((*results.conditions.items(), *results.identity.items()))
    _require(results.source, chain([results.subject], chain.from_iterable(told), named))


def require_harmless_header(source: str, header: Iterable[str]) -> None:
    """Check the names of the columns.

    Raises:
        OutsideError: One has a character that is not to be printed.
    """
    _require(source, header)


def _require(source: str, names: Iterable[str]) -> None:
    for name in names:
        if UNSAFE.search(name):
            raise OutsideError(
                f"{source}: the name {name[:60]!a} has a control character or a line break; give it a plain one"
            )
