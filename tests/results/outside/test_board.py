import json
from dataclasses import replace

import pytest

from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.outside.board import board_of
from kibitz.results.statistics.intervals import bounded_mean, grouped
from kibitz.results.tables import comma_separated, markdown


def side(subject: str, *scores: float, source: str = "", **changes: object) -> Results:
    trials = [Trial(task=f"t{i}", scores={"outcome": score}, usd=0.5, tokens=10) for i, score in enumerate(scores)]
    found = Results(source=source or f"{subject}.csv", subject=subject, trials=tuple(trials), scheduled=len(trials))
    return replace(found, **changes)  # type: ignore[arg-type]


def test_the_outcome_is_the_mean_score_with_the_usual_interval() -> None:
    (row, pooled) = board_of([side("a", 1, 0, 1, 0.5)]).rows
    assert row.score.outcome == bounded_mean(grouped([1, 0, 1, 0.5]), 0, 1)
    assert pooled.score.outcome.mean == pytest.approx(row.score.outcome.mean)
    assert (row.score.scale, pooled.score.scale, row.score.usd, row.score.tokens) == ((0, 1), (0, 1), 2.0, 40)
    assert (row.score.wins, row.score.losses, row.score.legality.n) == (0, 0, 0)


def test_trials_of_a_task_and_tasks_of_a_cluster_are_one_observation() -> None:
    trials = [
        Trial(task="a", trial=0, scores={"outcome": 1.0}),
        Trial(task="a", trial=1, scores={"outcome": 0.0}),
        Trial(task="b", cluster="c", scores={"outcome": 1.0}),
        Trial(task="d", cluster="c", scores={"outcome": 1.0}),
        Trial(task="e", scores={"outcome": 1.0}),
    ]
    score = board_of([side("a", trials=tuple(trials), scheduled=5)]).rows[0].score
    assert (score.outcome.n, score.outcome.clusters) == (5, 3)
    assert score.repeats.reliability is not None
    assert [flaky.task for flaky in score.repeats.reliability.flaky] == ["a"]


def test_ranks_names_and_rows_do_not_depend_on_the_order() -> None:
    sides = [side("a", 0, 1, source="x.csv"), side("b", 1, 1), side("a", 0, 0, source="y.csv"), side("c", 1, 1)]
    found = [(row.score.agent, row.rank) for row in board_of(sides).of_game("*")]
    assert found == [("b", 1), ("c", 1), ("a@x.csv", 3), ("a@y.csv", 4)]
    assert [(row.score.agent, row.rank) for row in board_of(sides[::-1]).of_game("*")] == found


def test_a_group_is_a_game_and_who_lacks_one_has_no_place_over_all() -> None:
    both = tuple(Trial(task="t", group=group, scores={"outcome": 1.0}) for group in ("math", "code"))
    board = board_of([side("a", trials=both, scheduled=2), side("b", trials=both[:1], scheduled=1)])
    assert tuple(board.games) == ("math", "code")
    assert [(row.score.agent, row.rank, row.score.games) for row in board.of_game("*")] == [("a", 1, 2), ("b", None, 1)]


def test_failed_trials_are_counted_and_not_scored() -> None:
    failed = Trial(task="x", failed="timeout", fault="provider")
    a = side("a", 1)
    board = board_of([replace(a, trials=(*a.trials, failed), scheduled=3), side("b", trials=(failed,), scheduled=1)])
    assert (board.complete, board.scored, board.scheduled, board.failures) == (False, 1, 4, {"timeout": 2})
    rows = {row.score.agent: row for row in board.of_game("tasks")}
    assert (rows["b"].rank, rows["b"].score.outcome.mean) == (None, None)
    assert (rows["a"].score.treatments.worst, rows["a"].score.treatments.best) == (0.5, 1.0)


def test_every_form_is_written_and_names_stay_inert() -> None:
    board = board_of([side("=cmd|<b>", 1, 0)])
    assert json.loads(board.to_json())["rows"][0]["rating"] is None
    assert "=cmd\\|&lt;b&gt;" in markdown(board)
    assert "legal" not in markdown(board)
    assert "'=cmd|<b>,tasks" in comma_separated(board)


def test_nothing_is_no_board() -> None:
    with pytest.raises(ValueError, match="at least one"):
        board_of([])
