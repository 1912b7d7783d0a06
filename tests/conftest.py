"""Shared by all tests: keep the checkout itself off the import path.

``python -m pytest`` puts the checkout first on ``sys.path``, where our folder ``agents`` would hide the OpenAI Agents
SDK; the tests import the installed ``kibitz`` only.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browsing import browser, mark, page, pages

__all__ = ("browser", "page", "pages")

# Timing belongs into bench/: on a busy machine an example may take as long as it takes.
settings.register_profile("kibitz", deadline=None)
settings.load_profile("kibitz")

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        mark(item)


REAL_DATA = Path(os.environ.get("KIBITZ_TEST_DATA") or ROOT.parent / "shared" / "data")
"""Where data of the original benchmarks lie, which are not ours to pass on."""


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """The path of a file of the original data; tests that need one are skipped where it is absent, but not in CI."""

    def find(name: str) -> Path:
        path = REAL_DATA / name
        if path.exists():
            return path
        why = f"{path} is not there; KIBITZ_TEST_DATA names the folder"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)

    return find
