"""Who plays what: a suite as a list of units, in a fixed order that does not depend on how they are run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kibitz.games.options import Value
from kibitz.games.positions import Posed, items
from kibitz.harness.config import MatchConfig, Suite
from kibitz.harness.seeds import derive
from kibitz.results.records import UnitRecord


def units(suite: Suite) -> list[UnitRecord]:
    """All episodes of a suite.

    The k-th episodes of all matches come before the next ones, so that a run that is stopped early is balanced. In
    games of two seats each pairing plays every k twice with seats exchanged: a mirrored pair, the unit of statistics.
    Position suites give each agent the same positions, one an episode.
    The environment seed depends on run seed, game, task and k only, so that everybody meets the same episodes.
    """
    found: list[UnitRecord] = []
    for k in range(max((match.pairs for match in suite.matches), default=0)):
        for match in suite.matches:
            if k < match.pairs:
                found += _episodes(suite, match, k, len(found))
    return found


def item_task(options: Mapping[str, Value], k: int) -> str:
    """The k-th position of a rung as a task: it stands in the journal, and is not drawn again to go on or to verify."""
    posed = Posed(**options)  # type: ignore[arg-type]  # game and rung are strings
    return items(posed.posed, str(options["rung"]))[k].task()


def _episodes(suite: Suite, match: MatchConfig, k: int, index: int) -> Iterator[UnitRecord]:
    seed = derive(suite.seed, "env", match.game, None, k)
    task = item_task(match.options, k) if match.rung else None
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
