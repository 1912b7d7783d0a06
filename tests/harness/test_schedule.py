from dataclasses import replace

import pytest

from kibitz.games.cards.numberline import NumberLine
from kibitz.games.game import DataError
from kibitz.harness.cast import make_cast, misfits
from kibitz.harness.config import parse
from kibitz.harness.schedule import units


@pytest.fixture
def suite():
    bots = {name: {"kind": "random"} for name in ("a", "b", "c")}
    matches = [{"game": "tictactoe", "pairs": 2}, {"game": "numberline", "pairs": 3}]
    return parse({"name": "s", "agents": bots, "match": matches}, "s", None)


def test_each_pairing_plays_each_k_twice_with_seats_exchanged(suite):
    games = [unit for unit in units(suite) if unit.game == "tictactoe"]
    assert len(games) == 3 * 2 * 2
    for unit in games:
        mirrors = [other for other in games if other.pair == unit.pair]
        assert [set(m.agents) for m in mirrors] == [set(unit.agents)] * 2
        assert mirrors[0].agents == mirrors[1].agents[::-1]
        assert mirrors[0].seed == mirrors[1].seed


def test_one_seat_games_are_played_by_everybody(suite):
    assert sorted(u.key for u in units(suite) if u.game == "numberline") == [
        f"numberline/{k}/{name}" for k in range(3) for name in "abc"
    ]


def test_everybody_meets_the_same_episodes(suite):
    seeds = {
        (unit.game, unit.k): {u.seed for u in units(suite) if (u.game, u.k) == (unit.game, unit.k)}
        for unit in units(suite)
    }
    assert all(len(found) == 1 for found in seeds.values())
    assert len({next(iter(found)) for found in seeds.values()}) == len(seeds)


def test_keys_are_unique_and_indices_count(suite):
    found = units(suite)
    assert [unit.index for unit in found] == list(range(len(found)))
    assert len({unit.key for unit in found}) == len(found)


def test_the_first_ks_come_first_so_that_a_stopped_run_is_balanced(suite):
    ks = [unit.k for unit in units(suite)]
    assert ks == sorted(ks)


def test_more_pairs_do_not_change_the_earlier_ones(suite):
    more = replace(suite, matches=tuple(replace(match, pairs=9) for match in suite.matches))
    seeds = {unit.key: unit.seed for unit in units(more)}
    assert all(seeds[unit.key] == unit.seed for unit in units(suite))


def test_another_run_seed_gives_other_episodes(suite):
    one, other = units(suite), units(replace(suite, seed=1))
    assert not {unit.seed for unit in one} & {unit.seed for unit in other}


def test_against_has_everybody_meet_one(suite):
    against = tuple(replace(match, schedule="against", against="b") for match in suite.matches[:1])
    assert {unit.agents for unit in units(replace(suite, matches=against))} == {
        ("a", "b"), ("b", "a"), ("c", "b"), ("b", "c"),
    }  # fmt: skip


def test_a_game_with_given_tasks_plays_them_in_their_order(suite, monkeypatch):
    monkeypatch.setattr(NumberLine, "tasks", lambda game: ["first", "second", "third", "fourth"])
    tasks = {(unit.k, unit.task) for unit in units(suite) if unit.game == "numberline"}
    assert tasks == {(0, "first"), (1, "second"), (2, "third")}
    assert {unit.task for unit in units(suite) if unit.game == "tictactoe"} == {None}


def test_more_episodes_than_tasks_are_refused_before_the_run(suite, monkeypatch):
    monkeypatch.setattr(NumberLine, "tasks", lambda game: ["first", "second"])
    assert misfits(suite, make_cast(suite)) == ["numberline: pairs = 3, but it has 2 tasks; play at most so many"]


def test_missing_data_are_told_before_the_run(suite, monkeypatch):
    def missing(game):
        raise DataError("questions.json: no such file")

    monkeypatch.setattr(NumberLine, "tasks", missing)
    assert misfits(suite, make_cast(suite)) == ["numberline: questions.json: no such file"]
