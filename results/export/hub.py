"""Tables as Hugging Face datasets: one folder each, for ``datasets.load_from_disk``.

Each table goes through an Arrow file that is mapped into memory, so that large runs need no more of it than small ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from kibitz.results.export.arrow import batches, schema
from kibitz.results.export.destination import require
from kibitz.results.export.table import Record, Table

FORM = "datasets"


def write(table: Table, records: Iterable[Record], folder: Path) -> int:
    """Write the folder ``NAME``; returns the number of rows.

    Raises:
        MissingExtraError: ``datasets`` is not installed.
    """
    datasets = require("datasets", extra="export", form=FORM)
    mapped = require("datasets.table", extra="export", form=FORM)
    ipc = require("pyarrow.ipc", extra="export", form=FORM)
    # The schema as the library itself writes it: with another one it would copy the whole table.
    fields, count = datasets.Features.from_arrow_schema(schema(table, FORM)).arrow_schema, 0
    passing = folder / f".{table.name}.arrow"
    with passing.open("wb") as file, ipc.new_stream(file, fields) as stream:
        for batch in batches(records, fields):
            stream.write_batch(batch)
            count += batch.num_rows
    kept = datasets.Dataset(
        mapped.MemoryMappedTable.from_file(str(passing)),
        info=datasets.DatasetInfo(description=f"One row: {table.row}.", dataset_name=table.name),
        # By content: otherwise it is made from the file's time, and no two exports are the same.
        fingerprint=_digest(passing)[:16],
    )
    with _quietly(datasets):
        # Of a table without rows the library would write no file, and then could not load it.
        kept.save_to_disk(folder / table.name, num_shards=None if count else 1)
    del kept
    passing.unlink()
    return count


@contextmanager
def _quietly(datasets: ModuleType) -> Iterator[None]:
    """No bars of the library's own in the block."""
    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
