"""Actions of every game as models write them: spellings that are understood, and what is refused with a reason."""

import re
from random import Random

import pytest

from kibitz.agents.parsing import Wanted, read_free
from kibitz.games import registry

GAMES = sorted(registry.installed())
LOOK_ALIKES = str.maketrans("0123456789abcdefghx-+", "０１２３４５６７８９аЬсԁеfɡһх‑＋")


def position(name):
    """The first position of an episode, and some legal actions there: listed ones and samples of open ones."""
    game = registry.make(name)
    game.reset(0)
    actions = game.observe(game.movers()[0]).actions
    samples = [sample for family in actions.open for sample in family.samples]
    known = [*actions.listed, *samples]
    return actions, Random(name).sample(known, min(len(known), 6))


def is_verbatim(actions, action):
    """Whether an action is of a family whose arguments count as they are written."""
    return any(family.verbatim and re.fullmatch(family.regex, action) for family in actions.open)


def read(actions, *lines):
    return read_free("\n".join(lines), Wanted((), actions))


@pytest.mark.parametrize("name", GAMES)
def test_case_blanks_and_markdown_do_not_matter(name):
    actions, known = position(name)
    for action in known:
        # What is asked of a search engine counts as it is written; only the verb before it may be in capitals.
        verb, mark, rest = action.partition("[") if is_verbatim(actions, action) else (action, "", "")
        for written in (
            verb.upper() + mark + rest,
            f"  {action} ",
            f"**{action}**",
            f"`{action}`",
            f'"{action}"',
            f"({action})",
        ):
            found = read(actions, "I thought about it.", f"<action>{written}</action>")
            assert (found.action, found.problem) == (action, ""), written


@pytest.mark.parametrize("name", GAMES)
def test_the_last_declared_action_counts(name):
    actions, known = position(name)
    first, last = known[0], known[-1]
    found = read(actions, f"<action>{first}</action>", "No, wait.", f"<action>{last}</action>")
    assert (found.action, found.problem) == (last, "")


@pytest.mark.parametrize("name", GAMES)
def test_an_action_in_prose_is_not_looked_for(name):
    actions, known = position(name)
    for text in (known[0], f"I play {known[0]}.", f"My action: {known[0]}", f"Action {known[0]} <action>"):
        found = read(actions, text)
        assert (found.action, found.problem) == (None, "no_action")
        assert found.reason


@pytest.mark.parametrize("name", GAMES)
def test_several_actions_and_sentences_are_refused_with_the_reason(name):
    actions, known = position(name)
    for written in (f"{known[0]} {known[-1]}", f"{known[0]}; {known[-1]}", f"I play {known[0]}", f"{known[0]}!", ""):
        found = read(actions, f"<action>{written}</action>")
        assert found.action is None
        assert found.problem in ("illegal_action", "no_action")
        assert found.reason


@pytest.mark.parametrize("name", GAMES)
def test_look_alikes_of_other_alphabets_are_refused(name):
    actions, known = position(name)
    for action in known:
        verb, mark, rest = action.partition("[") if is_verbatim(actions, action) else (action, "", "")
        disguised = verb.translate(LOOK_ALIKES) + mark + rest
        if disguised != action:
            found = read(actions, f"<action>{disguised}</action>")
            assert (found.action, found.problem) == (None, "illegal_action")
