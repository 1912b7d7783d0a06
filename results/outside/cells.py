"""What one cell of a table says: pure functions from what was written to a value, or to what is wrong with it.

Strict on purpose. A score that is guessed from ``85%`` or ``0,5`` is a silent mistake in every figure made from it.
"""

from __future__ import annotations

import math
from typing import get_args

from kibitz.results.failures import Fault

Cell = str | int | float | bool | None

LONGEST = 1000
"""Characters of a name; more is a prompt or a reply in the wrong column."""

WORDS = {"true": 1.0, "false": 0.0, "pass": 1.0, "fail": 0.0}
"""Words that are scores, in any case of letters."""

FAULTS = get_args(Fault)


class CellError(ValueError):
    """A cell cannot be read; the message fits behind the name of the column."""


def empty(cell: Cell) -> bool:
    """Whether nothing was written."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def score(cell: Cell) -> float:
    """A score in 0..1: a number, a boolean, ``pass`` or ``fail``.

    Raises:
        CellError: It is something else.
    """
    if isinstance(cell, str) and (word := WORDS.get(cell.strip().lower())) is not None:
        return word
    value = _number(cell, "a score is a number from 0 to 1, true, false, pass or fail")
    if 1 < value <= 100:
        raise CellError(f"is {cell}, outside 0..1; if the scale is 0 to 100, divide all scores by 100")
    if not 0 <= value <= 1:
        raise CellError(f"is {cell}, outside 0..1; map the scores to that range, 1 being the best")
    return value


def amount(cell: Cell) -> float:
    """A number of at least 0: dollars, seconds.

    Raises:
        CellError: It is something else.
    """
    value = _number(cell, "write a number without unit or currency")
    if value < 0:
        raise CellError(f"is {cell}, below 0")
    return value


def whole(cell: Cell) -> int:
    """A whole number of at least 0: tokens, the number of a trial.

    Raises:
        CellError: It is something else.
    """
    value = _number(cell, "write a whole number")
    if value < 0 or value != int(value) or value > 2**53:
        raise CellError(f"is {cell}, no whole number of at least 0")
    return int(value)


def name(cell: Cell) -> str:
    """A name: text, or a whole number.

    Raises:
        CellError: It is empty, too long, or something else.
    """
    if empty(cell):
        raise CellError("is empty")
    if isinstance(cell, bool | float):
        raise CellError(f"is {cell}; a name is text or a whole number")
    text = str(cell).strip()
    if len(text) > LONGEST:
        raise CellError(f"has {len(text)} characters; a name has at most {LONGEST}, give an id")
    return text


def fault(cell: Cell) -> str:
    """Whose fault a failure is.

    Raises:
        CellError: It is none of the four.
    """
    if cell not in FAULTS:
        raise CellError(f"is {cell!r}; it is one of {', '.join(FAULTS)}")
    return str(cell)


def _number(cell: Cell, wanted: str) -> float:
    if empty(cell):
        raise CellError(f"is empty; {wanted}")
    if isinstance(cell, int | float):  # a boolean is a whole number
        value = float(cell)
    else:
        value = _written(cell, wanted)
    if not math.isfinite(value):
        raise CellError(f"is {cell}, no number; leave it empty where nothing was measured")
    return value


def _written(cell: str | None, wanted: str) -> float:
    text = (cell or "").strip()
    try:
        # What float reads beside numbers as people write them: digits of other scripts, and 1_0.
        if not text.isascii() or "_" in text:
            raise ValueError(text)
        return float(text)
    except ValueError:
        if text.count(",") == 1 and text.replace(",", "").isdigit():
            wanted = "write a point, not a comma"
        shown = text if len(text) <= 40 else text[:40] + "..."
        raise CellError(f"is {shown!r}; {wanted}") from None
