"""What one agent did in one game, as a sample: which seats of which episodes, and which of them hang together.

Clusters, for every interval: episodes of one deal are one observation. Of one deal are all episodes that start from the
same task of the same run seed, so the two of a mirrored pair, those against other opponents, and those of several runs
of a suite; and episodes that went exactly alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from kibitz.results.abridged import Answer, Move
from kibitz.results.records import EpisodeRecord, Spent, UnitRecord
from kibitz.results.statistics.clusters import merge

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Played:
    """One seat of one scored episode.

    Attributes:
        scope: What tells equal deals of different runs apart (the run seed: equal seeds are equal tasks).
        attempt: Which run it is from: the same task in another run is another trial of it.
    """

    scope: str
    unit: UnitRecord
    episode: EpisodeRecord
    seat: int
    attempt: int = 0

    @property
    def task(self) -> tuple[str, str, int]:
        """Names what was attempted; equal in all trials of it."""
        return self.scope, self.unit.key, self.seat

    @property
    def reward(self) -> float:
        """The seat's final reward, where the first fallback counts as a forfeit."""
        return self.episode.reward[self.seat]

    @property
    def forfeited(self) -> bool:
        """Whether a fallback cost this seat its reward: its own first one, or in a team anybody's."""
        episode = self.episode
        own = episode.forfeit is not None and self.seat in episode.forfeit.seats
        return own or (episode.forfeit is not None and self.reward < episode.played[self.seat])

    @property
    def result(self) -> int:
        """1 won, 0 drawn, -1 lost: against a goal, or by more or less reward than the best of the other seats."""
        if self.episode.success is not None:
            return 1 if self.episode.success and not self.forfeited else -1
        rewards, seat = self.episode.reward, self.seat
        best_other = max(rewards[:seat] + rewards[seat + 1 :], default=0.0)
        return (rewards[seat] > best_other) - (rewards[seat] < best_other)

    @property
    def spent(self) -> Spent:
        """What the seat spent."""
        return self.episode.spent[self.seat] if self.seat < len(self.episode.spent) else Spent()

    @property
    def seconds(self) -> float:
        """How long the seat thought, in seconds."""
        times = self.episode.measured.seat_seconds
        return times[self.seat] if self.seat < len(times) else 0.0


@dataclass(frozen=True, slots=True)
class Missing:
    """One seat of a scheduled episode without a score; ``cause`` is empty where it was not played."""

    scope: str
    unit: UnitRecord
    cause: str = ""


class Sample:
    """Everything that one agent did in one game: what its score is made from.

    Attributes:
        played: One item a seat and scored episode.
        failed: One item a seat and failed episode.
        unplayed: Number of seats of episodes that are neither.
        clusters: The cluster of each of the played ones.
        failed_clusters: The cluster of each of the failed ones.
        moves: For each different move, the place in ``played`` of every time it was made.
        answers: The same for each different graded answer.
    """

    def __init__(self, played: Sequence[Played] = (), missing: Sequence[Missing] = ()) -> None:
        self.played = played
        self.failed = [item for item in missing if item.cause]
        self.unplayed = len(missing) - len(self.failed)
        found = merge(chain(map(_links, played), ([_deal(item)] for item in self.failed)))
        self.clusters, self.failed_clusters = found[: len(played)], found[len(played) :]
        self.moves: defaultdict[Move, list[int]] = defaultdict(list)
        self.answers: defaultdict[Answer, list[int]] = defaultdict(list)

    def clustered(self, times: Mapping[T, Iterable[int]]) -> dict[T, list[int]]:
        """Moves or answers with the cluster of each time in place of its number in ``played``."""
        return {thing: [self.clusters[place] for place in places] for thing, places in times.items()}


def _deal(item: Played | Missing) -> tuple[str, ...]:
    return item.scope, "deal", str(item.unit.k)


def _links(item: Played) -> list[tuple[str, ...]]:
    # The pair is part of the deal; it is named for suites whose pairs span several.
    return [
        _deal(item),
        (item.scope, "pair", item.unit.pair or item.unit.key),
        ("course", item.episode.trajectory or item.unit.key),
    ]
