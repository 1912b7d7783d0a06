"""The command line: which commands there are, their arguments, and what becomes of errors.

Each command is a module of ``kibitz.harness.commands`` with ``main(args) -> int``, imported only when it is asked for:
``kibitz --help`` must not wait for libraries. stdout is for results, stderr for progress and errors. An expected error
is one message without a traceback; exit codes are the table ``kibitz.harness.errors.EXIT_CODES``.
"""

from __future__ import annotations

import argparse
import codecs
import errno
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO, NoReturn

from kibitz.harness.errors import (
    BROKE,
    BROKEN_PIPE,
    EXIT_CODES,
    INTERRUPTED,
    USAGE,
    BrokenError,
    KibitzError,
    elsewhere,
)

MOST_PAIRS = 1_000_000
"""The limit of suite files, repeated here: their module imports too much for the command line's start."""

LARGEST_SEED = 2**63 - 1

ASK_MODES = ("none", "same", "before", "after", "probe")
EXPORTED = ("parquet", "jsonl", "datasets", "inspect")
LISTED = ("games", "agents", "aids", "models", "suites")
SPEC_HELP = "an agent: kind[:key=value,...], such as minimax:depth=4 or llm:model=openai:NAME (see kibitz list agents)"


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors exit with the code for usage errors."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}; for more: {self.prog} --help\n")


