import pytest

from kibitz.harness.executors.serving import Host, at_once


def test_a_followed_game_stands_where_the_other_does(start):
    host, actions = Host(), ({0: "a"}, {1: "b"}, {0: "b"}, {1: "a"})
    for begin, played in [(0, 2), (0, 3), (0, 3), (0, 4), (0, 1), (1, 1), (1, 2), (0, 0)]:
        host._follow(start("tame", begin), actions[:played])
        assert host.position() == {"seed": begin, "said": [a for step in actions[:played] for a in step.values()]}


def test_a_game_that_could_not_be_followed_is_begun_anew(start):
    host = Host()
    host._follow(start("tame"), ({0: "a"},))
    with pytest.raises(ValueError, match="z is neither"):
        host._follow(start("tame"), ({0: "a"}, {1: "b"}, {0: "z"}))
    host._follow(start("tame"), ({0: "a"}, {1: "a"}))
    assert host.position()["said"] == ["a", "a"]


def test_rules_are_told_when_they_change(start):
    host = Host()
    assert host.open(start("tame")) == ("Name a or b. 1",) * 2
    changes = []
    for action in "abab":
        views, rules = host.views()
        changes.append(rules)
        host.settle({}, {views[0].seat: action})
    assert [*changes, host.views()[1]] == [None, None, None, None, ("Name a or b. 2",) * 2]


def test_a_table_that_waits_is_no_games_table():
    async def wait():
        import asyncio

        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited"):
        at_once(wait())
