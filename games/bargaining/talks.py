"""The state of a negotiation, the rules that bound it, and positions as they come from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

from kibitz.games.actions import shown
from kibitz.games.bargaining.pools import KINDS, TOTALS, WORTH, Triple, partners, rest, valuations, wanted, worth
from kibitz.games.game import STANDARD, Json, PositionError

FIRST_RISK = 10
"""The first action before which the game can end by chance."""
RISK = 0.2
"""How likely it does, before each action from that one on."""

Values = tuple[Triple, Triple]
End = Literal["agreed", "chance", "limit"]
ENDS: tuple[End, ...] = ("agreed", "chance", "limit")

FUTURE = "breaks_off"
_FIELDS = {"pool", "values", "offers", "end", FUTURE}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the option ``rules`` decides.

    Attributes:
        limit: After so many actions the game is over.
        third: Fewest items of the third kind.
        by_total: Whether the number of items is drawn before the pool.
        unheard: Points of both players where player 1 agrees before any proposal; None where that is illegal.
    """

    limit: int
    third: int
    by_total: bool
    unheard: tuple[int, int] | None


TERMS: Mapping[str, Terms] = {
    STANDARD: Terms(limit=20, third=1, by_total=False, unheard=None),
    "gamebot": Terms(limit=200, third=3, by_total=True, unheard=(0, 15)),
}


class Talks(NamedTuple):
    """Everything there is to know about a negotiation.

    Attributes:
        pool: How many items there are of each kind.
        values: What an item of each kind is worth, a player.
        offers: What the proposer keeps, for each proposal that counted; player 1 made the first, and they alternate.
        breaks_off: The action before which the game ends by chance; None if by chance it does not.
        end: How the game has ended.
        absent: What a position left out and was drawn: the seats whose values, and ``breaks_off``.
    """

    pool: Triple
    values: Values
    offers: tuple[Triple, ...] = ()
    breaks_off: int | None = None
    end: End | None = None
    absent: frozenset[int | str] = frozenset()

    @property
    def turn(self) -> int:
        """The seat to act; once the game is over, the one that acted last or would be next."""
        return len(self.offers) % 2

    def on_the_table(self, seat: int) -> Triple:
        """What the last proposal gives ``seat``."""
        kept = self.offers[-1]
        return kept if (len(self.offers) - 1) % 2 == seat else rest(self.pool, kept)

    def proposals(self, seat: int) -> tuple[Triple, ...]:
        """What ``seat`` kept in each of its proposals."""
        return self.offers[seat::2]

    def points(self, terms: Terms) -> tuple[int, int]:
        """What both players have got, once the game is over."""
        if self.end != "agreed":
            return (0, 0)
        if not self.offers:
            assert terms.unheard is not None
            return terms.unheard
        return (worth(self.values[0], self.on_the_table(0)), worth(self.values[1], self.on_the_table(1)))


def draw_end(rng: Random, played: int, terms: Terms) -> int | None:
    """The action before which chance ends a game in which ``played`` actions have counted, or None."""
    for number in range(max(played + 1, FIRST_RISK), terms.limit + 1):
        if rng.random() < RISK:
            return number
    return None


# -- positions ---------------------------------------------------------------------------------------------------------


def written(talks: Talks) -> Json:
    """The state as a position; what the position it came from left out is left out again."""
    values = [None if seat in talks.absent else list(own) for seat, own in enumerate(talks.values)]
    position = {
        "pool": list(talks.pool),
        "values": values,
        "offers": [list(kept) for kept in talks.offers],
        "end": talks.end,
    }
    return position if FUTURE in talks.absent else {**position, FUTURE: talks.breaks_off}


def read(position: Json, terms: Terms) -> Talks:
    """The state of a position.

    The values of one player may be null, and ``breaks_off`` may be absent: a player knows no more. They are then drawn
    from what is possible, always the same for the same position. ``offers`` and ``end`` may be absent, too: nothing was
    proposed, the game runs.

    Raises:
        PositionError: The position is malformed or impossible; the message says why.
    """
    if not isinstance(position, dict) or not {"pool", "values"} <= set(position):
        raise PositionError('a position is {"pool": [3 counts], "values": [[3 values], [3 values] or null]}')
    if strange := sorted(str(key) for key in position if key not in _FIELDS):
        raise PositionError(f"{shown(strange[0])} is not a field of a position")
    pool = _pool(position["pool"], terms)
    given = _values(position["values"], pool)
    offers = _offers(position.get("offers", []), pool, terms)
    end = position.get("end")
    if end is not None and (not isinstance(end, str) or end not in ENDS):
        raise PositionError(f"end = {shown(str(end))} is not null or one of {', '.join(ENDS)}")
    _check_end(end, len(offers), terms)
    if end is not None and None in given:
        raise PositionError("the game is over, so the values of both players are known")
    rng = Random(f"kibitz/negotiation/absent/{pool}/{given}/{offers}")
    values = _completed(given, pool, rng)
    absent: set[int | str] = {seat for seat, own in enumerate(given) if own is None}
    if FUTURE in position:
        breaks_off = _future(position[FUTURE], end, len(offers), terms)
    else:
        breaks_off = _missing_future(end, len(offers), terms, rng)
        absent |= {FUTURE} if end is None else set()
    return Talks(pool, values, offers, breaks_off, end, frozenset(absent))


