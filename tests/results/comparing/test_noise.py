import io

import pytest
from rich.console import Console

from kibitz.results.comparing.noise import conclusion, noise
from kibitz.results.comparing.noisetables import terminal
from kibitz.results.comparing.pairs import NotComparableError
from kibitz.results.records import Spent

NAMES = ("a", "b")


def two(builder, play):
    """The same run twice; ``play(run, second)`` fills it."""
    found = []
    for second in (False, True):
        run = builder()
        play(run, second)
        found.append(run.data())
    return found


def shown(found):
    out = io.StringIO()
    Console(file=out, width=200).print(terminal(found))
    return out.getvalue()


def test_what_is_equal_to_the_byte_has_no_noise(builder):
    def play(run, second):
        for pair in "pqr":
            run.move(run.play("ann", "bob", reward=(1.0, -1.0), pair=pair))

    found = noise(*two(builder, play), NAMES)
    assert (found.episodes, found.equal) == (3, 3)
    assert all(agent.repeats_itself and not agent.diff.flips for agent in found.agents)
    assert conclusion(found) == "The noise is 0: all 3 episodes are equal to the byte in both runs."
    assert "Never did otherwise in the same situation: ann, bob." in shown(found)


def test_who_was_the_first_to_do_otherwise(builder):
    def play(run, second):
        for k in range(4):
            strays = second and k < 2
            unit = run.play("ann", "bob", reward=(-1.0, 1.0) if strays else (1.0, -1.0), digest=f"{k}{strays}")
            run.move(unit, 0, "1")
            run.move(unit, 1, "3" if strays else "2")
            # What follows from it is nobody else's doing.
            run.move(unit, 0, "5" if strays else "4")

    found = noise(*two(builder, play), NAMES)
    ann, bob = found.agents
    assert (found.equal, ann.strayed, bob.strayed, found.game) == (2, 0, 2, 0)
    assert (ann.repeats_itself, bob.repeats_itself) == (True, False)
    assert ann.flips.mean == 0.5
    assert (ann.diff.main.change.mean, bob.diff.main.change.mean) == (-0.5, 0.5)
    assert "50% of bob's results in outcome flip between identical runs" in conclusion(found)
    assert "ann" not in conclusion(found)  # what flips for ann is bob's doing


def test_the_bill_is_no_decision(builder):
    def play(run, second):
        unit = run.play("ann", "bob", reward=(1.0, -1.0), digest=str(second))
        run.move(unit, 0, spent=Spent(calls=1, usd=0.5 if second else 0.1))

    found = noise(*two(builder, play), NAMES)
    assert (found.equal, found.agents[0].strayed, found.game) == (0, 0, 1)
    assert "In 1 episodes no agent did otherwise first" in shown(found)


def test_other_answers_are_the_agent_s(builder):
    def play(run, second):
        unit = run.play("ann", "bob", reward=(1.0, -1.0), digest=str(second))
        run.move(unit, 0)
        run.answer(unit, "wrong" if second else "right")

    found = noise(*two(builder, play), NAMES)
    assert (found.agents[0].strayed, found.game) == (1, 0)
    assert conclusion(found).endswith("No result flips.")


def test_an_episode_that_ended_in_one_run_only_is_not_compared(builder):
    def play(run, second):
        run.play("ann", "bob", reward=(1.0, -1.0))
        if second:
            run.unit("ann", "bob")
        else:
            run.play("ann", "bob", reward=(1.0, -1.0))

    found = noise(*two(builder, play), NAMES)
    assert (found.episodes, found.unfinished) == (1, 1)
    assert "Not compared, not ended in both runs: 1 episodes." in shown(found)


def test_runs_of_two_suites_and_runs_without_an_episode_are_refused(builder):
    with pytest.raises(NotComparableError, match="runs of two suites"):
        noise(builder().data(), builder().data(config_hash="other"), NAMES)
    with pytest.raises(NotComparableError, match="ended in both"):
        noise(builder().data(), builder().data(), NAMES)


def test_a_recording_has_no_noise_of_its_own(builder):
    def play(run, second):
        run.play("ann", "bob", reward=(1.0, -1.0))

    first, second = two(builder, play)
    second.info.config["replay"] = "runs/a"
    assert "nothing was asked again" in shown(noise(first, second, NAMES))
