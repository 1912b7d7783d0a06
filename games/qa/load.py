"""Where questions come from: generated ones, files in the format of HotPotQA, or a data set of the hub.

Files are JSON (a list of questions) or JSON lines, also packed with gzip: the official releases with ``context`` and
``supporting_facts`` as lists of pairs, or as columns, the way the hub's data set has them. Parquet files, folders that
``datasets`` has saved, and the hub are read by that library.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from kibitz.games.actions import shown
from kibitz.games.game import DataError
from kibitz.games.qa import world
from kibitz.games.qa.question import LEVELS, Paragraph, Question, QuestionSet

GENERATED = "generated"
PRACTICE = "practice:"
"""Generated questions about another world, for worked examples; also what begins the names of such tasks."""
HUB = "hub:"
HUB_DEFAULT = ("hotpotqa/hotpot_qa", "distractor", "validation")
ATTRIBUTION = "HotpotQA (Yang et al., EMNLP 2018), CC BY-SA 4.0"

Record = Mapping[str, Any]


def load(source: str) -> QuestionSet:
    """The questions of a source, read once in a process.

    Args:
        source: ``generated``, a file or folder, or ``hub:NAME:CONFIG:SPLIT`` (``hub:`` alone for HotPotQA's own).

    Raises:
        DataError: There is no such source, or it is no question set.
    """
    if source in (GENERATED, PRACTICE):
        return _generated(source)
    if source.startswith(HUB):
        return _hub(source)
    path = Path(source).expanduser()
    try:
        stamp = path.stat()
    except OSError as error:
        raise DataError(
            f"questions {source!r}: cannot be read ({error.strerror}); give a file in HotPotQA's format, "
            f'"{GENERATED}", or "{HUB}" for the hub'
        ) from error
    return _file(path.resolve(), source, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _generated(source: str) -> QuestionSet:
    made = world.questions() if source == GENERATED else world.questions(PRACTICE, world.PRACTISED)
    return QuestionSet(source, {one.id: one for one in made})


@lru_cache(maxsize=8)
def _file(path: Path, source: str, changed: int, size: int) -> QuestionSet:
    """The questions of a file; time and size are there so that a changed file is read again."""
    records = _with_datasets(path, source) if path.is_dir() or path.suffix == ".parquet" else _json(path, source)
    return _set(source, records)


@lru_cache(maxsize=2)
def _hub(source: str) -> QuestionSet:
    parts = [part for part in source.removeprefix(HUB).split(":") if part]
    name, config, split = (*parts, *HUB_DEFAULT[len(parts) :])[:3]
    try:
        found = _datasets(source).load_dataset(name, config, split=split)
    except Exception as error:  # whatever the library, its network or its cache raises
        raise DataError(
            f"questions {source!r}: the hub's {name} ({config}, {split}) cannot be had: {_first_line(error)}; "
            "without a network, give a file"
        ) from error
    return _set(source, found)


def _with_datasets(path: Path, source: str) -> Iterable[object]:
    library = _datasets(source)
    try:
        found = library.load_from_disk(str(path)) if path.is_dir() else library.Dataset.from_parquet(str(path))
    except Exception as error:  # the library's errors have no common class
        raise DataError(f"questions {source!r}: datasets cannot read it: {_first_line(error)}") from error
    if not isinstance(found, library.Dataset):
        raise DataError(f"questions {source!r}: it holds several splits ({', '.join(found)}); name the folder of one")
    return found  # type: ignore[no-any-return]  # the library is optional


def _datasets(source: str) -> ModuleType:
    try:
        import datasets
    except ImportError as error:
        raise DataError(f"questions {source!r}: install what reads it: pip install 'kibitz[export]'") from error
    found: ModuleType = datasets
    return found


def _first_line(error: Exception) -> str:
    return shown((str(error).strip() or type(error).__name__).splitlines()[0], 200)


def _json(path: Path, source: str) -> Iterator[object]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"questions {source!r}: cannot be read or unpacked ({error}); is the file whole?") from error
    except UnicodeDecodeError as error:
        raise DataError(f"questions {source!r}: is no text in UTF-8 (byte {error.start})") from error
    if text.lstrip()[:1] == "[":
        whole = _parsed(text, source, "")
        assert isinstance(whole, list), "a text that begins with [ is a list, if it is JSON"
        yield from whole
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _parsed(line, source, f" line {number}:")


def _parsed(text: str, source: str, where: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DataError(f"questions {source!r}:{where} is no JSON ({error}); is the file whole?") from error


# -- records ----------------------------------------------------------------------------------------------------------


def _set(source: str, records: Iterable[object]) -> QuestionSet:
    found: dict[str, Question] = {}
    for number, record in enumerate(records, 1):
        where = f"questions {source!r}: question {number}"
        try:
            one = _question(record)
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{where}: {_complaint(error)}") from error
        if one.id in found:
            raise DataError(f"{where}: the id {shown(one.id)} occurs twice")
        found[one.id] = one
    if not found:
        raise DataError(f"questions {source!r}: holds no question")
    return QuestionSet(source, found, ATTRIBUTION)


def _complaint(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"the field {error.args[0]} is missing"
    return str(error)


def _question(record: object) -> Question:
    """A record as a question.

    Raises:
        KeyError: A field is missing.
        TypeError: A field is of another kind.
        ValueError: A field has an impossible value.
    """
    if not isinstance(record, Mapping):
        raise TypeError("is no object")
    level, kind = record.get("level") or "", record["type"]
    if kind not in ("bridge", "comparison"):
        raise ValueError(f"type = {shown(str(kind))} is neither bridge nor comparison")
    if level not in ("", *LEVELS):
        raise ValueError(f"level = {shown(str(level))} is none of {', '.join(LEVELS)}")
    paragraphs = tuple(Paragraph(title, sentences) for title, sentences in _context(record["context"]))
    titles = {paragraph.title for paragraph in paragraphs}
    supporting = tuple(dict.fromkeys(_supporting(record["supporting_facts"])))
    if not supporting or not titles.issuperset(supporting):
        raise ValueError("a supporting title is not among the paragraphs, or there is none")
    return Question(
        id=_text(record, "_id" if "_id" in record else "id"),
        text=_text(record, "question"),
        answer=_text(record, "answer"),
        kind=kind,
        level=level,
        supporting=supporting,
        paragraphs=paragraphs,
    )


def _text(record: Record, name: str) -> str:
    value = record[name]
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{name} = {shown(str(value))} is no text")
    return value.strip()


def _context(context: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Title and sentences of each paragraph, from a list of pairs or from columns."""
    for title, sentences in _rows(context, "title", "sentences", "context"):
        if not isinstance(title, str) or not title.strip() or not isinstance(sentences, list):
            raise TypeError("context holds something else than titles with lists of sentences")
        if not all(isinstance(sentence, str) for sentence in sentences):
            raise TypeError("context holds something else than titles with lists of sentences")
        yield title.strip(), tuple(sentences)


def _supporting(facts: object) -> Iterator[str]:
    for title, _ in _rows(facts, "title", "sent_id", "supporting_facts"):
        if not isinstance(title, str):
            raise TypeError("supporting_facts holds something else than titles with numbers of sentences")
        yield title.strip()


def _rows(value: object, first: str, second: str, name: str) -> Iterator[tuple[object, object]]:
    if isinstance(value, Mapping):
        columns = value[first], value[second]
        if not all(isinstance(column, list) for column in columns) or len(columns[0]) != len(columns[1]):
            raise TypeError(f"the columns of {name} are not lists of the same length")
        yield from zip(*columns, strict=True)
        return
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == 2 for row in value):
        raise TypeError(f"{name} is neither a list of pairs nor an object of columns")
    yield from ((row[0], row[1]) for row in value)
