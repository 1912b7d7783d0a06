"""Which form a file of results has, told by its content.

The suffix decides nothing: an exported ``.txt`` may be CSV, and a ``.json`` may be an Inspect log or JSON lines.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from kibitz.results.comparing.baseline import KIND

ACCEPTED = (
    "accepted are a run folder, a baseline file, CSV or JSON lines with task and score, an Inspect log, and JUnit XML"
)
HEAD = 65_536
"""Bytes that are looked at."""

_FOREIGN = (
    (b"SQLite format 3\x00", "an SQLite file; of a Kibitz run, name the folder"),
    (b"PAR1", "a Parquet file; export it as CSV"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"%PDF", "a PDF file"),
)
"""How files begin that are often given by mistake, and what to say of them."""


class Form(StrEnum):
    """The forms in which results can be read."""

    RUN = "a run folder"
    BASELINE = "a baseline file"
    CSV = "CSV"
    JSON_LINES = "JSON lines"
    INSPECT = "an Inspect log"
    JUNIT = "JUnit XML"


class OutsideError(ValueError):
    """A file holds no results that can be read; the message says what was seen, and what to do."""


def recognise(path: Path) -> Form:
    """The form of what lies at ``path``.

    Raises:
        OutsideError: There is nothing, or nothing that can be read.
    """
    try:
        if path.is_dir():
            return Form.RUN
        if path.exists() and not path.is_file():
            raise OutsideError(f"{path}: is no regular file; save the results to one first")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        said = "there is no such file or folder" if isinstance(error, FileNotFoundError) else error.strerror
        raise OutsideError(f"{path}: {said}; {ACCEPTED}") from error
    for begin, seen in _FOREIGN:
        if head.startswith(begin):
            raise OutsideError(f"{path}: is {seen}; {ACCEPTED}")
    if head.startswith(b"PK\x03\x04"):
        return Form.INSPECT
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise OutsideError(f"{path}: is empty; {ACCEPTED}")
    if b"\x00" in head:
        raise OutsideError(f"{path}: is no text; {ACCEPTED}")
    if text.startswith(b"{"):
        return _json(path, text)
    if text.startswith(b"["):
        raise OutsideError(f'{path}: is one JSON array; write one object a line, as "jq -c .[]" does')
    if text.startswith(b"<"):
        return _markup(path, text)
    return Form.CSV


def _json(path: Path, text: bytes) -> Form:
    line, ended, _ = text.partition(b"\n")
    try:
        first = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeError):
        if b'"eval"' in text and b'"status"' in text:
            return Form.INSPECT
        if line.rstrip().endswith(b"}") or (not ended and len(text) > HEAD // 2):
            return Form.JSON_LINES  # a line with a mistake, which is told with its number; or one that is long
        raise OutsideError(
            f"{path}: begins like JSON, but its first line is no whole object; write one object a line; {ACCEPTED}"
        ) from None
    if bytes(first.get("kind", b"")) == msgspec.json.encode(KIND):
        return Form.BASELINE
    return Form.INSPECT if {"eval", "status", "version"} <= first.keys() else Form.JSON_LINES


def _markup(path: Path, text: bytes) -> Form:
    begin = text[:200].lower()
    if begin.startswith((b"<!doctype html", b"<html")):
        raise OutsideError(f"{path}: is an HTML page; of a Kibitz run, name the folder; {ACCEPTED}")
    return Form.JUNIT
