"""What the command line offers is what the modules behind it take: the lists are written twice to keep it quick."""

from typing import get_args

from kibitz.harness import arguments, suitefile
from kibitz.harness.cli import parser
from kibitz.harness.commands.listing import LISTS
from kibitz.results.export.export import WRITERS


def test_what_is_offered_is_what_is_taken():
    assert arguments.MOST_PAIRS == suitefile.MOST_PAIRS
    assert set(arguments.ASK_MODES) == set(get_args(suitefile.Ask))
    assert set(arguments.EXPORTED) == {*WRITERS, "inspect"}
    assert set(arguments.LISTED) == set(LISTS)


def test_every_argument_says_what_it_is():
    commands = next(action.choices for action in parser()._actions if action.dest == "command")
    for name, command in commands.items():
        for action in command._actions:
            assert action.help or action.dest == "what", (name, action.dest)
