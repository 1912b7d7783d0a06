# ruff: noqa: A002
"""The kit must pass sound games and fail broken ones: for each law there is a game here that breaks it."""

import random
from random import Random

import pytest

from kibitz.games import registry
from kibitz.games.actions import Actions, Pattern
from kibitz.games.cards.numberline import NumberLine
from kibitz.games.conformance import CHECKS, ConformanceError, check_game
from kibitz.games.draw import label, picture
from kibitz.games.game import Game, Observation, Outcome, PositionError, Values
from kibitz.games.kinds import Boolean, Integer, SetOf
from kibitz.games.ladder import RUNGS, Rung
from kibitz.games.options import Option
from kibitz.games.subproblem import Subproblem

SETTINGS = [
    ("tictactoe", {}),
    ("tictactoe", {"opening_plies": 3}),
    ("connect4", {}),
    ("connect4", {"opening_plies": 9}),
    ("othello", {}),
    ("checkers", {"opening_plies": 5}),
    ("checkers", {"rules": "gamebot"}),
    ("numberline", {}),
    ("numberline", {"low": -4, "high": 1}),
    ("negotiation", {}),
    ("negotiation", {"rules": "gamebot"}),
    ("holdem", {}),
    ("surround", {}),
    ("surround", {"opening_steps": 30}),
    ("pong", {}),
    ("hotpotqa", {}),
    ("hotpotqa", {"docstore": "pooled", "level": "hard", "steps": 5}),
    ("webshop", {}),
    ("webshop", {"rules": "webshop"}),
    ("webshop", {"renderer": "text_rich", "shown": 3, "steps": 8}),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(("name", "options"), SETTINGS)
def test_our_games_keep_the_contract(name, options, check):
    check_game(lambda: registry.make(name, **options), seeds=(0, 1), checks=[check])


class Pips(Game):
    """Each seat holds a hidden die and says by turns low or high; who says most often what its die is, wins."""

    id = "pips"
    version = "1"
    title = "Pips"
    seats = 2
    payoff = "zero_sum"
    abilities = frozenset({"snapshot", "imagine", "evaluation"})
    declared = (Option("turns", 4, "how many turns", low=1, high=9),)

    def rules(self, seat):
        return "Say low for a die of 1 to 3, high for one of 4 to 6."

    def reset(self, seed, task=None):
        rng = Random(f"pips/{seed}")
        self.dice, self.said = [rng.randint(1, 6), rng.randint(1, 6)], []

    def movers(self):
        return () if len(self.said) == self.options["turns"] else (len(self.said) % 2,)

    def observe(self, seat):
        actions = Actions(("low", "high")) if seat in self.movers() else None
        return Observation(f"die {self.dice[seat]}, said {self.said}", actions)

    def step(self, actions):
        if tuple(actions) != self.movers():
            raise ValueError("wrong seats")
        (word,) = actions.values()
        if word not in ("low", "high"):
            raise ValueError("not an action")
        self.said.append(word)
        return {}

    def outcome(self):
        if self.movers():
            return None
        score = [sum(w == ("high" if self.dice[s] > 3 else "low") for w in self.said[s::2]) for s in (0, 1)]
        sign = (score[0] > score[1]) - (score[0] < score[1])
        return Outcome((float(sign), float(-sign)))

    def subproblems(self, seat):
        if seat not in self.movers():
            return ()
        return (
            Subproblem("mine", "What is your die?", Integer(1, 6)),
            Subproblem("truthful", "Is your action what your die is?", Boolean(), about="action"),
        )

    def truth(self, seat, id, action=None):
        if id == "mine":
            return self.dice[seat]
        if id == "truthful":
            return (action == "high") == (self.dice[seat] > 3)
        raise KeyError(id)

    def implied(self, seat, answers):
        mine = answers.get("mine")
        return frozenset({"high" if mine > 3 else "low"}) if type(mine) is int else None

    def position(self):
        return {"dice": list(self.dice), "said": list(self.said)}

    def at(self, position):
        if not isinstance(position, dict) or set(position) != {"dice", "said"}:
            raise PositionError("a position has dice and said")
        self.dice, self.said = list(position["dice"]), list(position["said"])

    def known(self, seat):
        return {"dice": [die if s == seat else 1 for s, die in enumerate(self.dice)], "said": list(self.said)}

    def draw(self, position, seat=None):
        shown = [die if seat in (None, s) else "?" for s, die in enumerate(position["dice"])]
        return picture(90, 30, "dice", label(45, 15, str(shown)))

    def imagine(self, seat, rng):
        other = type(self)(**self.options)
        other.at(self.position())
        other.dice[1 - seat] = rng.randint(1, 6)
        return other


def test_a_sound_game_with_hidden_dice_passes():
    check_game(Pips)


class BadSpec(Pips):
    payoff = "single"  # type: ignore[assignment]  # that is what is wrong with it


class BadReward(Pips):
    reward_range = (1.0, -1.0)


class BadDefault(Pips):
    declared = (Option("turns", 4, "how many turns", low=5, high=9),)


class DeafToOptions(Pips):
    def __init__(self, **options):
        super().__init__()


class MumbledRules(Pips):
    calls = 0

    def rules(self, seat):
        MumbledRules.calls += 1
        return f"Rules, edition {MumbledRules.calls}."


class StopsEarly(Pips):
    def movers(self):
        return () if len(self.said) == 3 else super().movers()

    def outcome(self):
        return super().outcome() if len(self.said) == 4 else None


class Unseeded(Pips):
    rng = Random(1)

    def reset(self, seed, task=None):
        super().reset(self.rng.randint(0, 999))


class KeepsSomething(Pips):
    games = 0

    def reset(self, seed, task=None):
        self.games += 1
        super().reset(seed + self.games)


class GlobalRandom(Pips):
    def reset(self, seed, task=None):
        super().reset(random.randint(0, 999))


class SeedsGlobally(Pips):
    def reset(self, seed, task=None):
        random.seed(seed)
        super().reset(seed)


class Capitals(Pips):
    def observe(self, seat):
        seen = super().observe(seat)
        return Observation(seen.text, seen.actions and Actions(("low", "High")))


class ListsForAll(Pips):
    def observe(self, seat):
        return Observation(super().observe(seat).text, Actions(("low", "high")))


class ListsTooMuch(Pips):
    def observe(self, seat):
        seen = super().observe(seat)
        return Observation(seen.text, seen.actions and Actions(("low", "high", "pass")))


class TakesAnything(Pips):
    def step(self, actions):
        self.said.append(next(iter(actions.values()), "low"))
        return {}


class ChangesWhileRefusing(Pips):
    def step(self, actions):
        try:
            return super().step(actions)
        except ValueError:
            self.said.append("low")
            raise


class PeeksInvisibly(Pips):
    peeks = 0

    def observe(self, seat):
        self.peeks += 1
        return Observation(f"{super().observe(seat).text} {self.peeks}", super().observe(seat).actions)


class NotZeroSum(Pips):
    def outcome(self):
        return None if self.movers() else Outcome((1.0, 1.0))


class OutOfRange(Pips):
    def outcome(self):
        return None if self.movers() else Outcome((3.0, -3.0))


class TwiceTheSameId(Pips):
    def subproblems(self, seat):
        return super().subproblems(seat)[:1] * 2


class AsksOutOfTheBlue(Pips):
    def subproblems(self, seat):
        return super().subproblems(seat)[: 1 + (len(self.said) > 1)]


class SilentAboutUnknownIds(Pips):
    def truth(self, seat, id, action=None):
        return super().truth(seat, id, action) if id in ("mine", "truthful") else 0


class DoubleDomain(Pips):
    def subproblems(self, seat):
        return tuple(Subproblem("mine", "Which?", SetOf(("A", "a"))) for _ in super().subproblems(seat)[:1])

    def truth(self, seat, id, action=None):
        return frozenset() if id == "mine" else super().truth(seat, id, action)


class NarrowDomain(Pips):
    def subproblems(self, seat):
        return tuple(Subproblem("mine", "What is your die?", Integer(1, 2)) for _ in super().subproblems(seat)[:1])


class NarrowAfterOneAction(Pips):
    def truth(self, seat, id, action=None):
        return 7 if action == "high" else super().truth(seat, id, action)


class WaveringTruth(Pips):
    asked = 0

    def truth(self, seat, id, action=None):
        self.asked += 1
        return 1 + self.asked % 6 if id == "mine" else super().truth(seat, id, action)


class HidesWhatItAsks(Pips):
    def observe(self, seat):
        return Observation(f"said {self.said}", super().observe(seat).actions)


class ImpliedRaises(Pips):
    def implied(self, seat, answers):
        return frozenset({"high" if answers["mine"] > 3 else "low"})


class ImpliedIllegal(Pips):
    def implied(self, seat, answers):
        return frozenset({"fold"})


class Solver(Pips):
    abilities = Pips.abilities | {"solver"}

    def action_values(self, seat):
        return Values({"low": 0.0})


class SolverTooProud(Solver):
    def action_values(self, seat):
        return Values({"low": 0.0, "high": 7.0})


class CertainEvaluation(Pips):
    def evaluate(self, seat):
        return 1.0


class LosesThePast(Pips):
    def at(self, position):
        super().at(position)
        self.said = self.said[:1]


class KnowsTooLittle(Pips):
    def known(self, seat):
        return {"dice": [0, 0], "said": list(self.said)}


class KnowsTooMuch(Pips):
    def known(self, seat):
        return self.position()


class NoJson(Pips):
    def position(self):
        return {"dice": tuple(self.dice), "said": list(self.said)}


class TakesAnyPosition(Pips):
    def at(self, position):
        if isinstance(position, dict) and set(position) == {"dice", "said"}:
            super().at(position)


class RaisesKeyError(Pips):
    def at(self, position):
        self.dice, self.said = list(position["dice"]), list(position["said"])


class Scripted(Pips):
    def draw(self, position, seat=None):
        return super().draw(position, seat).replace("</svg>", "<script>x</script></svg>")


class Linked(Pips):
    def draw(self, position, seat=None):
        return super().draw(position, seat).replace("<text", '<text fill="url(http://x.example/a)"')


class Clickable(Pips):
    def draw(self, position, seat=None):
        return super().draw(position, seat).replace("<text", '<text onclick="x"')


class Unescaped(Pips):
    def draw(self, position, seat=None):
        return super().draw(position, seat).replace("dice", "a < b")


class DrawsItself(Pips):
    def draw(self, position, seat=None):
        return super().draw({**position, "dice": self.dice} if hasattr(self, "dice") else {"dice": [9, 9]}, seat)


class DrawsMoreThanItSays(Pips):
    abilities = frozenset({"snapshot", "perfect_information"})

    def observe(self, seat):
        return Observation("two dice", super().observe(seat).actions)

    def draw(self, position, seat=None):
        return picture(90, 30, "dice", label(45, 15, str(position)))

    def subproblems(self, seat):
        return ()


class SharesItsSnapshot(Pips):
    def snapshot(self):
        return {"dice": self.dice, "said": self.said}

    def restore(self, token):
        self.dice, self.said = token["dice"], token["said"]


class SnapshotOnce(Pips):
    def snapshot(self):
        return {"dice": self.dice, "said": list(self.said)}

    def restore(self, token):
        self.dice, self.said = token["dice"], token["said"]


class LeakyView(Pips):
    def observe(self, seat):
        return Observation(f"dice {self.dice}, said {self.said}", super().observe(seat).actions)


class AsksTheUnknowable(Pips):
    def truth(self, seat, id, action=None):
        return self.dice[1 - seat] if id == "mine" else super().truth(seat, id, action)


class ImaginesItself(Pips):
    def imagine(self, seat, rng):
        return self


class ImaginesSharing(Pips):
    def imagine(self, seat, rng):
        other = super().imagine(seat, rng)
        other.said = self.said
        return other


class PeeksAtTheOtherDie(Pips):
    abilities = Pips.abilities | {"heuristic"}

    def heuristic(self, seat, rng):
        return "high" if self.dice[1 - seat] > 3 else "low"


class PlaysAnything(Pips):
    abilities = Pips.abilities | {"heuristic"}

    def heuristic(self, seat, rng):
        return "perhaps"


class AnyOracle(Pips):
    abilities = Pips.abilities | {"oracle"}

    def oracle(self, seat):
        return "perhaps"


class OracleWalksAway(NumberLine):
    abilities = NumberLine.abilities | {"oracle"}

    def oracle(self, seat):
        position = self.position()
        return "-" if position["target"] > position["current"] else "+"


class HalfALadder(Pips):
    ladder = (Rung("easy", (0, 2)), Rung("hard", (2, 4)))


class BoundsTheUnmeasured(Pips):
    ladder = tuple(Rung(name, (0, 2), {"pips": (1, 3)}) for name in RUNGS)


class SamplesTheIllegal(Pips):
    def observe(self, seat):
        seen = super().observe(seat)
        said = (Pattern("low|high|so so", "a word", ("low", "so so")),)
        return Observation(seen.text, seen.actions and Actions(open=said))


BROKEN: dict[str, list[type[Game]]] = {
    "heuristic_is_legal_and_knows_no_more": [PeeksAtTheOtherDie, PlaysAnything],
    "oracle_reaches_the_goal": [AnyOracle, OracleWalksAway],
    "ladder_is_sane": [HalfALadder, BoundsTheUnmeasured],
    "spec_is_sane": [BadSpec, BadReward],
    "options_are_sane": [BadDefault, DeafToOptions],
    "rules_are_told": [MumbledRules],
    "movers_match_outcome": [StopsEarly],
    "same_seed_same_episode": [Unseeded, KeepsSomething],
    "global_randomness_is_left_alone": [GlobalRandom, SeedsGlobally],
    "listed_actions_are_canonical": [Capitals, ListsForAll],
    "listed_actions_are_accepted": [ListsTooMuch, SamplesTheIllegal],
    "other_actions_are_refused": [TakesAnything, ChangesWhileRefusing],
    "observations_are_stable": [PeeksInvisibly],
    "rewards_are_in_range": [NotZeroSum, OutOfRange],
    "questions_are_well_formed": [TwiceTheSameId, AsksOutOfTheBlue, SilentAboutUnknownIds],
    "kinds_are_well_formed": [DoubleDomain],
    "truths_are_in_their_domain": [NarrowDomain, NarrowAfterOneAction],
    "truths_are_stable": [WaveringTruth],
    "views_answer_their_questions": [HidesWhatItAsks],
    "implied_is_total": [ImpliedRaises, ImpliedIllegal],
    "values_cover_the_legal_actions": [Solver, SolverTooProud],
    "evaluation_is_inside_the_range": [CertainEvaluation],
    "positions_restore": [LosesThePast, NoJson],
    "known_positions_are_enough": [KnowsTooLittle, KnowsTooMuch],
    "bad_positions_are_refused": [TakesAnyPosition, RaisesKeyError],
    "pictures_are_safe_and_pure": [Scripted, Linked, Clickable, Unescaped, DrawsItself],
    "text_tells_what_the_picture_tells": [DrawsMoreThanItSays],
    "snapshots_restore": [SharesItsSnapshot, SnapshotOnce],
    "imagining_keeps_what_is_known": [LeakyView, AsksTheUnknowable, ImaginesItself, ImaginesSharing],
}


def test_each_law_has_a_game_that_breaks_it():
    assert set(BROKEN) == {check.__name__ for check in CHECKS}


@pytest.mark.parametrize(("law", "game"), [(law, game) for law, games in BROKEN.items() for game in games])
def test_a_broken_game_fails_by_the_name_of_the_law(law, game):
    with pytest.raises(ConformanceError, match=f"- {law}: "):
        check_game(game)


def test_the_message_tells_the_law_the_place_and_what_was_seen():
    with pytest.raises(ConformanceError) as error:
        check_game(NotZeroSum)
    assert "pips breaks 1 of the contract's laws:" in str(error.value)
    assert "rewards_are_in_range: seed 0, step 4: zero_sum rewards (1.0, 1.0)" in str(error.value)
    assert "law: Final rewards lie in the reward range" in str(error.value)


def test_what_a_game_raises_is_a_finding():
    with pytest.raises(ConformanceError, match=r"- implied_is_total: KeyError: 'mine'"):
        check_game(ImpliedRaises)


class Searches(Pips):
    """Actions that cannot be listed."""

    def observe(self, seat):
        seen = super().observe(seat)
        return Observation(seen.text, seen.actions and Actions(open=(Pattern("low|high", "low or high"),)))


def test_a_game_with_open_actions_needs_a_player():
    with pytest.raises(ConformanceError, match="no action is listed or a sample; give the trial a player"):
        check_game(Searches)
    check_game(Searches, player=lambda game, seat, rng: rng.choice(["low", "high"]))


class Sampled(Searches):
    def observe(self, seat):
        seen = super().observe(seat)
        open_ = (Pattern("low|high", "low or high", ("low", "high")),)
        return Observation(seen.text, seen.actions and Actions(open=open_))


def test_a_game_with_samples_of_its_open_actions_needs_none():
    check_game(Sampled)
