"""Files of the original WebShop as a catalogue, by the original's own rules (Yao et al. 2022; web_agent_site/engine).

The list of products is ``items_shuffle*.json``. Beside it, or in the folder that is named: ``items_ins_v2*.json`` with
attributes and synthetic instructions, and ``items_human_ins.json`` with instructions written by people. A list of
products that holds these fields itself (``Attributes``, ``options``, ``instructions``) needs no other file for them.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product as combinations
from math import isfinite
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from kibitz.games.actions import shown
from kibitz.games.game import DataError
from kibitz.games.shop import nouns
from kibitz.games.shop.catalogue import HUMAN, SYNTHETIC, Catalogue
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.product import DUMMY_ATTRIBUTE, Product, prices
from kibitz.games.shop.saved import digest

PRODUCTS = ("items_shuffle*.json*", "products*.jsonl*")
ATTRIBUTES = "items_ins_v2*.json*"
INSTRUCTIONS = "items_human_ins*.json*"
LONGEST_ID = 10
SHUFFLED_BY = 233
"""The seed with which the original shuffles its goals, after all else is drawn."""

ATTRIBUTION = "WebShop (Yao et al., NeurIPS 2022), MIT; product texts belong to their authors"

Record = Mapping[str, Any]


def parts(path: Path) -> Iterator[Path]:
    """The files that a catalogue at this path can be read from."""
    for pattern in (*PRODUCTS, ATTRIBUTES, INSTRUCTIONS):
        yield from (path if path.is_dir() else path.parent).glob(pattern)


def read(path: Path, source: str) -> Catalogue:
    """The catalogue of a list of products and the files beside it.

    Raises:
        DataError: A file is broken, or of another kind; the message names the file and the product.
    """
    listed, attributes, instructions = _files(path, source)
    instructed = {} if attributes is None else _object(attributes)
    human = {} if instructions is None else _object(instructions)
    products: list[Product] = []
    goals: dict[str, list[Goal]] = {SYNTHETIC: [], HUMAN: []}
    seen: set[str] = set()
    for number, record in enumerate(_records(listed), 1):
        with _complaining(listed, f"product {number}"):
            one = _product(record)
            msgspec.json.encode(one)  # what cannot be written is told here, with the product's number
        if one is None or one.asin in seen:
            continue
        seen.add(one.asin)
        place, told = len(products), instructed.get(one.asin) or {}
        with _complaining(attributes or listed, one.asin):
            if one.attributes == (DUMMY_ATTRIBUTE,) and told.get("attributes") is not None:
                one = msgspec.structs.replace(one, attributes=_texts(told["attributes"], "attributes"))
            goals[SYNTHETIC] += _writable(_synthetic(place, one, told))
        with _complaining(instructions or listed, one.asin):
            tasks = human.get(one.asin) or record.get("instructions") or ()
            goals[HUMAN] += _writable(_human(place, one, tasks))
        products.append(one)
    if not products:
        raise DataError(f"{listed}: holds no product")
    tagged, tagger = nouns.tag([one.name for one in products])
    whole = tuple(msgspec.structs.replace(one, nouns=found) for one, found in zip(products, tagged, strict=True))
    ordered = {kind: _shuffled(found) for kind, found in goals.items() if found}
    return Catalogue(source, digest(whole, ordered), whole, ordered, tagger, ATTRIBUTION)


def _shuffled(goals: Sequence[Goal]) -> tuple[Goal, ...]:
    """Goals in the order in which the original numbers them."""
    found = list(goals)
    Random(SHUFFLED_BY).shuffle(found)
    return tuple(found)


# -- files -------------------------------------------------------------------------------------------------------------


def _files(path: Path, source: str) -> tuple[Path, Path | None, Path | None]:
    listed = path
    if path.is_dir():
        found = next((found for pattern in PRODUCTS if (found := sorted(path.glob(pattern)))), [])
        if len(found) != 1:
            what = (
                f"several lists of products ({', '.join(one.name for one in found)}); name one"
                if found
                else ("no list of products (items_shuffle.json), and no catalogue.json")
            )
            raise DataError(f"catalogue {source!r}: the folder holds {what}")
        listed = found[0]
    return listed, _beside(listed, ATTRIBUTES), _beside(listed, INSTRUCTIONS)


def _beside(listed: Path, pattern: str) -> Path | None:
    """The file that belongs to a list: ``items_ins_v2_1000.json`` to ``items_shuffle_1000.json``, else the only one."""
    found = sorted(listed.parent.glob(pattern))
    same = [one for one in found if _size(one) == _size(listed)]
    chosen = same if len(found) > 1 else found
    if len(found) > 1 and len(same) != 1:
        names = ", ".join(one.name for one in found)
        raise DataError(f"{listed}: which of {names} belongs to it? Keep one in the folder")
    return chosen[0] if chosen else None


def _size(path: Path) -> str:
    """The number at the end of a name such as ``items_shuffle_1000.json``; empty where there is none."""
    size = path.name.split(".")[0].rpartition("_")[2]
    return size if size.isdigit() else ""


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read or unpacked ({error}); is the file whole?") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is no text in UTF-8 (byte {error.start})") from error


def _parsed(text: str, path: Path, where: str = "") -> Any:  # noqa: ANN401  # whatever the file holds
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}:{where} is no JSON ({error}); is the file whole?") from error


def _object(path: Path) -> Mapping[str, Any]:
    found = _parsed(_text(path), path)
    if not isinstance(found, dict):
        raise DataError(f"{path}: is no object of records by the id of the product")
    return found


def _records(path: Path) -> Iterator[Record]:
    text = _text(path)
    if text.lstrip()[:1] == "[":
        records = _parsed(text, path)
    else:
        lines = enumerate(text.split("\n"), 1)  # splitlines would also part a text at U+2028
        records = (_parsed(line, path, f" line {number}:") for number, line in lines if line.strip())
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise DataError(f"{path}: product {number} is no object")
        yield record


# -- records -----------------------------------------------------------------------------------------------------------


@contextmanager
def _complaining(path: Path, what: str) -> Iterator[None]:
    """Say which file and which record it was that could not be read."""
    try:
        yield
    except KeyError as error:
        raise DataError(f"{path}: {what}: the field {error.args[0]} is missing") from error
    except UnicodeEncodeError as error:
        raise DataError(f"{path}: {what}: half of a surrogate pair in {shown(ascii(error.object))}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: {what}: {error}") from error


def _product(record: Record) -> Product | None:
    """A record as a product; None where the original leaves it out."""
    asin = _str(record, "asin")
    if asin == "nan" or len(asin) > LONGEST_ID:
        return None
    bullets = record.get("small_description") or ()
    images, ready = record.get("images") or ("",), record.get("Attributes")
    return Product(
        asin=asin,
        name=_str(record, "name"),
        category=_str(record, "category"),
        query=_str(record, "query").lower().strip(),
        product_category=_str(record, "product_category"),
        description=_str(record, "full_description"),
        bullets=(bullets,) if isinstance(bullets, str) else _texts(bullets, "small_description"),
        pricing=_pricing(record.get("pricing")),
        options=_options(record),
        attributes=(DUMMY_ATTRIBUTE,) if ready is None else _texts(ready, "Attributes"),
        image=images[0] if isinstance(images[0], str) else "",
    )


def _str(record: Record, name: str) -> str:
    value = record[name]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} = {shown(str(value))} is no text")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} = {shown(str(value))} is no list of texts")
    return tuple(value)


def _pricing(value: object) -> tuple[float, ...]:
    if not value:
        return ()
    if isinstance(value, str):
        found = prices(value)
    elif isinstance(value, list) and all(type(one) in (int, float) for one in value):
        found = tuple(float(one) for one in value[:2])
    else:
        raise TypeError(f"pricing = {shown(str(value))} is neither a text nor a list of numbers")
    if not all(map(isfinite, found)):
        raise ValueError(f"pricing = {shown(str(value))} is no amount of money")
    return found


def _options(record: Record) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, tuple[str, ...]] = {}
    ready = record.get("options")
    if isinstance(ready, dict):
        return tuple((name, _texts(values, "options")) for name, values in ready.items())
    raw = record["customization_options"] or {}
    if not isinstance(raw, dict):
        raise TypeError(f"customization_options = {shown(str(raw))} is no object")
    for name, contents in raw.items():
        if contents is not None:
            values = (content["value"].strip().replace("/", " | ").lower() for content in contents)
            found[name.lower()] = tuple(values)
    return tuple(found.items())


def _writable(goals: Iterator[Goal]) -> list[Goal]:
    found = list(goals)
    msgspec.json.encode(found)
    return found


def _synthetic(place: int, one: Product, instructed: Record) -> Iterator[Goal]:
    """A goal for each combination of option values, names in alphabetical order."""
    instruction = instructed.get("instruction")
    attributes = _texts(instructed.get("instruction_attributes") or (), "instruction_attributes")
    if instruction is None or not attributes:
        return
    options = sorted(one.options)
    for values in combinations(*(values for _, values in options)):
        chosen = tuple((name, value) for (name, _), value in zip(options, values, strict=True))
        asked = ", and ".join(f"{name}: {value}" for name, value in chosen)
        text = f"{instruction} with {asked}" if asked else f"{instruction}"
        yield Goal(place, one.asin, text, attributes, chosen)


def _human(place: int, one: Product, tasks: Sequence[Record]) -> Iterator[Goal]:
    """A goal for each task with a required attribute."""
    for task in tasks:
        attributes = _texts(task["instruction_attributes"], "instruction_attributes")
        if attributes:
            values = _texts(task["instruction_options"], "instruction_options")
            options = tuple(("", value) for value in values)
            yield Goal(place, one.asin, _str(task, "instruction").strip("."), attributes, options, kind=HUMAN)
