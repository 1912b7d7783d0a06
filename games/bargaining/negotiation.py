"""Negotiation: two players divide a pool of items whose worth to the other neither of them knows.

The second version of GAMEBoT's negotiation game (Lin et al., ACL 2025), in the setting of Lewis et al.
("Deal or No Deal?", EMNLP 2017), with the defects of its release mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import ClassVar, Self

from kibitz.games.actions import Actions, Pattern, shown
from kibitz.games.bargaining.concession import aim, proposal
from kibitz.games.bargaining.pictures import draw_talks
from kibitz.games.bargaining.pools import (
    KINDS,
    WORTH,
    Triple,
    draw_pool,
    draw_pool_by_total,
    draw_values,
    partners,
    rest,
    splits,
    worth,
)
from kibitz.games.bargaining.revealed import best_reply, better_split
from kibitz.games.bargaining.talks import FIRST_RISK, RISK, TERMS, Talks, draw_end, read, written
from kibitz.games.game import STANDARD, Game, Json, Observation, Outcome
from kibitz.games.kinds import Boolean, Integer
from kibitz.games.ladder import Rung
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem, Unknown

AGREE = "agree"
_GOES_ON: Mapping[int, float] = {0: 0.0, 1: 0.0}
_MOVERS: tuple[tuple[int, ...], ...] = ((0,), (1,))
_REASONS = {"agreed": "agreed", "chance": "broken off by chance", "limit": "no agreement within the limit of actions"}

_QUESTIONS = (
    Subproblem(
        "offer_value",
        "How many points is the proposal on the table worth to you, if you agree to it?",
        Integer(0, WORTH),
    ),
    Subproblem(
        "best_reply",
        "Suppose that the other player agrees to any split that leaves it at least as many items, of whatever kinds, "
        "as it keeps in the proposal on the table. How many points can your share then be worth to you at most?",
        Integer(0, WORTH),
    ),
    Subproblem(
        "better_split",
        "Suppose that in each proposal of the other player, every item that it kept is worth at least as much to it as "
        "every item that it left to you. Take nothing else for granted about its values: they may be any numbers from "
        "0 up, whatever they make the pool worth. Is there a split that is worth more to you than the proposal on the "
        "table and, for all such values, not less to the other player?",
        Boolean(),
    ),
    Subproblem(
        "action_value",
        "How many points does your action ask for: what is the share worth to you that you propose to keep, or, if you "
        "agree, the share that you get?",
        Integer(0, WORTH),
        about="action",
    ),
)
_OPENING = _QUESTIONS[-1:]


@lru_cache(maxsize=256)
def _kept(pool: Triple) -> Mapping[str, Triple]:
    """What each proposal keeps, by its canonical text."""
    return {f"propose {','.join(map(str, share))}": share for share in splits(pool)}


@lru_cache(maxsize=512)
def _actions(pool: Triple, listed: tuple[str, ...]) -> Actions:
    counts = ",".join(_up_to(count) for count in pool)
    most = ", ".join(f"{kind} 0 to {count}" for kind, count in zip(KINDS, pool, strict=True))
    return Actions(listed, (Pattern(f"propose {counts}", f"propose a,b,c ({most})", tuple(_kept(pool))),))


def _up_to(count: int) -> str:
    """A regular expression for the numbers from 0 to ``count``, which is at most 10."""
    return f"[0-{count}]" if count < 10 else f"(?:[0-9]|{count})"


class Negotiation(Game):
    """Negotiation, by the rules of this project or those of the original release."""

    id: ClassVar = "negotiation"
    version: ClassVar = "1"
    title: ClassVar = "Negotiation"
    seats: ClassVar = 2
    payoff: ClassVar = "general"
    reward_range: ClassVar = (0.0, 1.0)
    abilities: ClassVar = frozenset({"snapshot", "imagine", "heuristic"})
    declared: ClassVar = (
        Option(
            "rules",
            STANDARD,
            "gamebot: pools drawn as in GAMEBoT, agreeing before any proposal is legal, and the limit is 200 actions",
            choices=tuple(TERMS),
        ),
    )
    ladder: ClassVar = (
        Rung("easy", (2, 3), {"theirs": (1, 1), "dear": (1, 2), "terms": (0, 1)}),
        Rung("medium", (4, 5), {"theirs": (2, 2), "dear": (2, 3), "terms": (1, 2)}),
        Rung("hard", (6, 13), {"theirs": (3, 6), "dear": (3, 3), "terms": (2, 3), "mixed": (0, 1)}),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._terms = TERMS[str(self.options["rules"])]
        self.reset(0)

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        unheard = self._terms.unheard
        early = (
            "player 1 cannot do so in its first action"
            if unheard is None
            else f"player 1 can do so even in its first action, and then scores {unheard[0]}, player 2 {unheard[1]}"
        )
        kinds = f"{KINDS[0]}, {KINDS[1]} and {KINDS[2]}"
        return (
            f"Two players divide a pool of {kinds}. To each player an item of a kind is worth a whole number of "
            f"points, 0 or more, and the whole pool {WORTH}. Each has values of its own, drawn at random, and does not "
            "know the other's; no kind is worth nothing to both. The players act in turn, player 1 first. An action "
            f"either proposes a split of the whole pool, or agrees to the other player's last proposal ({early}). An "
            "agreement ends the game, and each player scores what its share is worth to it; without an agreement both "
            f"score 0. Before each action from action {FIRST_RISK} on (the actions of both players count), the game "
            f"ends without an agreement with a chance of {RISK:.0%}; then that action does not count. After action "
            f"{self._terms.limit} it ends in any case. An action is written propose a,b,c with the numbers of {kinds} "
            "that you keep, the rest going to the other player; or agree."
        )

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; ``seed`` draws pool, values, and the action before which chance ends the game."""
        rng, terms = Random(f"kibitz/{self.id}/deal/{seed}"), self._terms
        pool = draw_pool_by_total(rng, terms.third) if terms.by_total else draw_pool(rng)
        values = draw_values(rng, pool)
        self._talks = Talks(pool, values, breaks_off=draw_end(rng, 0, terms))

    def movers(self) -> tuple[int, ...]:
        """The seat to act, or nobody once the game is over."""
        talks = self._talks
        return _MOVERS[len(talks.offers) % 2] if talks.end is None else ()

    def observe(self, seat: int) -> Observation:
        """The pool, the own values, the proposals so far, and how long the game goes on."""
        talks = self._talks
        return Observation(self._text(seat), self._legal() if talks.end is None and seat == talks.turn else None)

    def _legal(self) -> Actions:
        talks = self._talks
        may_agree = bool(talks.offers) or self._terms.unheard is not None
        return _actions(talks.pool, (AGREE,) if may_agree else ())

    def _text(self, seat: int) -> str:
        talks, limit = self._talks, self._terms.limit
        own = "you keep", "they keep"
        a, b, c = talks.pool
        x, y, z = talks.values[seat]
        lines = [
            f"You are player {seat + 1}.",
            f"Pool: {KINDS[0]} {a}, {KINDS[1]} {b}, {KINDS[2]} {c}",
            f"Worth to you, each: {KINDS[0]} {x}, {KINDS[1]} {y}, {KINDS[2]} {z}",
            f"Proposals so far ({','.join(KINDS)}):" if talks.offers else "No proposal so far.",
        ]
        for number, (a, b, c) in enumerate(talks.offers):
            lines.append(f"{number + 1}. {own[(number + seat) % 2]} {a},{b},{c}")
        if talks.end is not None:
            lines.append(f"The game is over: {_REASONS[talks.end]}. Your points: {talks.points(self._terms)[seat]}")
        else:
            lines.append(
                f"Actions played: {len(talks.offers)} of at most {limit}. Chance of an end ({RISK:.0%}) before each "
                f"action from action {FIRST_RISK} on."
            )
        return "\n".join(lines)

    def step(self, actions: Mapping[int, str]) -> Mapping[int, float]:
        """Act; the last step's rewards are the outcome's, all others are 0."""
        talks, terms = self._talks, self._terms
        turn = len(talks.offers) % 2
        if talks.end is not None or len(actions) != 1 or turn not in actions:
            raise ValueError(f"the seats to act are {self.movers()}, not {tuple(actions)}")
        kept = self._proposed(actions[turn])
        offers = talks.offers if kept is None else (*talks.offers, kept)
        if talks.breaks_off == len(talks.offers) + 1:
            self._talks = talks._replace(end="chance", absent=frozenset())
        elif kept is None:
            self._talks = talks._replace(end="agreed", absent=frozenset())
        elif len(offers) < terms.limit:
            self._talks = Talks(talks.pool, talks.values, offers, talks.breaks_off)
            return _GOES_ON
        else:
            self._talks = Talks(talks.pool, talks.values, offers, end="limit")
        return dict(enumerate(self._rewards()))

    def _proposed(self, action: str) -> Triple | None:
        """What the action proposes to keep; None where it agrees.

        Raises:
            ValueError: It is not legal.
        """
        kept = _kept(self._talks.pool).get(action)
        if kept is None and action not in self._legal().listed:
            raise ValueError(f"{shown(str(action))} is not a legal action here")
        return kept

    def _rewards(self) -> tuple[float, float]:
        one, other = self._talks.points(self._terms)
        return one / WORTH, other / WORTH

    def outcome(self) -> Outcome | None:
        """The share of the pool's worth that each player has got; ``raw`` are the points."""
        talks = self._talks
        if talks.end is None:
            return None
        one, other = talks.points(self._terms)
        return Outcome(self._rewards(), reason=_REASONS[talks.end], raw=(float(one), float(other)))

    # -- questions -------------------------------------------------------------------------------------------------

    def subproblems(self, seat: int) -> tuple[Subproblem, ...]:
        """What can be asked of the seat to act; before the first proposal only what its action asks for."""
        talks = self._talks
        if talks.end is not None or seat != talks.turn:
            return ()
        return _QUESTIONS if talks.offers else _OPENING

    def catalogue(self) -> tuple[Subproblem, ...]:
        """All questions; those about a proposal on the table are asked from the second action on."""
        return _QUESTIONS

    def truth(self, seat: int, id: str, action: str | None = None) -> Answer | Unknown:  # noqa: A002
        """The true answer for the seat to act.

        Raises:
            KeyError: There is no such subproblem now.
            ValueError: ``action_value`` without a legal action.
        """
        if all(question.id != id for question in self.subproblems(seat)):
            raise KeyError(id)
        talks = self._talks
        values = talks.values[seat]
        if id == "action_value":
            return self._asked_for(seat, self._proposed(str(action)))
        if id == "offer_value":
            return self._asked_for(seat, None)
        if id == "best_reply":
            return best_reply(talks.pool, values, talks.offers[-1])
        return better_split(talks.pool, values, talks.proposals(1 - seat))

    def _asked_for(self, seat: int, kept: Triple | None) -> int:
        """What a share is worth to ``seat``; of agreeing, where it is None."""
        talks = self._talks
        if kept is None:
            return talks._replace(end="agreed").points(self._terms)[seat]
        return worth(talks.values[seat], kept)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who states what the proposal on the table is worth commits to what can still give it as much.

        That is agreeing, and each proposal that keeps as much or more; in the last action, after which there is no
        agreeing to a proposal, only agreeing, unless the proposal was said to be worth nothing.
        """
        talks, stated = self._talks, answers.get("offer_value")
        if type(stated) is not int or talks.end is not None or seat != talks.turn or not talks.offers:
            return None
        if len(talks.offers) == self._terms.limit - 1 and stated > 0:
            return frozenset({AGREE})
        values = talks.values[seat]
        enough = (name for name, kept in _kept(talks.pool).items() if worth(values, kept) >= stated)
        return frozenset((AGREE, *enough))

    # -- ladder ----------------------------------------------------------------------------------------------------

    def wander(self, rng: Random, plies: int) -> None:
        """Make ``plies`` proposals, each the better for its player of two drawn ones: random play agrees too soon."""
        for _ in range(plies):
            if not (movers := self.movers()):
                return
            talks, (seat,) = self._talks, movers
            names = _kept(talks.pool)
            drawn = rng.choices(tuple(names), k=2)
            self.step({seat: max(drawn, key=lambda name: worth(talks.values[seat], names[name]))})

    def suppose(self, seat: int, rng: Random) -> str | None:
        """A random proposal: what agreeing asks for is the worth of the offer, which is a question already."""
        return rng.choice(tuple(_kept(self._talks.pool)))

    def measures(self, seat: int) -> Mapping[str, float]:
        """What makes a position hard.

        - ``theirs``: how many proposals the other has made;
        - ``dear``: how many kinds are worth something to the seat;
        - ``terms``: of how many of these the proposal on the table gives it some;
        - ``mixed``: of how many kinds it gives some to each: only these can be traded one for one without a look at
          earlier proposals.
        """
        talks = self._talks
        values, kept = talks.values[seat], talks.offers[-1] if talks.offers else (0, 0, 0)
        left = rest(talks.pool, kept)
        return {
            "theirs": len(talks.proposals(1 - seat)),
            "dear": sum(value > 0 for value in values),
            "terms": sum(value > 0 and some > 0 for value, some in zip(values, left, strict=True)),
            "mixed": sum(some > 0 and other > 0 for some, other in zip(kept, left, strict=True)),
        }

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """``{"pool", "values", "offers", "end", "breaks_off"}``; see ``talks``.

        ``offers`` holds what the proposer kept, player 1's first; ``breaks_off`` is the action before which chance ends
        the game. What a position given to ``at`` left out is left out until the game goes on from there.
        """
        return written(self._talks)

    def known(self, seat: int) -> Json:
        """The position without the other's values and without when chance ends the game."""
        position = self.position()
        values = [own if player == seat else None for player, own in enumerate(position["values"])]
        return {name: part for name, part in position.items() if name != "breaks_off"} | {"values": values}

    def at(self, position: Json) -> None:
        """Set the state; the values of one player may be null and ``breaks_off`` absent, see ``talks.read``."""
        self._talks = read(position, self._terms)

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The pool, or what the last proposal makes of it, as two piles; a seat sees the other's values as ``?``."""
        return draw_talks(read(position, self._terms), self._terms, seat)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The state, which nothing changes in place."""
        return self._talks

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, Talks)
        self._talks = token

    def clone(self) -> Self:
        """An independent game in the same state."""
        other = object.__new__(type(self))
        other.options, other._terms, other._talks = self.options, self._terms, self._talks
        return other

    def imagine(self, seat: int, rng: Random) -> Self:
        """The other's values drawn anew, each triple that the rules allow equally likely, and the future chance.

        (The other's proposals are evidence, too, but of a player that nobody knows; the rules alone are certain.)
        """
        other, talks = self.clone(), self._talks
        if talks.end is None:
            mine, theirs = talks.values[seat], rng.choice(partners(talks.pool, talks.values[seat]))
            values = (mine, theirs) if seat == 0 else (theirs, mine)
            breaks_off = draw_end(rng, len(talks.offers), self._terms)
            other._talks = Talks(talks.pool, values, talks.offers, breaks_off)
        return other

    def heuristic(self, seat: int, rng: Random) -> str:
        """Agrees to what meets its aspiration, which falls with time; else proposes, see ``concession``."""
        talks = self._talks
        played, values = len(talks.offers), talks.values[seat]
        aspired = aim(played)
        if talks.offers and (worth(values, talks.on_the_table(seat)) >= aspired or played == self._terms.limit - 1):
            return AGREE
        kept = proposal(talks.pool, values, talks.proposals(1 - seat), aspired, rng)
        return f"propose {','.join(map(str, kept))}"
