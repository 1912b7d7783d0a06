"""Laws of playing: the spec, who moves, what is legal, what is seen, what is won."""

from __future__ import annotations

import copy
import json
import random
import re
from math import isfinite
from typing import get_args

from kibitz.games.actions import Illegal
from kibitz.games.game import Ability, Game, Payoff
from kibitz.games.laws.trial import ConformanceError, Moment, Trial, difference, face, legal, refuses

_TOLERANCE = 1e-9
_NOT_ACTIONS = ("", "no such action", "\N{FULLWIDTH DIGIT ONE}", "-999", "1;2", "x" * 1000)


def _require(holds: object, message: str) -> None:
    if not holds:
        raise ConformanceError(message)


def spec_is_sane(trial: Trial) -> None:
    """The spec names the game, its seats, payoff, reward range and abilities, and JSON can hold it."""
    spec = trial.factory().spec
    _require(re.fullmatch(r"[a-z][a-z0-9_-]*", spec.id), f"id {spec.id!r} is not a lower-case name")
    _require(spec.version, "version is empty")
    _require(spec.seats >= 1, f"seats = {spec.seats}")
    _require(spec.payoff in get_args(Payoff), f"payoff {spec.payoff!r} is not one of {get_args(Payoff)}")
    _require((spec.payoff == "single") == (spec.seats == 1), f"payoff {spec.payoff!r} with {spec.seats} seats")
    low, high = spec.reward_range
    _require(isfinite(low) and isfinite(high) and low < high, f"reward_range {spec.reward_range} is not a range")
    unknown = set(spec.abilities) - set(get_args(Ability))
    _require(not unknown, f"abilities {sorted(unknown)} are unknown")
    json.dumps([dict(spec.options), dict(spec.data)], allow_nan=False)


def options_are_sane(trial: Trial) -> None:
    """Each declared option has its own name, words, and a default that it allows itself."""
    game = trial.factory()
    names = [option.name for option in game.declared]
    _require(len(set(names)) == len(names), f"an option is declared twice: {names}")
    for option in game.declared:
        _require(option.doc, f"option {option.name} has no doc")
        option.check(f"default of {game.id}", option.default)
    try:
        type(game)(**{"no such option": 1})
    except ValueError:
        return
    raise ConformanceError("an unknown option is taken without a word")


def rules_are_told(trial: Trial) -> None:
    """Every seat is told the rules, and in the same words each time."""
    for moment in trial.moments():
        for seat in moment.seats:
            rules = moment.game.rules(seat)
            moment.require(rules.strip(), f"rules({seat}) is empty")
            moment.require(rules == moment.game.rules(seat), f"rules({seat}) change from call to call")


def movers_match_outcome(trial: Trial) -> None:
    """movers() is empty exactly when outcome() is not None; movers are seats, each once, in order."""
    for moment in trial.moments():
        movers, outcome = moment.game.movers(), moment.game.outcome()
        moment.require((not movers) == (outcome is not None), f"movers() is {movers}, outcome() is {outcome}")
        moment.require(
            list(movers) == sorted(set(movers)) and set(movers) <= set(moment.seats), f"movers() is {movers}"
        )


def same_seed_same_episode(trial: Trial) -> None:
    """The same seed, task and actions give the same episode, on a fresh game and on a used one."""
    used = trial.factory()
    for seed in trial.seeds:
        first, again = trial.game(seed), trial.game(seed)
        used.reset(seed, trial.task)
        rng = random.Random(f"same/{seed}")
        for step in range(trial.steps + 1):
            moment = Moment(first, seed, step)
            seen = face(first)
            for name, other in (("another game", again), ("a game used before", used)):
                moment.require(not (unlike := difference(seen, face(other))), f"{name} differs: {unlike}")
            if not first.movers():
                break
            actions = trial.choose(first, rng)
            rewards = first.step(actions)
            moment.require(again.step(actions) == rewards == used.step(actions), "the same step gives other rewards")


def global_randomness_is_left_alone(trial: Trial) -> None:
    """The game neither reads nor changes the generator of the module ``random``."""
    before = random.getstate()
    try:
        transcripts = []
        for state in (1, 2):
            random.seed(state)
            kept = random.getstate()
            transcripts.append([copy.deepcopy(moment.game.position()) for moment in trial.moments()])
            _require(random.getstate() == kept, "playing changes the state of the module random")
        _require(transcripts[0] == transcripts[1], "the episode depends on the state of the module random")
    finally:
        random.setstate(before)


