"""Worked examples for prompts: positions of the same game with true answers, from seeds that no episode uses.

They are a function of the game's setting alone, so that the static part of a prompt is the same in every call.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

from kibitz.agents.agent import Example
from kibitz.games.actions import Actions
from kibitz.games.game import Game
from kibitz.games.positions import Posed
from kibitz.games.subproblem import Answer, Unknown
from kibitz.harness.seeds import derive, generator

TRIES = 240
"""Positions looked at, many of them over; the most telling ones are taken."""

LONGEST_PRELUDE = 16
"""Random plies before a position, at most; in games with a ladder as many as its rungs take."""


def worked_examples(game: Game, count: int = 4) -> tuple[Example, ...]:
    """Examples whose answers differ as much as possible; for posed positions those of their game.

    A small model copies what it is shown: examples that all answer ``none`` teach it to say ``none``, and none that do
    teach it never to. So the first example has the rarest answers, and each next one gives a second answer to as many
    questions as possible, then to as many as possible one that was not shown, by the commonest answers of that kind.

    A game may ask other questions at other times. An example that leaves out what is asked teaches to leave it out, so
    there are at most ``count`` examples for each set of questions.
    """
    game = game.posed if isinstance(game, Posed) else game
    drafts = {e.observation: e for n in range(TRIES) if (e := _draft(game, n)) is not None}
    by_questions: defaultdict[tuple[str, ...], list[Example]] = defaultdict(list)
    for draft in drafts.values():
        by_questions[tuple(draft.answers)].append(draft)
    return tuple(example for alike in by_questions.values() for example in _telling(alike, count))


def _telling(drafts: list[Example], count: int) -> list[Example]:
    """The most telling ones of examples that answer the same questions."""
    common = Counter(fact for draft in drafts for fact in draft.answers.items())
    chosen: list[Example] = []
    while drafts and len(chosen) < count:
        shown = {fact for example in chosen for fact in example.answers.items()}
        answers = Counter(question for question, _ in shown)

        def news(
            draft: Example, shown: set[tuple[str, str]] = shown, answers: Counter[str] = answers
        ) -> tuple[int, int, int]:
            facts = draft.answers.items()
            fresh, usual = facts - shown, sum(common[fact] for fact in facts)
            return sum(answers[question] == 1 for question, _ in fresh), len(fresh), usual if shown else -usual

        best = max(drafts, key=news)
        chosen.append(best)
        drafts.remove(best)
    return chosen


def _draft(game: Game, n: int) -> Example | None:
    spec = game.spec
    name = (spec.id, spec.version, game.counting_options, n)
    rng = generator("example", *name)
    practice = game.practice()
    if game.tasks() is not None and not practice:
        return None
    game.reset(derive("example position", *name), practice[n % len(practice)] if practice else None)
    game.wander(rng, rng.randrange(max((rung.plies[1] for rung in game.ladder), default=LONGEST_PRELUDE)))
    if not (movers := game.movers()):
        return None
    seat = rng.choice(movers)
    observation = game.observe(seat)
    if observation.actions is None or (legal := _known(observation.actions)) == ():
        return None
    problems = game.subproblems(seat)
    truths: dict[str, Answer] = {}
    for problem in problems:
        if problem.about == "view" and not isinstance(truth := game.truth(seat, problem.id), Unknown):
            truths[problem.id] = truth
    action = _sound_action(game, seat, legal, truths, rng)
    for problem in problems:
        if problem.about == "action" and not isinstance(truth := game.truth(seat, problem.id, action), Unknown):
            truths[problem.id] = truth
    known = [problem for problem in problems if problem.id in truths]
    answers = {problem.id: problem.kind.show(truths[problem.id]) for problem in known}
    values = {problem.id: problem.kind.to_json(truths[problem.id]) for problem in known}
    return Example(observation.text, observation.actions.told(), answers, values, action)


def _known(actions: Actions) -> tuple[str, ...]:
    """The actions that can be named: the listed ones, and the samples of open families."""
    return (*actions.listed, *(sample for pattern in actions.open for sample in pattern.samples))


def _sound_action(game: Game, seat: int, legal: tuple[str, ...], truths: dict[str, Answer], rng: Random) -> str:
    """An action that follows from the true answers, else a best one, else a random one.

    Where the game has an oracle, its choice stands for the best, if a player could come to it; where it has a
    heuristic, that one's, also among several that follow.
    """
    if "oracle" in game.abilities and ((best := game.oracle(seat)) in legal or _ends(game, seat, best)):
        return best
    implied = game.implied(seat, truths)
    sound = game.heuristic(seat, rng) if "heuristic" in game.abilities else None
    if implied:
        return sound if sound in implied else min(implied, key=legal.index)
    values = Unknown("too slow") if game.slow_values else game.action_values(seat)
    if isinstance(values, Unknown):
        return rng.choice(legal) if sound is None else sound
    most = max(values.by_action.values())
    return rng.choice([action for action in legal if values.by_action[action] == most])


def _ends(game: Game, seat: int, action: str) -> bool:
    """Whether an action ends the episode: a final answer can be worked out, the name of what is looked for cannot."""
    after = game.clone()
    after.step({seat: action})
    return not after.movers()
