"""Who plays what: a suite as a list of units, in a fixed order that does not depend on how they are run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kibitz.games.positions import make
from kibitz.harness.config import MatchConfig, Suite
from kibitz.harness.seeds import derive
from kibitz.results.records import UnitRecord


def units(suite: Suite) -> list[UnitRecord]:
    """All episodes of a suite.

    The k-th episodes of all matches come before the next ones, so that a run that is stopped early is balanced. In
    games of two seats each pairing plays every k twice with seats exchanged: a mirrored pair, the unit of statistics.
    Games with given tasks, and position suites, give each agent the same ones in their order, one an episode.
    The environment seed depends on run seed, game, task and k only, so that everybody meets the same episodes.
    """
    found: list[UnitRecord] = []
    # A task stands in the journal: positions are not drawn again to go on or to verify.
    tasks = [make(match.game, match.options).tasks() for match in suite.matches]
    for k in range(max((match.pairs for match in suite.matches), default=0)):
        for match, given in zip(suite.matches, tasks, strict=True):
            if k < match.pairs:
                found += _episodes(suite, match, given, k, len(found))
    return found


def _episodes(
    suite: Suite, match: MatchConfig, tasks: Sequence[str] | None, k: int, index: int
) -> Iterator[UnitRecord]:
    seed = derive(suite.seed, "env", match.game, None, k)
    task = None if tasks is None else tasks[k]
    for pairing in match.pairings():
        for seats in (pairing,) if len(pairing) == 1 else (pairing, pairing[::-1]):
            yield UnitRecord(
                index=index,
                key=f"{match.label}/{k}/{','.join(seats)}",
                game=match.label,
                task=task,
                k=k,
                agents=seats,
                pair=f"{match.label}/{k}/{'+'.join(sorted(pairing))}",
                seed=seed,
            )
            index += 1
