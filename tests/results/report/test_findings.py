from typing import Any

from kibitz.results.leaderboard import board
from kibitz.results.report.findings import findings


def test_a_clear_lead(builder: Any) -> None:
    run = builder()
    for _ in range(20):
        run.play("ann", "bob", reward=(1, -1))
    assert findings(board([run.data()])) == [
        "All 20 episodes were played and scored.",
        "Connect4: ann leads with 1.00 [0.68, 1.00], clear of all other ranked agents.",
    ]


def test_an_unsettled_order(builder: Any) -> None:
    run = builder(agents=[builder.agent(name) for name in "abc"])
    run.play("a", "b", reward=(0, 0))
    run.play("a", "c", reward=(1, -1))
    run.play("b", "c", reward=(1, -1))
    line = findings(board([run.data()]))[1]
    assert line.startswith("Connect4: a and b share the lead with 0.50")
    assert line.endswith("; the interval overlaps with c, so that order is not settled.")


def test_reasoning_and_fallbacks(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(-1, 1), forfeit=(0, 0))
    run.move(unit, 0, fallback=True)
    run.answer(unit)
    lines = findings(board([run.data()]))
    assert "ann answers none of 1 subproblems measurably better than a constant answer." in lines
    assert lines[-1].startswith("ann gave no legal action in 1 of 1 decisions")


def test_what_is_missing_comes_first(builder: Any) -> None:
    run = builder()
    run.unit("ann", "bob")
    assert findings(board([run.data()]))[0].startswith("Incomplete: 0 of 1 episodes")
