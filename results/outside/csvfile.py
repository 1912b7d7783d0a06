"""CSV: a header and one row a trial; the delimiter is a comma, a semicolon or a tab."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from kibitz.results.comparing.trials import Results
from kibitz.results.outside.columns import ReadOptions, meanings, require_needed
from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.rows import Row, results_of

DELIMITERS = (",", ";", "\t")


def read_csv(path: Path, options: ReadOptions) -> tuple[Results, ...]:
    """The results in a CSV file, one a subject.

    Raises:
        OutsideError: The file cannot be read; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return results_of(str(path), path.stem, _rows(str(path), file, options))
    except UnicodeDecodeError as error:
        raise OutsideError(f"{path}: is not UTF-8 text (byte {error.start} of a part); save it as UTF-8") from error
    except OSError as error:
        raise OutsideError(f"{path}: cannot be read ({error.strerror})") from error


def _rows(source: str, file: Iterator[str], options: ReadOptions) -> Iterator[Row]:
    above, first = next(((above, line) for above, line in enumerate(file, 1) if _says_something(line)), (0, ""))
    delimiter = _delimiter(first)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    if twice := [name for i, name in enumerate(header) if name and name in header[:i]]:
        raise OutsideError(f"{source}: the header has the column {twice[0]!r} twice; rename one of them")
    names = meanings(source, [name for name in header if name], options)
    require_needed(source, header, names.values())
    ours = [names.get(name) for name in header]
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not any(map(str.strip, row)):
                continue
            line = reader.line_num + above
            if len(row) != len(header):
                raise OutsideError(
                    f"{source}, line {line}: has {len(row)} cells, and the header {len(header)}; "
                    "put text that holds the delimiter into double quotes"
                )
            yield Row(line, {name: cell for name, cell in zip(ours, row, strict=True) if name is not None})
    except csv.Error as error:
        raise OutsideError(f"{source}, line {reader.line_num + above}: is no CSV ({error})") from error


def _says_something(line: str) -> bool:
    """Whether a line can be the header: neither empty nor Excel's note of the delimiter, which the header tells too."""
    return re.fullmatch(r"sep=[,;\t]", line.strip(" \r\n"), re.IGNORECASE) is None and bool(line.strip())


def _delimiter(header: str) -> str:
    """The delimiter that splits the header into most cells; a comma where none does."""
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark))))
