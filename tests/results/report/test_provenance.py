from typing import Any

from kibitz.results.leaderboard import board
from kibitz.results.report.build import render
from kibitz.results.report.provenance import missing


def test_nothing_missing_is_said_too(builder: Any, draw: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    assert missing(board([run.data()])) == ()
    assert "Nothing: all 1 scheduled episodes are scored." in render([run.data()], draw)


def test_failures_are_told_by_cause_under_three_treatments(builder: Any, draw: Any) -> None:
    run = builder()
    for _ in range(3):
        run.play("ann", "bob", reward=(1, -1))
    run.play("ann", "bob", reward=(), status="failed", cause="timeout")
    ((game, rows),) = missing(board([run.data()]))
    assert game == "connect4"
    ann = next(row for row in rows if row.score.agent == "ann").score.treatments
    # Three wins of four: left out 1, as lost 0.5, between 0.5 and 1.
    assert (ann.graded, ann.excluded.mean, ann.zero.mean, ann.worst, ann.best) == (0.75, 1.0, 0.5, 0.5, 1.0)
    page = render([run.data()], draw)
    assert 'timeout <data value="1" data-key="treatments.failures.timeout">1</data>' in page


def test_whose_data_it_is_is_told(builder: Any, draw: Any) -> None:
    run = builder(games=[builder.game("ours"), builder.game("theirs", attribution="HotPotQA <authors>, CC BY-SA 4.0")])
    run.play("ann", "bob", reward=(1, -1), game="theirs")
    page = render([run.data()], draw)
    assert "<dt>data of theirs</dt><dd>HotPotQA &lt;authors&gt;, CC BY-SA 4.0</dd>" in page
    assert "data of ours" not in page


def test_hashes_are_shown_whole(builder: Any, draw: Any) -> None:
    run = builder(agents=[builder.agent("ann", hash="f" * 64), builder.agent("bob")])
    run.play("ann", "bob", reward=(1, -1))
    assert f">{'f' * 64}</code>" in render([run.data()], draw)
