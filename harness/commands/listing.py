"""``kibitz list``: what is installed, plug-ins included."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint
from typing import Any

from kibitz.games.options import Option
from kibitz.harness.commands.output import columns, json_line
from kibitz.harness.errors import DONE, elsewhere

NO_AIDS = "no selection aids are installed; this version of Kibitz has none yet"

Entry = dict[str, Any]


def main(args: argparse.Namespace) -> int:
    """Print the list."""
    entries = LISTS[args.what]()
    if args.json:
        print(json_line({"what": args.what, "entries": entries}))
    elif entries:
        print(columns([(entry["name"], entry.get("title") or entry.get("error") or "") for entry in entries]))
        for entry in entries:
            if entry.get("options") or entry.get("subproblems"):
                print()
            if entry.get("options"):
                print(f"options of {entry['name']}:")
                print(columns([("  " + o["name"], _allowed(o), o["doc"]) for o in entry["options"]]))
            if entry.get("subproblems"):
                print(f"questions of {entry['name']}: {', '.join(problem['id'] for problem in entry['subproblems'])}")
    else:
        print(NO_AIDS if args.what == "aids" else f"no {args.what} are installed")
    return DONE


def games() -> list[Entry]:
    """All games."""
    from kibitz.games import registry

    def describe(name: str) -> Entry:
        game = registry.load(name)
        return {
            "title": f"{game.title}, {game.seats} seat{'s' if game.seats > 1 else ''}, version {game.version}",
            "version": game.version,
            "seats": game.seats,
            "payoff": game.payoff,
            "abilities": sorted(game.abilities),
            "rungs": [rung.name for rung in game.ladder],
            "options": _options(game.declared),
            "subproblems": [
                {"id": p.id, "kind": p.kind.name, "about": p.about, "question": p.question} for p in game().catalogue()
            ],
        }

    return _each(registry.installed(), describe)


def agents() -> list[Entry]:
    """All kinds of agents."""
    from kibitz.agents import registry

    def describe(name: str) -> Entry:
        agent = registry.load(name)
        return {"title": _first_sentence(agent), "options": _options(agent.declared)}

    return _each(registry.installed(), describe)


def models() -> list[Entry]:
    """All model back ends."""
    from kibitz.agents.models import registry

    points = registry.installed()

    def describe(name: str) -> Entry:
        loaded = points[name].load()
        return {"title": _first_sentence(loaded), "options": _options(registry.model_options(name))}

    return _each(points, describe)


def suites() -> list[Entry]:
    """All shipped suites."""
    from kibitz.harness.library import load_suite, position_suites, shipped

    found: list[Entry] = []
    for name in (*shipped(), *position_suites()):
        suite = load_suite(name)
        found.append(
            {
                "name": name,
                "version": suite.version,
                "title": suite.description,
                "games": [match.label for match in suite.matches],
            }
        )
    return found


def aids() -> list[Entry]:
    """All selection aids; what registers under ``kibitz.aids``."""
    from importlib.metadata import entry_points

    return _each({point.name: point for point in entry_points(group="kibitz.aids")}, lambda name: {})


LISTS: dict[str, Callable[[], list[Entry]]] = {
    "games": games,
    "agents": agents,
    "aids": aids,
    "models": models,
    "suites": suites,
}


def _each(points: dict[str, EntryPoint], describe: Callable[[str], Entry]) -> list[Entry]:
    """One entry a plug-in; one that cannot be imported is listed with the reason, and hides no other."""
    found: list[Entry] = []
    for name, point in points.items():
        entry: Entry = {"name": name, "from": point.dist.name if point.dist else "", "module": point.value}
        try:
            entry |= describe(name)
        except Exception as error:
            if not isinstance(error, (ImportError, AttributeError, *elsewhere())):
                raise
            entry["error"] = f"cannot be loaded: {error}"
        found.append(entry)
    return found


def _options(declared: Sequence[Option]) -> list[Entry]:
    return [
        {"name": o.name, "default": o.default, "doc": o.doc, "choices": list(o.choices), "low": o.low, "high": o.high}
        for o in declared
    ]


def _allowed(option: Entry) -> str:
    if option["choices"]:
        return f"{option['default']!r} of {', '.join(repr(c) for c in option['choices'])}"
    if option["low"] is not None or option["high"] is not None:
        low = "" if option["low"] is None else f"{option['low']:g}"
        high = "" if option["high"] is None else f"{option['high']:g}"
        return f"{option['default']!r} in {low}..{high}"
    return repr(option["default"])


def _first_sentence(thing: object) -> str:
    text = " ".join((thing.__doc__ or "").replace("``", "").split())
    return text.split(". ")[0].removesuffix(".")
