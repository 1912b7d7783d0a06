import math

import pytest

from kibitz.results.comparing.trials import Results, Trial, TrialError


def results(*trials: Trial) -> Results:
    return Results(source="side.csv", subject="ann", trials=trials, scheduled=len(trials))


def test_the_outcome_stands_first_among_the_metrics() -> None:
    side = results(
        Trial(task="a", scores={"legality": 1.0}), Trial(task="b", scores={"answers.wins": 0.5, "outcome": 0.0})
    )
    assert side.metrics == ("outcome", "answers.wins", "legality")


def test_a_failed_trial_is_not_graded() -> None:
    side = results(Trial(task="a", scores={"outcome": 1.0}), Trial(task="b", failed="timeout", fault="provider"))
    assert (side.graded, side.scheduled) == (1, 2)


@pytest.mark.parametrize(
    ("trial", "label"),
    [
        (Trial(task="a"), "a"),
        (Trial(task="3/_,bot", group="connect4"), "connect4/3/_,bot"),
        (Trial(task="a", trial=2), "a (trial 3)"),
    ],
)
def test_label(trial: Trial, label: str) -> None:
    assert trial.label == label


def test_two_trials_of_one_name_are_refused() -> None:
    with pytest.raises(TrialError, match=r"side.csv: g/a \(trial 2\) occurs twice"):
        results(Trial(task="a", group="g", trial=1), Trial(task="a", group="g", trial=1))


@pytest.mark.parametrize("score", [-0.01, 1.01, math.nan, math.inf])
def test_a_score_outside_its_range_is_refused(score: float) -> None:
    with pytest.raises(TrialError, match=r"side.csv: a has outcome = .* not in 0..1"):
        results(Trial(task="a", scores={"outcome": score}))