class _Version(argparse.Action):
    """Prints the version; looked up only when asked for, since that costs tens of milliseconds."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"kibitz {version('kibitz')}")
        parser.exit()


def _run(parser: argparse.ArgumentParser) -> None:
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


def _board(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="run folders; or files: baselines, CSV, JSON lines, Inspect, JUnit XML"
    )
    _elsewhere(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="as JSON")
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown", help="as a Markdown table")
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="as CSV")


def _report(parser: argparse.ArgumentParser) -> None:
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


def _export(parser: argparse.ArgumentParser) -> None:
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


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("baseline", metavar="A", help="what is compared with: a run folder, or results from elsewhere")
    parser.add_argument("candidate", metavar="B", help="what is judged, likewise")
    _compared(parser)
    parser.add_argument("--metric", metavar="M", help="what it is about (default outcome)")
    parser.add_argument("--all", action="store_true", help="list every flip, and everything that is not compared")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _gate(parser: argparse.ArgumentParser) -> None:
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


def _plan(parser: argparse.ArgumentParser) -> None:
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


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("episode", metavar="EPISODE", help="number in the schedule, or key such as connect4/3/a,b")
    parser.add_argument("--all", action="store_true", help="print all steps at once (the way without a terminal)")


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--against", metavar="RUN_B", help="compare with this run instead of playing again")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _regrade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _truth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("game", metavar="GAME", help="the game's id")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--position", metavar="JSON", help="the position; without it, JSON lines are read from stdin")
    what.add_argument("--example", action="store_true", help="print a position of this game")
    parser.add_argument("--seat", type=_whole(0), metavar="N", help="who is asked (default: who is to move)")
    parser.add_argument("--action", metavar="A", help="the action that questions about an action are about")
    parser.add_argument("--options", action="append", default=[], metavar="K=V", help="options of the game")
    parser.add_argument("--json", action="store_true", help="as JSON (always so for lines from stdin)")


def _prompt(parser: argparse.ArgumentParser) -> None:
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


def _play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("game", metavar="GAME", help="the game's id")
    parser.add_argument(
        "--against", metavar="SPEC", help=f"{SPEC_HELP} (default heuristic where the game has one, else greedy)"
    )
    parser.add_argument("--seed", type=_whole(0, LARGEST_SEED), default=0, metavar="N", help="the episode (default 0)")
    parser.add_argument("--seat", type=_whole(0), default=0, metavar="N", help="your seat (default 0)")
    parser.add_argument("--options", action="append", default=[], metavar="K=V", help="options of the game")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=LISTED, metavar="|".join(LISTED), help="what to list")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _baseline(parser: argparse.ArgumentParser) -> None:
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


def _shop(parser: argparse.ArgumentParser) -> None:
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


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument(
        "--fix", action="store_true", help="install a browser if none starts; says what it runs, and asks"
    )
    parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")


COMMANDS: dict[str, tuple[str, str, Callable[[argparse.ArgumentParser], None]]] = {
    "run": ("run", "play a suite and write a leaderboard and a report", _run),
    "board": ("board", "print the leaderboard of one or more runs", _board),
    "report": ("report", "write one self-contained HTML page about one or more runs", _report),
    "export": ("export", "write runs in the formats of other tools", _export),
    "diff": ("diff", "compare two runs task by task: what changed, how sure that is, which tasks flipped", _diff),
    "baseline": ("baseline", "keep what an agent did in one small file, and find the file that fits a run", _baseline),
    "gate": ("gate", "pass, fail or inconclusive: hold a candidate to what it may lose against a baseline", _gate),
    "plan": ("plan", "say how much must be played to see a change of a wanted size, and what it costs", _plan),
    "replay": ("replay", "step through one episode in the terminal", _replay),
    "verify": ("verify", "play a run again from its journal, or compare it with another", _verify),
    "regrade": ("regrade", "grade a run's answers again with today's parsers and truths", _regrade),
    "truth": ("truth", "legal actions, questions and true answers of any position", _truth),
    "prompt": ("prompt", "print exactly what an agent would send to its model", _prompt),
    "play": ("play", "take a seat yourself and be marked by the same truths", _play),
    "shop": ("shop", "make catalogues for the game webshop", _shop),
    "list": ("listing", "say which games, agents, aids, models and suites are installed", _list),
    "doctor": ("doctor", "say what works here: models, keys, data, browser, installation", _doctor),
}
"""By name: the module in ``kibitz.harness.commands``, one line of help, and what adds the arguments."""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    whole = _Parser(
        prog="kibitz",
        description="Play games with language-model agents and check what they say against what is true.",
        epilog="exit codes: " + "; ".join(f"{code} {text}" for code, text in EXIT_CODES.items()),
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, text, add) in COMMANDS.items():
        add(commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + "."))
    return whole


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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _give_streams()
    args = parser().parse_args(argv)
    try:
        command = importlib.import_module(f"kibitz.harness.commands.{COMMANDS[args.command][0]}")
        code: int = command.main(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has gone, as with "| head": nothing to say, and nobody to say it to.
        _give_up_stdout()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        print("kibitz: stopped", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
            _give_up_stdout()
            print(f"kibitz: the output cannot be written: {error.strerror}; nothing else is lost", file=sys.stderr)
            return USAGE
        return _explain(error)
    return code


def _give_up_stdout() -> None:
    """Let nothing more be written, so that the interpreter does not fail at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(error: Exception) -> int:
    expected = list(_expected(error))
    if expected and len(expected) == len(list(_leaves(error))):
        for message in dict.fromkeys(str(one) for one in expected):
            print(f"kibitz: {message}", file=sys.stderr)
        return next((one.code for one in expected if isinstance(one, KibitzError)), USAGE)
    import tempfile
    import traceback

    kind, text = type(error).__name__, "".join(traceback.format_exception(error))
    if isinstance(error, BrokenError):
        kind, text = error.kind, error.trace
    if os.environ.get("KIBITZ_TRACEBACK"):
        print(text, file=sys.stderr)
        where = "above"
    else:
        with tempfile.NamedTemporaryFile(
            "w", prefix="kibitz-traceback-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        where = f"in {file.name} (or set KIBITZ_TRACEBACK=1)"
    print(
        f"kibitz: something broke that should not ({kind}); please file an issue with the traceback {where}",
        file=sys.stderr,
    )
    return BROKE


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors within an error group, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _expected(error: BaseException) -> Iterator[BaseException]:
    return (leaf for leaf in _leaves(error) if isinstance(leaf, (KibitzError, *elsewhere())))


PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "…": "...", "✓": "+", "✗": "x", "×": "x", "·": "."})
"""What stands for our own characters where a terminal has only ASCII."""


def _give_streams() -> None:
    """See to it that printing never fails: no stream is missing, and none refuses a character."""
    codecs.register_error("kibitz", _plainly)
    for name in ("stdout", "stderr"):
        stream: IO[str] | None = getattr(sys, name)
        if stream is None:  # closed by the shell, as with ">&-"
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open to the end
        elif (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="kibitz")


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace what a terminal cannot show: by plain characters where there are some, else by an escape."""
    if isinstance(error, UnicodeEncodeError):
        plain = error.object[error.start : error.end].translate(PLAIN)
        if plain.isascii():
            return plain, error.end
    return codecs.backslashreplace_errors(error)


if __name__ == "__main__":
    sys.exit(main())