def _triple(value: Json, name: str) -> Triple:
    whole = isinstance(value, list) and len(value) == len(KINDS)
    if not whole or not all(type(number) is int and 0 <= number <= WORTH for number in value):
        raise PositionError(f"{name} is not a list of 3 whole numbers from 0 to {WORTH}: {', '.join(KINDS)}")
    return (value[0], value[1], value[2])


def _pool(value: Json, terms: Terms) -> Triple:
    pool = _triple(value, "pool")
    if sum(pool) not in TOTALS:
        raise PositionError(f"pool has {sum(pool)} items, not {TOTALS[0]} to {TOTALS[-1]}")
    for count, kind, fewest in zip(pool, KINDS, (1, 1, terms.third), strict=True):
        if count < fewest:
            raise PositionError(f"pool has {count} {kind}, and there are at least {fewest}")
    if not valuations(pool):
        raise PositionError(f"pool {list(pool)}: no whole values make it worth {WORTH}")
    return pool


def _values(value: Json, pool: Triple) -> tuple[Triple | None, Triple | None]:
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        raise PositionError("values is not a list of 3 values a player, with null for at most one player")
    one, other = (None if own is None else _triple(own, f"values of player {n}") for n, own in enumerate(value, 1))
    for number, own in enumerate((one, other), 1):
        if own is not None and worth(own, pool) != WORTH:
            raise PositionError(f"the pool is worth {worth(own, pool)} to player {number}, not {WORTH}")
    if one is not None and other is not None and not wanted(one, other):
        kind = next(kind for kind, a, b in zip(KINDS, one, other, strict=True) if not a and not b)
        raise PositionError(f"{kind} are worth nothing to both players")
    return one, other


def _completed(given: tuple[Triple | None, Triple | None], pool: Triple, rng: Random) -> Values:
    one, other = given
    if one is None:
        assert other is not None
        return rng.choice(partners(pool, other)), other
    return one, rng.choice(partners(pool, one)) if other is None else other


def _offers(value: Json, pool: Triple, terms: Terms) -> tuple[Triple, ...]:
    if not isinstance(value, list) or len(value) > terms.limit:
        raise PositionError(f"offers is not a list of at most {terms.limit} proposals")
    offers = tuple(_triple(kept, f"proposal {number}") for number, kept in enumerate(value, 1))
    for number, kept in enumerate(offers, 1):
        if any(some > all_ for some, all_ in zip(kept, pool, strict=True)):
            raise PositionError(f"proposal {number} keeps {list(kept)} of a pool of {list(pool)}")
    return offers


def _check_end(end: End | None, offers: int, terms: Terms) -> None:
    if (end == "limit") != (offers == terms.limit):
        raise PositionError(f"end is {end or 'null'} after {offers} proposals; after {terms.limit} it is limit")
    if end == "agreed" and not offers and terms.unheard is None:
        raise PositionError("end is agreed, and nothing was proposed")
    if end == "chance" and offers + 1 < FIRST_RISK:
        raise PositionError(f"end is chance after {offers} proposals; chance begins with action {FIRST_RISK}")


def _missing_future(end: End | None, offers: int, terms: Terms, rng: Random) -> int | None:
    if end is None:
        return draw_end(rng, offers, terms)
    return offers + 1 if end == "chance" else None


def _future(value: Json, end: End | None, offers: int, terms: Terms) -> int | None:
    if value is not None and (type(value) is not int or not FIRST_RISK <= value <= terms.limit):
        raise PositionError(f"breaks_off is not null or an action from {FIRST_RISK} to {terms.limit}")
    if end == "chance":
        if value != offers + 1:
            raise PositionError(f"breaks_off is not {offers + 1}, and chance ended the game before that action")
        return offers + 1
    counted = offers + (end == "agreed")
    if value is not None and value <= counted:
        raise PositionError(f"breaks_off is {value}, and {counted} actions have counted")
    return None if value is None else int(value)
