from typing import Any

import pytest

from kibitz.results.leaderboard import board
from kibitz.results.records import Spent
from kibitz.results.report.pareto import Pareto, Point, paretos
from kibitz.results.report.paretochart import label, spec
from kibitz.results.statistics.intervals import Interval


def prices(builder: Any, **usd: float | None) -> Any:
    """A run in which each agent wins against the ones after it; an episode costs it so many dollars, None unknown."""
    names = list(usd)
    run = builder(agents=[builder.agent(name, privilege="truth" if name == "ref" else "none") for name in names])
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            spent = tuple(
                Spent(calls=1, input_tokens=100, usd=usd[name] or 0.0, unpriced=int(usd[name] is None))
                for name in (one, other)
            )
            run.play(one, other, reward=(1, -1), spent=spent)
    return run.data()


def test_the_front_is_whoever_nobody_beats_for_less(builder: Any) -> None:
    (plot,) = paretos(board([prices(builder, best=2.0, dear=3.0, good=0.5, bad=0.5, free=0.0)]), "connect4")
    assert [(point.agent, point.cost, point.front) for point in plot.points] == [
        ("free", 0.0, True),
        ("good", 0.5, True),
        ("bad", 0.5, False),
        ("best", 2.0, True),
        ("dear", 3.0, False),
    ]


def test_who_has_no_price_is_on_no_scale_and_tokens_are_shown_too(builder: Any) -> None:
    dollars, tokens = paretos(board([prices(builder, best=None, good=0.5, bad=0.1)]), "connect4")
    assert [point.agent for point in dollars.unknown] == ["best"]
    assert [point.agent for point in dollars.front] == ["bad", "good"]
    assert (tokens.unit, tokens.unknown) == ("tokens", ())
    assert [point.agent for point in tokens.front] == ["best"]


def test_references_are_shown_but_beat_nobody(builder: Any) -> None:
    (plot,) = paretos(board([prices(builder, ref=0.001, good=0.5)]), "connect4")
    assert [(point.agent, point.front) for point in plot.points] == [("ref", False), ("good", True)]


def test_who_spent_nothing_needs_no_plot(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1), spent=(Spent(), Spent()))
    assert paretos(board([run.data()]), "connect4") == ()


def test_one_agent_alone_needs_no_plot(builder: Any) -> None:
    run = builder(games=[builder.game("line", seats=1, payoff="single")])
    run.play("ann", reward=(0.5,), game="line")
    assert paretos(board([run.data()]), "line") == ()


def test_over_all_games_only_who_played_them_all_is_compared(builder: Any) -> None:
    run = builder(games=[builder.game("a"), builder.game("b")], agents=[builder.agent(name) for name in "xyz"])
    run.play("x", "y", reward=(1, -1), game="a")
    run.play("x", "y", reward=(1, -1), game="b")
    run.play("x", "z", reward=(1, -1), game="b")
    (plot,) = paretos(board([run.data()]), "*")
    assert [point.agent for point in plot.points] == ["x", "y"]
    assert plot.left_out == ("z",)


def points(*costs: float | None) -> Pareto:
    quality = Interval(0.5, 0.4, 0.6, 10, 10)
    made = tuple(Point(f"a{i}", Interval(cost, cost, cost, 10, 10), quality, False) for i, cost in enumerate(costs))
    return Pareto("*", "usd", made, ())


@pytest.mark.parametrize(
    ("costs", "kind", "strips"),
    [
        ((0.0, 1.0, 2.0), "linear", []),
        ((0.0, 0.01, 2.0), "log", ["free"]),
        ((0.01, 2.0, None), "log", ["unknown"]),
        ((1.0,), "linear", []),
    ],
)
def test_the_scale_is_logarithmic_only_where_costs_are_far_apart(
    costs: tuple[float | None, ...], kind: str, strips: list[str]
) -> None:
    made = spec(points(*costs), "outcome", 760)
    assert made["scales"][0]["type"] == kind
    assert [strip["text"] for strip in made["data"][3]["values"]] == strips


def test_points_stand_where_the_scale_has_their_cost() -> None:
    made = spec(points(0.01, 0.1, 1.0), "outcome", 760)
    xs = [point["x"] for point in made["data"][0]["values"]]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])  # equal ratios, equal distances
    assert made["axes"][0]["values"] == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]


def test_a_lower_limit_of_nothing_ends_the_bar_at_the_edge() -> None:
    wide = Point("a", Interval(1.0, -0.5, 50.0, 3, 3), Interval(0.5, None, None, 3, 3), False)
    made = spec(Pareto("*", "usd", (wide,), ()), "outcome", 760)
    (bar,) = made["data"][0]["values"]
    assert 0 <= bar["cheap"] <= bar["x"] <= bar["dear"] <= 760


def test_the_label_says_everything(builder: Any) -> None:
    (plot,) = paretos(board([prices(builder, best=2.0, bad=0.5)]), "connect4")
    assert label(plot) == (
        "Quality against dollars per episode. bad: −1.00 [−1.00, 0.59], $0.5 per episode, on the front. "
        "best: 1.00 [−0.59, 1.00], $2.00 per episode, on the front"
    )
