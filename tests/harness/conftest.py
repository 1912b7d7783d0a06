"""Whole runs within the test's process, with agents that a test brings along."""

import asyncio

import pytest

from kibitz.agents import registry
from kibitz.harness import orchestrator
from kibitz.harness.config import parse
from kibitz.harness.progress import SilentProgress


@pytest.fixture
def plug(monkeypatch):
    """Installs classes of agents, by kind, for the time of the test."""

    def install(**kinds):
        load = registry.load
        monkeypatch.setattr(registry, "load", lambda kind: kinds[kind] if kind in kinds else load(kind))
        known = dict.fromkeys(kinds) | registry.installed()
        monkeypatch.setattr(registry, "installed", lambda: known)

    return install


@pytest.fixture
def run(tmp_path):
    """Plays a suite, given as the data of its file, into a folder called ``name``."""

    def play(data, name="run", *, resume=False, concurrency=4, **options):
        suite = parse({"name": "s", **data}, "s", None)
        with SilentProgress() as progress:
            return asyncio.run(
                orchestrator.run(
                    suite, tmp_path / name, resume=resume, concurrency=concurrency, progress=progress, command=["k"],
                    **options,
                )
            )  # fmt: skip

    return play
