"""The same run gives the same page, whatever process makes it and whenever."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import hashlib, sys
sys.path.append(sys.argv[1])
from kibitz.results.report.build import render
from tests.results.conftest import Builder
run = Builder("run", agents=[Builder.agent(name) for name in ("ann", "bob", "cat", "dan")])
for k in range(8):
    for one, other in (("ann", "bob"), ("bob", "cat"), ("cat", "dan"), ("dan", "ann")):
        unit = run.play(one, other, reward=(1, -1) if k % 3 else (0, 0))
        run.move(unit, 0)
        run.answer(unit, "right" if k % 2 else "wrong", truth="none" if k % 3 else "1,1")
print(hashlib.sha256(render([run.data()], lambda *_: None).encode("utf-8", "replace")).hexdigest())
"""


def test_every_process_makes_the_same_bytes() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(ROOT)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "HOME": "/", "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert made[0] == made[1]
    assert len(made[0].strip()) == 64
