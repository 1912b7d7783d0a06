import io

import pytest
from rich.console import Console

from kibitz.results.comparing.diff import diff
from kibitz.results.comparing.difftables import terminal
from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.trials import Trial
from kibitz.results.comparing.words import conclusion, in_points, p_value, plain


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([1] * 10, [0] * 9 + [1], "ann is worse in outcome: −90.0 points [−100.0, −58.7], p = 0.004 (McNemar, exact)"),
        ([1] * 10, [1] * 10, "No difference was found in outcome: all 10 pairs in 10 clusters are equal; a change"),
        ([0] * 4, [1] * 4, "p = 0.125 (McNemar, exact) over 4 pairs in 4 clusters; so few clusters cannot show"),
        ([1], [0], "Nothing can be said about outcome: 1 pair, a single observation."),
    ],
)  # fmt: skip
def test_conclusions(make, before, after, said):
    assert said in conclusion(diff(make.paired(before, after)))


def test_no_difference_says_what_would_have_been_seen(make):
    found = conclusion(diff(make.paired([1, 0] * 100, [1, 0] * 98 + [0, 0, 1, 1])))
    assert "No difference was found in outcome: 0.0 points [−2.0, +2.0], p = 1.000" in found
    assert "a change of 3.3 points or more would have been seen (80 %)" in found


def test_nothing_on_both_sides(make):
    both = pair(
        make.side("a", Trial(task="0", scores={"outcome": 1.0})), make.side("b", Trial(task="0", failed="timeout"))
    )
    assert conclusion(diff(both)) == (
        "Nothing can be said about outcome: no pair has it on both sides (1 pair without a result)."
    )


@pytest.mark.parametrize(
    ("p", "text"),
    [(None, "–"), (1.0, "1.000"), (0.0421, "0.042"), (0.00012, "0.0001"), (1e-9, "< 0.0001")],
)
def test_p_values(p, text):
    assert p_value(p) == text


def test_points():
    assert in_points(0.01) == "+1.0 point"
    assert in_points(-0.123) == "−12.3 points"
    assert in_points(0.05, signed=False) == "5.0 points"


def shown(found, width=200, **options):
    out = io.StringIO()
    Console(file=out, width=width).print(terminal(found, width, **options))
    return out.getvalue()


def test_the_conclusion_comes_first_then_the_flips_then_the_numbers(make):
    text = shown(diff(make.paired([1] * 10, [0] * 9 + [1])))
    assert text.startswith("ann is worse in outcome")
    assert text.index("Flips in outcome: 9 worse, 0 better") < text.index("Metrics")
    assert "seen from: the smallest true change" in text


def test_many_flips_are_listed_only_when_asked_for(make):
    found = diff(make.paired([1] * 30, [0] * 30))
    assert "20 of 30 are shown; --all shows the rest" in shown(found)
    assert shown(found).count("−100.0 \n") == 20
    assert shown(found, every=True).count("−100.0 \n") == 30


def test_what_was_not_compared_is_said(make):
    both = pair(
        make.side("a", *(Trial(task=str(i), scores={"outcome": 1.0}) for i in range(9)), scheduled=20),
        make.side("b", Trial(task="0", scores={"outcome": 1.0}), Trial(task="1", failed="timeout")),
    )
    text = shown(diff(both))
    assert "not compared, failed on a side: 1 (1: timeout)" in text
    assert "not compared, only in the baseline: 7 (2, 3, 4 and 4 more)" in text
    assert "the baseline is not complete: 11 of 20 were not played" in text


def test_arms_identity_and_noise_are_said(make):
    trial = Trial(task="0", scores={"outcome": 1.0})
    before = make.side("a", trial, conditions={"protocol.ask": "none"}, identity={"hash": "1", "identity.depth": "2"})
    after = make.side("b", trial, conditions={"protocol.ask": "same"}, identity={"hash": "2", "identity.depth": "3"})
    text = shown(diff(pair(before, after, ["protocol.ask"])))
    assert "compared on purpose: protocol.ask: none / same" in text
    assert "the agent differs in depth: 2 / 3" in text
    same = make.paired([1, 0], [1, 1], identity={"hash": "1"})
    assert "what differs is noise (50% of the pairs flipped)" in shown(diff(same))


def test_a_narrow_terminal_leaves_columns_out_and_says_so(make):
    text = shown(diff(make.paired([1] * 10, [0] * 10)), width=70)
    assert max(map(len, text.splitlines())) <= 70
    assert "Left out, the terminal is narrow:" in text
    assert "seen from" in text


def test_names_from_outside_cannot_drive_a_terminal(make):
    trials = [Trial(task="\x1b[2J[bold]x[/bold]", scores={"outcome": score}) for score in (1.0, 0.0)]
    text = shown(diff(pair(make.side("a\x07", trials[0]), make.side("b", trials[1]))))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\\x1b[2J[bold]x[/bold]" in text
    assert plain("a\nb") == "a\\x0ab"
