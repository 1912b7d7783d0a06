"""What each command of the command line takes: a function for each command, named after it, that adds its arguments.

Nothing here is imported but ``argparse``: the parser is built whenever the command line starts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

MOST_PAIRS = 1_000_000
"""The limit of suite files, repeated here: their module imports too much for the command line's start."""

LARGEST_SEED = 2**63 - 1

ASK_MODES = ("none", "same", "before", "after", "probe")
EXPORTED = ("parquet", "jsonl", "datasets", "inspect")
LISTED = ("games", "agents", "aids", "models", "suites")
SPEC_HELP = "an agent: kind[:key=value,...], such as minimax:depth=4 or llm:model=openai:NAME (see kibitz list agents)"


def run(parser: argparse.ArgumentParser) -> None:
    """``kibitz run``."""
    parser.add_argument("suite", nargs="?", metavar="SUITE", help="a TOML file, or the name of a shipped suite")
    parser.add_argument(
        "--agent", action="append", default=[], metavar="SPEC", help=SPEC_HELP + "; takes part in all games"
    )
    parser.add_argument("--game", action="append", default=[], metavar="ID", help="play only this game of the suite")
    parser.add_argument(
        "--seeds",
        type=_whole(1, MOST_PAIRS),
        metavar="N",
        help="how much to play: mirrored pairs of episodes a pairing; in one-seat games episodes an agent",
    )
    parser.add_argument("--out", metavar="DIR", help="the run folder (default: runs/SUITE-N, the first that is free)")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out; SUITE may be left out")
    parser.add_argument(
        "--replay",
        metavar="RUN",
        help="answer all model calls from this run, sending nothing; SUITE may be left out to play the run's own",
    )
    parser.add_argument("--concurrency", type=_whole(1), metavar="N", help="episodes at a time (default 8)")
    parser.add_argument(
        "--budget-usd", type=_dollars, metavar="X", help="most US dollars of the run; then it stops and can be resumed"
    )
    parser.add_argument(
        "--budget-tokens", type=_whole(1), metavar="N", help="most tokens of the run, input and output together"
    )
    parser.add_argument(
        "--until-decided",
        metavar="POLICY",
        help='end the run when the gate of this policy (mode = "anytime") is certain; the exit code is the gate\'s',
    )
    parser.add_argument("--baseline", metavar="RUN", help="with --until-decided: what the run is compared with")
    parser.add_argument(
        "--dry-run", action="store_true", help="check everything, say what would be played and what it takes, and stop"
    )
    parser.add_argument(
        "--aa", action="store_true", help="play it twice, into --out/a and --out/b, and say how much the two differ"
    )
    parser.add_argument("--json", action="store_true", help="with --dry-run or --aa: as JSON")


def _elsewhere(parser: argparse._ActionsContainer) -> None:
    """What must be said of some files that Kibitz did not write."""
    parser.add_argument(
        "--columns",
        metavar="OURS=THEIRS,...",
        help="names of columns in CSV and JSON lines, such as task=id,score=correct (see docs/other-tools.md)",
    )
    parser.add_argument("--scorer", metavar="NAME", help="which scorer of an Inspect log gives the outcome")


def board(parser: argparse.ArgumentParser) -> None:
    """``kibitz board``."""
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="run folders; or files: baselines, CSV, JSON lines, Inspect, JUnit XML"
    )
    _elsewhere(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="as JSON")
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown", help="as a Markdown table")
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="as CSV")


def report(parser: argparse.ArgumentParser) -> None:
    """``kibitz report``."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run folder")
    parser.add_argument(
        "-o", "--out", required=True, metavar="FILE", help="the HTML file to write; with --episode a .png or .svg file"
    )
    parser.add_argument(
        "--images", metavar="DIR", help="write pictures that were sent to models there, not into the page"
    )
    compared = parser.add_argument_group(
        "two runs compared, as kibitz diff does, with both episodes of each flip side by side"
    )
    compared.add_argument("--diff", action="store_true", help="compare the first run (baseline) with the second one")
    _compared(compared)
    card = parser.add_argument_group("a picture of one step to share, 1200 by 630 pixels, instead of the page")
    card.add_argument("--episode", metavar="EPISODE", help="number in the schedule, or key such as connect4/3/a,b")
    card.add_argument(
        "--step", type=_whole(0), metavar="N", help="which step, from 0 (default: the one that tells most)"
    )


def export(parser: argparse.ArgumentParser) -> None:
    """``kibitz export``."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run folder")
    parser.add_argument("--to", required=True, choices=EXPORTED, metavar="|".join(EXPORTED), help="the format")
    parser.add_argument("-o", "--out", required=True, metavar="DIR", help="the folder to write; it must not exist")
    parser.add_argument("--with-prompts", action="store_true", help="also every call: prompts and replies in full")


