"""Laws of asking: questions, their kinds, their truths, what answers commit to, and what actions are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from random import Random

from kibitz.games.actions import canonical
from kibitz.games.game import Observation
from kibitz.games.kinds import SetOf
from kibitz.games.ladder import RUNGS
from kibitz.games.laws.trial import ConformanceError, Moment, Trial, legal, questions
from kibitz.games.subproblem import Answer, Malformed, Subproblem, Unknown

_NASTY = (
    "",
    " ",
    "none",
    "[]",
    "\x00",
    "(" * 500,
    "1," * 900,
    "\ud800",
    "9" * 1900,
    "yes no",
    "١",
    "🦜",
    "{{7*7}}",
    "x" * 9999,
)
_NASTY_JSON: tuple[object, ...] = (
    None,
    True,
    3,
    3.5,
    float("nan"),
    float("inf"),
    10**5000,
    [],
    {},
    [[]],
    [None],
    [10**5000],
    {"a": 1},
    ["x"],
)


def _asked(trial: Trial) -> Iterator[tuple[Moment, int, Subproblem]]:
    for moment in trial.moments():
        for seat in moment.seats:
            for question in moment.game.subproblems(seat):
                yield moment, seat, question


def questions_are_well_formed(trial: Trial) -> None:
    """Ids are unique, usable as JSON keys, in the catalogue and in its order; words are there; KeyError for others."""
    order = {question.id: place for place, question in enumerate(trial.factory().catalogue())}
    for moment in trial.moments():
        for seat in moment.seats:
            ids = [question.id for question in moment.game.subproblems(seat)]
            moment.require(len(set(ids)) == len(ids), f"an id is used twice: {ids}")
            for id_ in ids:
                moment.require(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", id_), f"id {id_!r} is no key")
                moment.require(id_ in order, f"the catalogue has no {id_!r}")
            moment.require(ids == sorted(ids, key=order.__getitem__), f"the order of ids changes: {ids}")
            moment.require(all(q.question.strip() for q in moment.game.subproblems(seat)), "a question has no words")
            try:
                moment.game.truth(seat, "no_such_question")
            except KeyError:
                continue
            moment.require(False, "truth of an unknown id does not raise KeyError")


def kinds_are_well_formed(trial: Trial) -> None:
    """Reading never raises whatever the text; guesses lie in the domain; members of sets are canonical and distinct."""
    rng = Random("kinds")
    for moment, _, question in _asked(trial):
        kind = question.kind
        if isinstance(kind, SetOf):
            names = (*kind.domain, *kind.others)
            fine = len(set(names)) == len(names) and all(canonical(m) == m for m in names)
            moment.require(fine and "none" not in names, f"{question.id}: names {names}")
        for text in _NASTY:
            kind.read(text)
        for value in _NASTY_JSON:
            kind.read_json(value)
        guess = kind.guess(rng)
        moment.require(
            kind.read(kind.show(guess)) == guess, f"{question.id}: the guess {guess!r} is not read as itself"
        )
        moment.require(kind.hint.strip() and kind.schema, f"{question.id}: the kind has no hint or no schema")


def truths_are_in_their_domain(trial: Trial) -> None:
    """Every truth can be written, read back and graded right, as text and as JSON, for every legal action."""
    for moment in trial.moments():
        for seat in moment.seats:
            for question, action in questions(moment.game, seat):
                truth, kind = moment.game.truth(seat, question.id, action), question.kind
                if isinstance(truth, Unknown):
                    continue
                what = f"seat {seat}: truth of {question.id}{f' after {action}' if action else ''} is {truth!r}"
                moment.require(_same(kind.read(kind.show(truth)), truth), f"{what}, not in the domain of {kind!r}")
                moment.require(_same(kind.read_json(kind.to_json(truth)), truth), f"{what}, read otherwise from JSON")
                moment.require(kind.grade(truth, truth).verdict == "right", f"{what}, and is not graded right")


def _same(read: Answer | Malformed, truth: Answer) -> bool:
    return type(read) is type(truth) and read == truth


def truths_are_stable(trial: Trial) -> None:
    """Asking for a truth changes nothing, and the same question has the same answer again."""
    for moment in trial.moments():
        before = moment.game.position()
        for seat in moment.seats:
            for question, action in questions(moment.game, seat):
                first = moment.game.truth(seat, question.id, action)
                moment.require(moment.game.truth(seat, question.id, action) == first, f"truth of {question.id} changes")
        moment.require(moment.game.position() == before, "asking for truths changes the position")


def views_answer_their_questions(trial: Trial) -> None:
    """Where two observations of a seat are equal, so are the questions and the about-view truths."""
    known: dict[tuple[int, Observation], object] = {}
    for moment in trial.moments():
        for seat in moment.seats:
            asked = moment.game.subproblems(seat)
            truths = [(q, moment.game.truth(seat, q.id)) for q in asked if q.about == "view"]
            seen = moment.game.observe(seat)
            earlier = known.setdefault((seat, seen), truths)
            moment.require(earlier == truths, f"seat {seat} sees {seen.text!r} with truths {earlier} and {truths}")


def implied_is_total(trial: Trial) -> None:
    """implied() never raises on any answers, and true answers commit to legal actions only."""
    rng = Random("implied")
    junk: tuple[Answer, ...] = (frozenset(), frozenset({"", "zzz", "9,9"}), -7, 10**9, True, False, "", "junk")
    for moment in trial.moments():
        for seat in moment.game.movers():
            asked = [q for q in moment.game.subproblems(seat) if q.about == "view"]
            guesses: list[Mapping[str, Answer]] = [{}, {"no_such_question": 1}]
            guesses += [{q.id: q.kind.guess(rng) for q in asked}, *({q.id: answer for q in asked} for answer in junk)]
            guesses += [{q.id: rng.choice(junk) for q in asked}]
            for answers in guesses:
                said = moment.game.implied(seat, answers)
                moment.require(said is None or isinstance(said, frozenset), f"implied is {said!r} for {answers}")
            truths = {q.id: moment.game.truth(seat, q.id) for q in asked}
            said = moment.game.implied(seat, {k: v for k, v in truths.items() if not isinstance(v, Unknown)})
            actions = moment.game.observe(seat).actions
            if said is not None and actions is not None and not actions.open:
                moment.require(said and said <= set(actions.listed), f"the truths commit to {sorted(said)}")


def values_cover_the_legal_actions(trial: Trial) -> None:
    """A solver values just the legal actions, within the reward range; without one action_values() is Unknown."""
    for moment in trial.moments():
        game = moment.game
        low, high = game.reward_range
        for seat in game.movers():
            values = game.action_values(seat)
            if "solver" not in game.abilities:
                moment.require(isinstance(values, Unknown), "action_values() without the ability solver")
                continue
            if isinstance(values, Unknown):
                moment.require(values.reason, "the solver does not know, and does not say why")
                continue
            listed, known = legal(game, seat), values.by_action
            moment.require(set(known) == set(listed), f"values of {sorted(known)}, legal are {sorted(listed)}")
            fine = all(isfinite(value) and low <= value <= high for value in known.values())
            moment.require(fine, f"values {dict(known)} outside {low}..{high}")
            moment.require(values.method, "the values do not say how they were found")


def evaluation_is_inside_the_range(trial: Trial) -> None:
    """With the ability evaluation, evaluate() lies strictly inside the reward range and gives the same again."""
    for moment in trial.moments():
        low, high = moment.game.reward_range
        for seat in moment.seats if "evaluation" in moment.game.abilities else ():
            value = moment.game.evaluate(seat)
            moment.require(low < value < high, f"evaluate({seat}) is {value}, not strictly inside {low}..{high}")
            moment.require(moment.game.evaluate(seat) == value, f"evaluate({seat}) changes from call to call")


def heuristic_is_legal_and_knows_no_more(trial: Trial) -> None:
    """With the ability heuristic, heuristic() is a legal action, the same again, and the same in imagined states."""
    for moment in trial.moments():
        game = moment.game
        for seat in game.movers() if "heuristic" in game.abilities else ():
            seed = f"heuristic/{moment.seed}/{moment.step}/{seat}"
            chosen, actions = game.heuristic(seat, Random(seed)), game.observe(seat).actions
            moment.require(actions is not None and actions.read(chosen) == chosen, f"heuristic({seat}) is {chosen!r}")
            moment.require(game.heuristic(seat, Random(seed)) == chosen, f"heuristic({seat}) changes from call to call")
            if "imagine" in game.abilities:
                other = game.imagine(seat, Random(f"other {seed}")).heuristic(seat, Random(seed))
                moment.require(other == chosen, f"heuristic({seat}) uses what it cannot know: {chosen} or {other}")


MOST_ORACLE_STEPS = 1000
"""Steps within which an oracle must have ended an episode."""


def oracle_reaches_the_goal(trial: Trial) -> None:
    """With the ability oracle, oracle() is a legal action, and playing it from the start reaches the goal."""
    for seed in trial.seeds:
        game = trial.game(seed)
        if "oracle" not in game.abilities:
            return
        for step in range(MOST_ORACLE_STEPS):
            moment = Moment(game, seed, step)
            chosen = {}
            for seat in game.movers():
                chosen[seat], actions = game.oracle(seat), game.observe(seat).actions
                legal = actions is not None and actions.read(chosen[seat]) == chosen[seat]
                moment.require(legal, f"oracle({seat}) is {chosen[seat]!r}, which is not legal")
            if not chosen:
                break
            game.step(chosen)
        outcome = game.outcome()
        if outcome is None or outcome.success is False or max(outcome.reward) < game.reward_range[1]:
            raise ConformanceError(f"seed {seed}: the oracle ends with {outcome}")


def ladder_is_sane(trial: Trial) -> None:
    """A ladder has the rungs easy, medium and hard, in order; every measure that it bounds is there and a number."""
    game = trial.factory()
    names = tuple(rung.name for rung in game.ladder)
    if not names:
        return
    if names != RUNGS:
        raise ConformanceError(f"the rungs are {names}, not {RUNGS}")
    bounded = {name for rung in game.ladder for name in rung.bounds}
    for moment in trial.moments():
        for seat in moment.game.movers():
            measures = moment.game.measures(seat)
            moment.require(bounded <= set(measures), f"the ladder bounds {bounded}, measures are {set(measures)}")
            moment.require(all(isfinite(value) for value in measures.values()), f"measures {dict(measures)}")


CHECKS = (
    questions_are_well_formed,
    kinds_are_well_formed,
    truths_are_in_their_domain,
    truths_are_stable,
    views_answer_their_questions,
    implied_is_total,
    values_cover_the_legal_actions,
    evaluation_is_inside_the_range,
    heuristic_is_legal_and_knows_no_more,
    oracle_reaches_the_goal,
    ladder_is_sane,
)
