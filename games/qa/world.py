"""A world that nobody has read about, as paragraphs, and questions that take two of them to answer.

All names are made up, so what a model knows of the real world does not help, and nothing here has an owner. The same
version of this module gives the same questions, byte for byte.

- *easy*: the distractors are about anything.
- *medium*: most are of the kind that is asked about, so that their texts look alike.
- *hard*: some share a word of their title with a paragraph that is needed, and the question names what it starts from
  by what it is and not by its whole title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from kibitz.games.qa.question import LEVELS, Question
from kibitz.games.qa.telling import Firm, Person, Thing, Work, World, make_world, paragraph_of

QUESTIONS = 300
"""As many of each level."""

PRACTISED = 30
"""Questions about another world, from which worked examples are made."""

PARAGRAPHS = 10
"""Of each question: two that are needed, and distractors."""

_SEED = "kibitz/qa/world/1"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A question before it has distractors: ``first`` and ``second`` are the things whose paragraphs it takes."""

    text: str
    answer: str
    kind: Literal["bridge", "comparison"]
    first: Thing
    second: Thing


def questions(name: str = "", count: int = QUESTIONS) -> tuple[Question, ...]:
    """Questions, the levels in turns.

    Args:
        name: Of the world that they are about; another name is another world. Ids begin with it.
        count: How many.
    """
    rng = Random(_SEED + name)
    world = make_world(rng, make_world(Random(_SEED)) if name else None)
    made: list[Question] = []
    asked: set[str] = set()
    drafts = _drafts(world, rng)
    while len(made) < count:
        level = LEVELS[len(made) % len(LEVELS)]
        draft = next(drafts)
        text = _indirect(draft, world) if level == "hard" else draft.text
        if text is not None and text not in asked:
            asked.add(text)
            made.append(_whole(f"{name}g{len(made):03}", level, draft, text, world, rng))
    return tuple(made)


def _drafts(world: World, rng: Random) -> Iterator[_Draft]:
    """Questions without end: four of five lead from one paragraph to the other, as in the original data."""
    while True:
        yield _compared(world, rng) if rng.random() < 0.2 else _bridged(world, rng)


def _bridged(world: World, rng: Random) -> _Draft:
    """A question whose first paragraph names what the second is about."""
    start = rng.choice((*world.people, *world.works, *world.firms))
    if isinstance(start, Person):
        town = start.town
        text, answer = rng.choice(
            (
                (f"In which country is the town from which {start.title} comes?", town.country),
                (f"On which river lies the town from which {start.title} comes?", town.river),
                (f"In what year was the town founded from which {start.title} comes?", str(town.founded)),
            )
        )
        return _Draft(text, answer, "bridge", start, town)
    if isinstance(start, Work):
        maker = start.maker
        text, answer = rng.choice(
            (
                (f"From which town comes the maker of {start.title}?", maker.town.title),
                (f"In what year was the maker of {start.title} born?", str(maker.born)),
                (f"As what is the maker of {start.title} known?", maker.profession),
            )
        )
        return _Draft(text, answer, "bridge", start, maker)
    assert isinstance(start, Firm)
    if rng.random() < 0.5:
        text, answer = rng.choice(
            (
                (f"In which country does {start.title} have its headquarters?", start.town.country),
                (f"On which river lies the town where {start.title} has its headquarters?", start.town.river),
            )
        )
        return _Draft(text, answer, "bridge", start, start.town)
    text, answer = rng.choice(
        (
            (f"In what year was the founder of {start.title} born?", str(start.founder.born)),
            (f"As what is the founder of {start.title} known?", start.founder.profession),
        )
    )
    return _Draft(text, answer, "bridge", start, start.founder)


def _compared(world: World, rng: Random) -> _Draft:
    """A question about two things of one kind."""
    kind = rng.choice(("born", "founded", "country", "profession"))
    if kind in ("born", "profession"):
        one, other = rng.sample(world.people, 2)
        if kind == "profession":
            same = "yes" if one.profession == other.profession else "no"
            return _Draft(f"Are {one.title} and {other.title} known as the same?", same, "comparison", one, other)
        first = min((one, other), key=lambda person: person.born)
        text = f"Who was born first, {one.title} or {other.title}?"
        return _compared(world, rng) if one.born == other.born else _Draft(text, first.title, "comparison", one, other)
    if kind == "founded":
        a, b = rng.sample(world.firms, 2)
        text = f"Which was founded first, {a.title} or {b.title}?"
        earlier = min((a, b), key=lambda firm: firm.year)
        return _compared(world, rng) if a.year == b.year else _Draft(text, earlier.title, "comparison", a, b)
    here, there = rng.sample(world.towns, 2)
    if rng.random() < 0.5:
        # Drawn freely, hardly any two are in the same country.
        there = rng.choice(
            [town for town in world.towns if town is not here and town.country == here.country] or [there]
        )
    same = "yes" if here.country == there.country else "no"
    return _Draft(f"Are {here.title} and {there.title} in the same country?", same, "comparison", here, there)


def _indirect(draft: _Draft, world: World) -> str | None:
    """The question with its start told by what it is; None where that would fit something else too."""
    if draft.kind == "comparison":
        return draft.text
    told = _told(draft.first)
    if sum(_told(one) == told for one in world.alike(draft.first)) > 1:
        return None
    return draft.text.replace(draft.first.title, told)


def _told(thing: Thing) -> str:
    """What a thing is, in words that do not hold its whole title."""
    last = thing.title.split()[-1]
    if isinstance(thing, Work):
        return f"the {thing.form} of {thing.year} whose title ends in {last}"
    if isinstance(thing, Firm):
        return f"the maker of {thing.product} that was founded in {thing.year}"
    assert isinstance(thing, Person), "no question starts from a town"
    return f"the {thing.profession} {last} (born in {thing.born})"


def _whole(name: str, level: str, draft: _Draft, text: str, world: World, rng: Random) -> Question:
    """The question with its paragraphs, mixed."""
    needed: tuple[Thing, ...] = (draft.first, draft.second)
    chosen = [*needed, *_distractors(level, needed, world, rng)]
    rng.shuffle(chosen)
    return Question(
        id=name,
        text=text,
        answer=draft.answer,
        kind=draft.kind,
        level=level,
        supporting=tuple(thing.title for thing in needed),
        link=draft.second.title if draft.kind == "bridge" else "",
        paragraphs=tuple(paragraph_of(thing, world) for thing in chosen),
    )


def _distractors(level: str, needed: tuple[Thing, ...], world: World, rng: Random) -> list[Thing]:
    """Things that are not needed: on higher levels those that look like what is."""
    titles = {thing.title for thing in needed}
    near: list[Thing] = []

    def others(things: Iterable[Thing]) -> list[Thing]:
        return [thing for thing in things if thing.title not in titles]

    def add(things: list[Thing], count: int) -> None:
        for thing in rng.sample(things, min(count, len(things))):
            titles.add(thing.title)
            near.append(thing)

    if level == "hard":
        words = {word for thing in needed for word in thing.title.split() if word != "The"}
        add([thing for thing in others(world.things) if words & set(thing.title.split())], 3)
    if level != "easy":
        kinds = {type(thing) for thing in needed}
        add([thing for thing in others(world.things) if type(thing) in kinds], 6 - len(near))
    add(others(world.things), PARAGRAPHS - len(needed) - len(near))
    return near