def _compared(parser: argparse._ActionsContainer) -> None:
    """How the two sides of a comparison are named."""
    parser.add_argument(
        "--agent", metavar="NAME", help="who is compared, or OLD:NEW where the names differ (default: the only one)"
    )
    parser.add_argument(
        "--arm",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a condition that may differ because its effect is what is measured, such as protocol.ask or opponent.*",
    )
    _elsewhere(parser)


def diff(parser: argparse.ArgumentParser) -> None:
    """``kibitz diff``."""
    parser.add_argument("baseline", metavar="A", help="what is compared with: a run folder, or results from elsewhere")
    parser.add_argument("candidate", metavar="B", help="what is judged, likewise")
    _compared(parser)
    parser.add_argument("--metric", metavar="M", help="what it is about (default outcome)")
    parser.add_argument("--all", action="store_true", help="list every flip, and everything that is not compared")
    parser.add_argument("--json", action="store_true", help="as JSON")


def gate(parser: argparse.ArgumentParser) -> None:
    """``kibitz gate``."""
    parser.add_argument("baseline", metavar="BASELINE", help="what is compared with: a run folder, or a baseline file")
    parser.add_argument("candidate", metavar="CANDIDATE", help="what is judged, likewise")
    parser.add_argument(
        "--policy",
        metavar="FILE",
        help="a TOML file: what may be lost of what (default: 5 points of the outcome)",
    )
    _compared(parser)
    parser.add_argument("--json", metavar="FILE", help="write the verdict as JSON to this file, '-' for stdout")
    parser.add_argument("--junit", metavar="FILE", help="write it as JUnit XML, one test case a metric")
    parser.add_argument("--markdown", metavar="FILE", help="write it as a Markdown comment")


def plan(parser: argparse.ArgumentParser) -> None:
    """``kibitz plan``."""
    parser.add_argument("run", metavar="RUN", help="a run folder, or results from elsewhere")
    parser.add_argument(
        "--detect", type=_share, required=True, metavar="D", help="the change that is to be seen, such as 0.05 of 1"
    )
    parser.add_argument("--against", metavar="RUN_B", help="the other side, where there is one already")
    _compared(parser)
    parser.add_argument("--metric", metavar="M", help="what it is about (default outcome)")
    parser.add_argument("--power", type=_share, default=0.8, metavar="P", help="chance to see it (default 0.8)")
    parser.add_argument("--alpha", type=_share, default=0.05, metavar="A", help="level of the test (default 0.05)")
    parser.add_argument("--json", action="store_true", help="as JSON")


def replay(parser: argparse.ArgumentParser) -> None:
    """``kibitz replay``."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("episode", metavar="EPISODE", help="number in the schedule, or key such as connect4/3/a,b")
    parser.add_argument("--all", action="store_true", help="print all steps at once (the way without a terminal)")


def verify(parser: argparse.ArgumentParser) -> None:
    """``kibitz verify``."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--against", metavar="RUN_B", help="compare with this run instead of playing again")
    parser.add_argument("--json", action="store_true", help="as JSON")


