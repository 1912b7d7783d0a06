"""Shared by all tests: keep the checkout itself off the import path.

``python -m pytest`` puts the checkout first on ``sys.path``, where our folder ``agents`` would hide the OpenAI Agents
SDK; the tests import the installed ``kibitz`` only.
"""

import sys
from pathlib import Path

from hypothesis import settings

# Timing belongs into bench/: on a busy machine an example may take as long as it takes.
settings.register_profile("kibitz", deadline=None)
settings.load_profile("kibitz")

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]
