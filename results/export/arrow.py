"""Tables as Arrow: one schema a table, the same whatever the rows hold, and batches that keep memory flat."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from kibitz.results.export.destination import require
from kibitz.results.export.table import SCHEMA, Record, Table, Type

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 2048
"""Rows of a batch, and of a row group in Parquet: with prompts of 20 kB some 40 MB."""


def schema(table: Table, form: str) -> pa.Schema:
    """The Arrow schema of a table; the meaning of each column stands in its metadata.

    Args:
        table: The table.
        form: What was asked for, to be named if Arrow is missing.

    Raises:
        MissingExtraError: Arrow is not installed.
    """
    arrow = require("pyarrow", extra="export", form=form)
    types: dict[Type, pa.DataType] = {
        "text": arrow.string(),
        "json": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
        "texts": arrow.list_(arrow.string()),
    }
    fields = [
        arrow.field(column.name, types[column.type], nullable=bool(column.null), metadata={"meaning": column.meaning})
        for column in table.columns
    ]
    return arrow.schema(fields, metadata={"kibitz": version("kibitz"), "schema": str(SCHEMA), "row": table.row})


def batches(records: Iterable[Record], fields: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows, ``ROWS`` at a time."""
    from pyarrow import RecordBatch

    rest = iter(records)
    while part := list(itertools.islice(rest, ROWS)):
        yield RecordBatch.from_pylist(part, schema=fields)