def regrade(parser: argparse.ArgumentParser) -> None:
    """``kibitz regrade``."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
    parser.add_argument("--json", action="store_true", help="as JSON")


def truth(parser: argparse.ArgumentParser) -> None:
    """``kibitz truth``."""
    parser.add_argument("game", metavar="GAME", help="the game's id")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--position", metavar="JSON", help="the position; without it, JSON lines are read from stdin")
    what.add_argument("--example", action="store_true", help="print a position of this game")
    parser.add_argument("--seat", type=_whole(0), metavar="N", help="who is asked (default: who is to move)")
    parser.add_argument("--action", metavar="A", help="the action that questions about an action are about")
    parser.add_argument("--options", action="append", default=[], metavar="K=V", help="options of the game")
    parser.add_argument("--json", action="store_true", help="as JSON (always so for lines from stdin)")


def prompt(parser: argparse.ArgumentParser) -> None:
    """``kibitz prompt``."""
    parser.add_argument(
        "game", metavar="GAME", help="the game's id, or a position suite such as positions:othello@hard"
    )
    parser.add_argument("--agent", required=True, metavar="SPEC", help=SPEC_HELP)
    parser.add_argument(
        "--seed",
        type=_whole(0, LARGEST_SEED),
        default=0,
        metavar="N",
        help="the episode, or the position of a suite (default 0)",
    )
    parser.add_argument("--ask", choices=ASK_MODES, default="same", help="when questions are asked (default same)")
    parser.add_argument("--options", action="append", default=[], metavar="K=V", help="options of the game")
    parser.add_argument("--json", action="store_true", help="as JSON")


def play(parser: argparse.ArgumentParser) -> None:
    """``kibitz play``."""
    parser.add_argument("game", metavar="GAME", help="the game's id")
    parser.add_argument(
        "--against", metavar="SPEC", help=f"{SPEC_HELP} (default heuristic where the game has one, else greedy)"
    )
    parser.add_argument("--seed", type=_whole(0, LARGEST_SEED), default=0, metavar="N", help="the episode (default 0)")
    parser.add_argument("--seat", type=_whole(0), default=0, metavar="N", help="your seat (default 0)")
    parser.add_argument("--options", action="append", default=[], metavar="K=V", help="options of the game")


def listing(parser: argparse.ArgumentParser) -> None:
    """``kibitz list``."""
    parser.add_argument("what", choices=LISTED, metavar="|".join(LISTED), help="what to list")
    parser.add_argument("--json", action="store_true", help="as JSON")


def baseline(parser: argparse.ArgumentParser) -> None:
    """``kibitz baseline``."""
    what = parser.add_subparsers(dest="what", metavar="save|find", required=True)
    save = what.add_parser("save", help="write what an agent did in a run into one small file")
    save.add_argument("run", metavar="RUN", help="a run folder")
    save.add_argument("-o", "--out", metavar="FILE", help="the file (default: baselines/SUITE.AGENT.jsonl)")
    save.add_argument("--agent", metavar="NAME", help="whose baseline it is (default: the only one that is measured)")
    save.add_argument("--json", action="store_true", help="as JSON")
    find = what.add_parser("find", help="print the baseline file that fits a run, or a suite before it is played")
    for_what = find.add_mutually_exclusive_group(required=True)
    for_what.add_argument("run", nargs="?", metavar="RUN", help="a run folder, or a file of results")
    for_what.add_argument("--suite", metavar="SUITE", help="a TOML file, or the name of a shipped suite")
    find.add_argument("--dir", metavar="DIR", help="where to look (default: baselines, then those that ship)")
    find.add_argument("--agent", metavar="NAME", help="whose baseline it is (default: the only one that is measured)")
    find.add_argument("--same-agent", action="store_true", help="only one of exactly this agent, unchanged")
    find.add_argument("--json", action="store_true", help="as JSON")


def shop(parser: argparse.ArgumentParser) -> None:
    """``kibitz shop``."""
    what = parser.add_subparsers(dest="what", metavar="generate|save", required=True)
    generate = what.add_parser("generate", help="write a catalogue of invented products, with goals about them")
    generate.add_argument(
        "--products", type=_whole(10, 2_000_000), default=1000, metavar="N", help="how many (default 1000)"
    )
    generate.add_argument(
        "--seed",
        type=_whole(0, LARGEST_SEED),
        default=0,
        metavar="S",
        help="another makes another catalogue (default 0)",
    )
    generate.add_argument("-o", "--out", required=True, metavar="DIR", help="the folder to make")
    save = what.add_parser(
        "save", help="keep files of the original WebShop, with nouns, as a folder that opens at once"
    )
    save.add_argument(
        "source", metavar="FILES", help="a folder with items_shuffle.json and what belongs to it, or the list"
    )
    save.add_argument("-o", "--out", required=True, metavar="DIR", help="the folder to make")


def doctor(parser: argparse.ArgumentParser) -> None:
    """``kibitz doctor``."""
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument(
        "--fix", action="store_true", help="install a browser if none starts; says what it runs, and asks"
    )
    parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """What reads a whole number from ``low`` to ``high``."""

    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
        if value < low or (high is not None and value > high):
            wanted = f"of at least {low}" if high is None else f"from {low} to {high}"
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {wanted}")
        return value

    return read


def _dollars(text: str) -> float:
    """Read an amount of dollars."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of dollars of at least 0")
    return value


def _share(text: str) -> float:
    """Read a number between 0 and 1, neither of them included."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number between 0 and 1 (5 points are 0.05)")
    return value
