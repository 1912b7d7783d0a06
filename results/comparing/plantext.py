"""A plan in plain words."""

from __future__ import annotations

from kibitz.results import figures
from kibitz.results.comparing.plan import Need, Plan
from kibitz.results.comparing.words import in_points


def lines(plan: Plan) -> list[str]:
    """What must be played, what that costs, what was assumed, and what helps more."""
    seen = f"a change of {in_points(plan.detect, signed=False)} in {plan.metric}"
    found = [
        f"To see {seen} ({figures.percent(plan.power)} power, alpha {plan.alpha:g}): about {_needed(plan.expected)}.",
        f"That is {_cost(plan, plan.expected.pairs)}.",
    ]
    times = plan.expected.pairs / plan.pairs
    now = f"{plan.pairs:,} pairs in {plan.clusters:,} clusters"
    least = (
        "no change at all" if plan.detectable >= 1 else f"changes of {in_points(plan.detectable, signed=False)} or more"
    )
    if plan.against:
        found.append(f"As it is, {now} show {least}; {times:.1f} times as many tasks are needed.")
        found.append(f"From the differences between {plan.source} and {plan.against}, pair by pair.")
    else:
        found.append(f"A second run like this one, {now}, would show {least}; {times:.1f} times as many are needed.")
        found.append(_assumption(plan))
    return [*found, _helps(plan)]


def _assumption(plan: Plan) -> str:
    assert plan.lowest is not None
    assert plan.highest is not None
    return (
        f"Assumed: the other agent's scores vary as {plan.subject}'s do, and have nothing in common with them over "
        f"tasks. If they have half in common (correlation 0.5), it takes {_needed(plan.lowest)}; if the other's vary "
        f"as much as scores can, {_needed(plan.highest)}. A second run measures it: --against RUN."
    )


def _helps(plan: Plan) -> str:
    found = plan.narrower
    if found is None:
        return (
            "More tasks or more trials: every task was attempted once, so the noise within a task is not known. "
            "At the same number of episodes, new tasks never tell less than further trials of the old ones."
        )
    tasks, trials = (figures.percent(share) for share in found)
    text = f"More tasks or more trials: twice the tasks narrow the interval by {tasks}, twice the trials by {trials}."
    return text + (" Add tasks." if found[1] < 0.75 * found[0] else " Trials of the same tasks help nearly as much.")


def _needed(need: Need) -> str:
    return f"{need.pairs:,} pairs in {need.clusters:,} clusters"


def _cost(plan: Plan, episodes: int) -> str:
    """What so many episodes take; what is not known of all that were played is named, and not taken for nothing."""
    price, whose = plan.price, f"of {plan.subject}'s time"
    told = {
        "dollars": None if price.usd is None else figures.estimated_dollars(price.usd * episodes),
        "tokens": None if price.tokens is None else f"{figures.count(round(price.tokens * episodes))} tokens",
        "time": None if price.seconds is None else f"{figures.duration(price.seconds * episodes)} {whose}",
    }
    known = ", ".join(text for text in told.values() if text)
    unknown = [name for name, text in told.items() if not text]
    parts = [f"about {known}" if known else "", f"not known: {', '.join(unknown)}" if unknown else ""]
    return "; ".join([f"{episodes:,} episodes a side, one of each pair", *filter(None, parts)])
