"""The command line: which commands there are, and what becomes of errors.

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

from kibitz.harness import arguments
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


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors exit with the code for usage errors."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {_tame(message)}; for more: {self.prog} --help\n")


class _Version(argparse.Action):
    """Prints the version; looked up only when asked for, since that costs tens of milliseconds."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"kibitz {version('kibitz')}")
        parser.exit()


COMMANDS: dict[str, tuple[str, str, Callable[[argparse.ArgumentParser], None]]] = {
    "run": ("run", "play a suite and write a leaderboard and a report", arguments.run),
    "board": ("board", "print the leaderboard of one or more runs", arguments.board),
    "report": ("report", "write one self-contained HTML page about one or more runs", arguments.report),
    "export": ("export", "write runs in the formats of other tools", arguments.export),
    "diff": (
        "diff",
        "compare two runs task by task: what changed, how sure that is, which tasks flipped",
        arguments.diff,
    ),
    "baseline": (
        "baseline",
        "keep what an agent did in one small file, and find the file that fits a run",
        arguments.baseline,
    ),
    "gate": (
        "gate",
        "pass, fail or inconclusive: hold a candidate to what it may lose against a baseline",
        arguments.gate,
    ),
    "plan": ("plan", "say how much must be played to see a change of a wanted size, and what it costs", arguments.plan),
    "replay": ("replay", "step through one episode in the terminal", arguments.replay),
    "verify": ("verify", "play a run again from its journal, or compare it with another", arguments.verify),
    "regrade": ("regrade", "grade a run's answers again with today's parsers and truths", arguments.regrade),
    "truth": ("truth", "legal actions, questions and true answers of any position", arguments.truth),
    "prompt": ("prompt", "print exactly what an agent would send to its model", arguments.prompt),
    "play": ("play", "take a seat yourself and be marked by the same truths", arguments.play),
    "shop": ("shop", "make catalogues for the game webshop", arguments.shop),
    "list": ("listing", "say which games, agents, aids, models and suites are installed", arguments.listing),
    "doctor": ("doctor", "say what works here: models, keys, data, browser, installation", arguments.doctor),
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
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        # Whoever mistypes an option is shown those of the command, and not the list of commands.
        command.set_defaults(parser=command)
        add(command)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _give_streams()
    args, unknown = parser().parse_known_args(argv)
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
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
            print(f"kibitz: {_tame(message)}", file=sys.stderr)
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


def _tame(message: str) -> str:
    """A message without what could drive a terminal: there may be names of files and of other people in it."""
    from kibitz.harness.commands.output import tame

    return tame(message)


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
