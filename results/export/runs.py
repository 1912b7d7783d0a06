"""The table of runs: what one needs to know before quoting a figure from the others."""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.results.export.table import RUN, SCHEMA, Column, Record, Table, as_json
from kibitz.results.rundata import RunData


def rows(run: RunData, name: str) -> Iterator[Record]:
    """The one row of a run."""
    info = run.info
    yield {
        "run": name,
        "schema": SCHEMA,
        "suite": str(info.config.get("name", info.name)),
        "seed": info.seed,
        "protocol": as_json(info.protocol),
        "protocol_hash": info.protocol_hash,
        "config_hash": info.config_hash,
        "kibitz": info.versions.get("kibitz", ""),
        "versions": as_json(info.versions),
        "command": list(info.command),
        "started": info.started,
        "scheduled": len(run.units),
        "scored": len(run.scored),
        "failures": as_json(run.failures),
        "replayed": run.replayed,
        "games": as_json({label: game.subproblems for label, game in info.games.items()}),
        "attributions": as_json({label: game.attribution for label, game in info.games.items() if game.attribution}),
        "agents": as_json({name: agent.identity for name, agent in info.agents.items()}),
    }


RUNS = Table(
    "runs",
    "one run",
    (
        RUN,
        Column("schema", "integer", "version of these tables"),
        Column("suite", "text", "name of the suite"),
        Column("seed", "integer", "seed of the run: equal seeds are equal tasks"),
        Column("protocol", "json", "policy for bad output, asking, waves"),
        Column("protocol_hash", "text", "results compare only where it is equal"),
        Column("config_hash", "text", "hash of the whole resolved suite"),
        Column("kibitz", "text", "version of Kibitz that played the run"),
        Column("versions", "json", "Python, platform and libraries that matter"),
        Column("command", "texts", "the command line, word by word"),
        Column("started", "text", "wall clock at the beginning, ISO 8601"),
        Column("scheduled", "integer", "episodes that were planned"),
        Column("scored", "integer", "episodes that ended and did not fail"),
        Column("failures", "json", "failed episodes, not scored: number by cause"),
        Column("replayed", "boolean", "replies came from another run; nothing was paid in this one"),
        Column("games", "json", "by game: its questions by subproblem"),
        Column(
            "attributions", "json", "by game: whom to name, under which licence, if texts of its data are passed on"
        ),
        Column("agents", "json", "by agent: everything that can change its decisions"),
    ),
    rows,
)
