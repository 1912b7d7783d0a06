from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(autouse=True)
def bench(monkeypatch):
    """The bench's own folder, from which its modules are imported."""
    pytest.importorskip("resource", reason="CPU time is read as POSIX systems tell it")
    monkeypatch.syspath_prepend(BENCH)
    return BENCH
