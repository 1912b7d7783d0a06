"""The leaderboard's part of the page beyond its numbers, which ``test_numbers`` compares."""

import re
from typing import Any

from kibitz.results.leaderboard import board
from kibitz.results.report.build import coded, render
from kibitz.results.report.leaderboard import few_note


def test_few_observations_are_told_under_their_table(builder: Any, draw: Any) -> None:
    run = builder(games=[builder.game("few", title="Few"), builder.game("many", title="Many")])
    for deal in range(2):
        for _ in range(6):
            run.play("ann", "bob", reward=(1, -1), game="few", pair=f"f{deal}")
    for deal in range(12):
        run.play("ann", "bob", reward=(1, -1), game="many", pair=f"m{deal}")
    data = run.data()
    page = render([data], draw)
    under = dict(re.findall(r'<table class="board" data-game="([^"]+)">.*?</table>\n</div>\n(.*?)\n', page, re.DOTALL))
    assert under["few"].startswith(
        '<p class="note">† Rests on 2 independent observations only, so the interval is wide'
    )
    assert "†" not in under["many"]
    assert few_note(board([data]).of_game("many")) == ""


def test_numbers_of_observations_that_differ_are_a_range(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in "abc"])
    run.play("a", "b", reward=(1, -1), pair="x")
    for deal in range(3):
        run.play("a", "c", reward=(1, -1), pair=f"y{deal}")
    assert few_note(board([run.data()]).rows).startswith("† Rests on 1 to 4 independent observations only")


def test_code_in_our_own_sentences_only() -> None:
    assert coded("`kibitz run --resume --out RUN` plays the rest") == (
        "<code>kibitz run --resume --out RUN</code> plays the rest"
    )
    assert coded("more `pairs`, `x` <b> & `") == "more <code>pairs</code>, `x` &lt;b&gt; &amp; `"
