"""``README.md`` of an export: where the data comes from, what is missing, whose it is, and what each column means.

It begins with the metadata that the Hugging Face hub reads, so that a folder of Parquet can be pushed there as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from kibitz.results.export.table import SCHEMA, Table
from kibitz.results.rundata import RunData

LICENCES = (
    "Kibitz, the rules of its own games and the words of their questions are under the Apache License 2.0. Where a "
    "game plays on data of others, whoever is to be named stands below and in `runs`. Replies were written by the "
    "models that are named in `runs`: the terms of their makers and providers apply, and what they say is untrusted "
    "text. Keys are kept out of what a run records; look through an export all the same before you publish it."
)


def card(runs: Mapping[str, RunData], tables: Sequence[Table], files: Mapping[str, str]) -> str:
    """The text.

    Args:
        runs: By their names in the export.
        tables: What is exported.
        files: By table, the file that holds it, where the hub should read it.
    """
    parts = [
        _metadata(files),
        "# Runs of Kibitz",
        f"Games that language models played, with what they said beside what was true. {_written()}",
        *(_block("text", sentence) for sentence in missing(runs)),
        "## Licences",
        LICENCES,
        *(_block("text", sentence) for sentence in attributions(runs)),
        "## Where it comes from",
        _block("json", json.dumps(_origin(runs), indent=2, sort_keys=True).replace("`", "\\u0060")),
        *(f"## {table.name}\n\nOne row: {table.row}.\n\n{table.markdown()}" for table in tables),
    ]
    return "\n\n".join(parts) + "\n"


def missing(runs: Mapping[str, RunData]) -> list[str]:
    """What the runs lack, one sentence a run; empty if nothing is missing."""
    return [
        f"{' '.join(name.split())} is incomplete: {len(run.scored)} of {len(run.units)} episodes are scored"
        + "".join(f", {count} failed ({cause})" for cause, count in run.failures.items())
        + "."
        for name, run in runs.items()
        if not run.complete
    ]


def attributions(runs: Mapping[str, RunData]) -> list[str]:
    """Whose data the games of the runs play on, one line each."""
    found = ((game.label, game.attribution) for run in runs.values() for game in run.info.games.values())
    return list(dict.fromkeys(" ".join(f"{label}: {text}".split()) for label, text in found if text))


def _metadata(files: Mapping[str, str]) -> str:
    lines = ["---", "license: other", "pretty_name: Runs of Kibitz", "tags: [kibitz, llm-agents, games]"]
    if files:
        lines.append("configs:")
        for name, file in files.items():
            lines += [f"- config_name: {name}", f"  data_files: {file}"]
    return "\n".join([*lines, "---"])


def _origin(runs: Mapping[str, RunData]) -> dict[str, object]:
    return {
        name: {
            "suite": run.info.config.get("name", run.info.name),
            "seed": run.info.seed,
            "command": run.info.command,
            "started": run.info.started,
            "versions": run.info.versions,
            "protocol": run.info.protocol,
            "agents": {agent.name: agent.hash for agent in run.info.agents.values()},
            "config_hash": run.info.config_hash,
        }
        for name, run in runs.items()
    }


def _written() -> str:
    return f"Written by Kibitz {version('kibitz')} as version {SCHEMA} of these tables."


def _block(kind: str, text: str) -> str:
    """A block of code that its text cannot end."""
    return f"```{kind}\n{text.replace('`', chr(39))}\n```"
