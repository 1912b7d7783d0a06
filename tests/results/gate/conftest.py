"""Hand-made sides for the tests of the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kibitz.results.comparing.trials import Results, Trial

Side = Callable[..., Results]


def side(
    source: str, scores: Sequence[float | None], *, group: str = "", subject: str = "ann", **more: object
) -> Results:
    """One side with a task a score; None is a task that a provider failed."""
    trials = tuple(
        Trial(task=f"t{i}", group=group, usd=0.01, **done(score)) for i, score in enumerate(scores)
    )  # fmt: skip
    return Results(source=source, subject=subject, trials=trials, scheduled=len(trials), **more)  # type: ignore[arg-type]


def done(score: float | None) -> dict[str, object]:
    if score is None:
        return {"failed": "timeout", "fault": "provider"}
    return {"scores": {"outcome": score}}


@pytest.fixture
def make() -> Side:
    return side
