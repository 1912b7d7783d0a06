"""Shared by all tests: keep the checkout itself off the import path.

``python -m pytest`` puts the checkout first on ``sys.path``, where our folder ``agents`` would hide the OpenAI Agents
SDK; the tests import the installed ``kibitz`` only.
"""

import sys
from collections.abc import Iterable
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
