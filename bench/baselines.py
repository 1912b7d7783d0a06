"""Make the baselines that ship with Kibitz again: play the shipped suites, and keep what each agent did.

    python bench/baselines.py             # all: about 10 minutes on two cores; the embedded model's weights are needed
    python bench/baselines.py gamebot     # one suite

The files are ``results/baselines/SUITE.AGENT.jsonl``. The same code gives the same bytes, so ``git diff`` shows what a
change of the code has changed in what the agents do. References that know the truth have no baseline.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from kibitz.harness.commands.baseline import baseline_of, file_name, fingerprints, put
from kibitz.results.comparing.ofrun import of_run
from kibitz.results.reader import JournalReader
from kibitz.results.rundata import RunData

FOLDER = Path(__file__).resolve().parents[1] / "results" / "baselines"

SUITES = ("quickstart", "gamebot")


def regenerate(suite: str, folder: Path) -> list[Path]:
    """Play a suite and write the baselines of its agents; returns the files."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "run"
        # A process of its own: the command, as anybody would run it.
        subprocess.run([sys.executable, "-m", "kibitz.harness.cli", "run", suite, "--out", str(out)], check=True)
        return keep(out, folder)


def keep(run: Path, folder: Path) -> list[Path]:
    """Write the baselines of the agents of a run, those that know the truth left out; returns the files."""
    written = []
    with JournalReader.read(run) as journal:
        data = RunData.of(journal)
        for name, agent in data.info.agents.items():
            if agent.privilege == "none":
                path = folder / file_name(data.info.name, name)
                put(path, baseline_of(of_run(data, str(run), name), data.info, fingerprints(journal, name)))
                written.append(path)
    return written


def main() -> None:
    """Regenerate what the arguments name."""
    parser = argparse.ArgumentParser(description="Make the baselines that ship with Kibitz again.")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"{' or '.join(SUITES)} (default: both)")
    for suite in parser.parse_args().suites or SUITES:
        for path in regenerate(suite, FOLDER):
            print(path.relative_to(FOLDER.parents[1]))


if __name__ == "__main__":
    main()
