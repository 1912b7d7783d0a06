"""Tables as Parquet (Zstandard): what pandas, Polars, DuckDB and the Hugging Face hub read as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kibitz.results.export.arrow import batches, schema
from kibitz.results.export.destination import require
from kibitz.results.export.table import Record, Table

FORM = "parquet"


def write(table: Table, records: Iterable[Record], folder: Path) -> int:
    """Write ``NAME.parquet``; returns the number of rows.

    Raises:
        MissingExtraError: Arrow is not installed.
    """
    parquet = require("pyarrow.parquet", extra="export", form=FORM)
    fields, count = schema(table, FORM), 0
    with parquet.ParquetWriter(folder / f"{table.name}.parquet", fields, compression="zstd") as writer:
        for batch in batches(records, fields):
            writer.write_batch(batch)
            count += batch.num_rows
    return count
