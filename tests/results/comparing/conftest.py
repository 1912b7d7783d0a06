"""Hand-made sides of a comparison."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from kibitz.results.comparing.pairs import Paired, pair
from kibitz.results.comparing.trials import Results, Trial


def side(source: str, *trials: Trial, subject: str = "ann", **fields: Any) -> Results:
    return Results(source=source, subject=subject, trials=trials, **({"scheduled": len(trials)} | fields))


def paired(
    before: Sequence[float], after: Sequence[float], metric: str = "outcome", group: str = "", **fields: Any
) -> Paired:
    """Task by task one pair; names are numbers."""

    def of(name: str, scores: Sequence[float]) -> Results:
        trials = (Trial(task=str(i), group=group, scores={metric: x}) for i, x in enumerate(scores))
        return side(name, *trials, **fields)

    return pair(of("a", before), of("b", after))


def grouped(groups: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Paired:
    """Several games with a pair of score lists each."""

    def of(which: int) -> list[Trial]:
        return [
            Trial(task=str(i), group=name, scores={"outcome": x})
            for name, both in groups.items()
            for i, x in enumerate(both[which])
        ]

    return pair(side("a", *of(0)), side("b", *of(1)))


@pytest.fixture
def make() -> Any:
    class Make:
        pass

    found: Any = Make()
    found.side, found.paired, found.grouped = side, paired, grouped
    return found
