"""JSON lines: one object a trial, with the same names as the columns of a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from kibitz.results.comparing.trials import Results
from kibitz.results.outside.cells import Cell
from kibitz.results.outside.columns import NEEDED, ReadOptions, meanings, require_needed
from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.rows import Row, results_of


def read_json_lines(path: Path, options: ReadOptions) -> tuple[Results, ...]:
    """The results in a file of JSON lines, one a subject.

    Raises:
        OutsideError: The file cannot be read; the message names the line.
    """
    try:
        with path.open("rb") as file:
            return results_of(str(path), path.stem, _rows(str(path), file, options))
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read ({error.strerror})") from error


def _rows(source: str, file: BinaryIO, options: ReadOptions) -> Iterator[Row]:
    decode = msgspec.json.Decoder(dict[str, object]).decode
    names: dict[frozenset[str], dict[str, str]] = {}
    for number, line in enumerate(file, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            found = decode(text)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise OutsideError(f"{source}, line {number}: is no JSON object ({error})") from error
        keys = frozenset(found)
        if keys not in names:
            # In the order of the line, so that the message does not depend on the order of a set.
            names[keys] = _meanings(f"{source}, line {number}", list(found), options)
        cells = {ours: found[theirs] for theirs, ours in names[keys].items()}
        yield Row(number, {ours: _cell(f"{source}, line {number}", ours, cell) for ours, cell in cells.items()})


def _meanings(where: str, keys: list[str], options: ReadOptions) -> dict[str, str]:
    # A key may be absent in a line where its column would be empty; those that are needed may not.
    wanted = {ours: theirs for ours, theirs in options.columns.items() if theirs in keys or ours in NEEDED}
    names = meanings(where, keys, ReadOptions(wanted, options.scorer))
    require_needed(where, keys, names.values())
    return names


def _cell(where: str, ours: str, cell: object) -> Cell:
    if cell is None or isinstance(cell, str | int | float | bool):
        return cell
    raise OutsideError(f"{where}: {ours} is a list or an object; write text or a number")