def listed_actions_are_canonical(trial: Trial) -> None:
    """Listed actions are distinct; they and samples are read as themselves; who does not act has none."""
    for moment in trial.moments():
        for seat in moment.seats:
            actions = moment.game.observe(seat).actions
            acts = seat in moment.game.movers()
            moment.require(
                (actions is not None) == acts, f"seat {seat}: actions {actions}, movers {moment.game.movers()}"
            )
            if actions is None:
                continue
            moment.require(actions.listed or actions.open, f"seat {seat} is to act and has no action")
            moment.require(
                len(set(actions.listed)) == len(actions.listed), f"an action is listed twice: {actions.listed}"
            )
            for action in (*actions.listed, *(sample for pattern in actions.open for sample in pattern.samples)):
                moment.require(actions.read(action) == action, f"{action!r} is read as {actions.read(action)!r}")


def listed_actions_are_accepted(trial: Trial) -> None:
    """step() accepts every listed action, and samples of the open ones."""
    for moment in trial.moments():
        others = trial.choose(moment.game, random.Random(moment.step))
        for seat in moment.game.movers():
            for action in legal(moment.game, seat):
                refused = refuses(copy.deepcopy(moment.game), {**others, seat: action})
                moment.require(not refused, f"step refuses the listed action {action!r} of seat {seat}")


def other_actions_are_refused(trial: Trial) -> None:
    """step() refuses what is not listed, and the wrong seats, with ValueError, and the state stays as it was."""
    for moment in trial.moments():
        game = copy.deepcopy(moment.game)
        seen = face(game)
        right = trial.choose(game, random.Random(moment.step))
        wrong: list[dict[int, str]] = [{}] if right else []
        wrong += [{**right, seat: "x"} for seat in (*moment.seats, game.seats) if seat not in right]
        wrong += [{**right, seat: text} for seat in right for text in _illegal(game, seat)]
        for attempt in wrong:
            moment.require(refuses(game, attempt), f"step takes {attempt}, movers are {game.movers()}")
            moment.require(not (unlike := difference(seen, face(game))), f"refusing {attempt} changes {unlike}")


def _illegal(game: Game, seat: int) -> list[str]:
    """Texts that are no canonical key of a legal action: strange ones, and legal ones with a blank before them."""
    actions = game.observe(seat).actions
    if actions is None:
        return []
    texts = (*_NOT_ACTIONS, *(f" {name}" for name in legal(game, seat)[:2]))
    return [text for text in texts if isinstance(actions.read(text), Illegal) or text != text.strip()]


def observations_are_stable(trial: Trial) -> None:
    """Observing has no side effect, gives some text, and gives the same again."""
    for moment in trial.moments():
        before = copy.deepcopy(moment.game.position())
        for seat in moment.seats:
            seen = moment.game.observe(seat)
            moment.require(seen.text.strip(), f"the observation of seat {seat} is empty")
            moment.require(
                moment.game.observe(seat) == seen, f"the observation of seat {seat} changes from call to call"
            )
        moment.require(moment.game.position() == before, "observing changes the position")


def rewards_are_in_range(trial: Trial) -> None:
    """Final rewards lie in the reward range and add up as the payoff says; step rewards are finite numbers of seats."""
    for moment in trial.moments():
        game = moment.game
        if (outcome := game.outcome()) is None:
            rewards = copy.deepcopy(game).step(trial.choose(game, random.Random(moment.step)))
            fine = all(seat in moment.seats and isfinite(reward) for seat, reward in rewards.items())
            moment.require(fine, f"step rewards {dict(rewards)}")
            continue
        low, high = game.reward_range
        moment.require(len(outcome.reward) == game.seats, f"{game.seats} seats, rewards {outcome.reward}")
        moment.require(
            all(low <= reward <= high for reward in outcome.reward), f"{outcome.reward} outside {low}..{high}"
        )
        if game.payoff == "zero_sum":
            moment.require(abs(sum(outcome.reward)) < _TOLERANCE, f"zero_sum rewards {outcome.reward}")
        if game.payoff == "cooperative":
            moment.require(len(set(outcome.reward)) == 1, f"cooperative rewards {outcome.reward}")
        moment.require(outcome.raw is None or len(outcome.raw) == game.seats, f"{game.seats} seats, raw {outcome.raw}")


CHECKS = (
    spec_is_sane,
    options_are_sane,
    rules_are_told,
    movers_match_outcome,
    same_seed_same_episode,
    global_randomness_is_left_alone,
    listed_actions_are_canonical,
    listed_actions_are_accepted,
    other_actions_are_refused,
    observations_are_stable,
    rewards_are_in_range,
)
