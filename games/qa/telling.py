"""The made-up world: its people, towns, works and firms, and the paragraph that tells of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from kibitz.games.qa.question import Paragraph

PROFESSIONS = (
    "painter",
    "surgeon",
    "composer",
    "geologist",
    "sailor",
    "architect",
    "poet",
    "chemist",
    "judge",
    "weaver",
)
FORMS = ("novel", "opera", "play", "poem", "film", "symphony")
PRODUCTS = ("clocks", "lanterns", "bicycles", "pianos", "telescopes", "ferries", "glassware", "printing presses")
_STARTS = (
    "Bra",
    "Cor",
    "Del",
    "Fen",
    "Gal",
    "Hos",
    "Ili",
    "Jor",
    "Kel",
    "Lum",
    "Mar",
    "Nev",
    "Ost",
    "Pel",
    "Qua",
    "Rin",
    "Sal",
    "Tor",
    "Ulm",
    "Ver",
    "Wes",
    "Yor",
    "Zan",
)
_MIDDLES = ("a", "e", "i", "o", "u", "an", "el", "in", "or", "um")
_ENDS = {
    "country": ("dia", "vania", "mark", "land", "stan", "nesia"),
    "town": ("burg", "ton", "stad", "mouth", "field", "grad", "vik", "haven"),
    "river": ("ra", "sel", "mun", "va", "dre"),
    "first": ("n", "s", "ra", "l", "th", "ka", "mo"),
    "last": ("sen", "wick", "ov", "ano", "berg", "maris", "dale", "quist"),
    "firm": ("co", "tec", "dyn", "lux", "works"),
}
_ADJECTIVES = (
    *(
        "Silent",
        "Golden",
        "Last",
        "Burning",
        "Hidden",
        "Second",
        "Broken",
        "Distant",
        "Winter",
        "Blue",
        "Hollow",
        "Patient",
    ),
    *("Crooked", "Early", "Salt", "Lonely", "Paper", "Northern"),
)
_NOUNS = (
    *(
        "Harbour",
        "Orchard",
        "Mirror",
        "Voyage",
        "Garden",
        "Tower",
        "Letter",
        "Bridge",
        "Island",
        "Clock",
        "Forest",
        "Shore",
    ),
    *("Lantern", "Winter", "Staircase", "Meadow", "Choir", "Window"),
)


@dataclass(frozen=True, slots=True)
class Town:
    """A town, in a country, on a river."""

    title: str
    country: str
    river: str
    founded: int
    people: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a birthplace and a profession."""

    title: str
    profession: str
    town: Town
    born: int


@dataclass(frozen=True, slots=True)
class Work:
    """Something that a person has made."""

    title: str
    form: str
    maker: Person
    year: int


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that a person has founded in a town."""

    title: str
    founder: Person
    town: Town
    year: int
    product: str


Thing = Town | Person | Work | Firm


@dataclass(frozen=True)
class World:
    """Everything there is; titles are unique."""

    towns: tuple[Town, ...]
    people: tuple[Person, ...]
    works: tuple[Work, ...]
    firms: tuple[Firm, ...]

    @property
    def things(self) -> tuple[Thing, ...]:
        """All of it."""
        return (*self.towns, *self.people, *self.works, *self.firms)

    def alike(self, thing: Thing) -> tuple[Thing, ...]:
        """All things of the same kind."""
        return tuple(one for one in self.things if type(one) is type(thing))


def make_world(rng: Random, apart: World | None = None) -> World:
    """Draw a world, with no title of the world ``apart`` in it."""
    taken = {thing.title for thing in apart.things} if apart is not None else set()
    countries = [_name(rng, "country", taken) for _ in range(14)]
    rivers = [_name(rng, "river", taken) for _ in range(24)]
    towns = [
        Town(
            _name(rng, "town", taken),
            rng.choice(countries),
            rng.choice(rivers),
            rng.randint(900, 1850),
            rng.randint(4, 900),
        )
        for _ in range(70)
    ]
    lasts = [_name(rng, "last", taken) for _ in range(45)]
    people = [
        Person(
            _unique(taken, lambda: f"{_word(rng, 'first')} {rng.choice(lasts)}"),
            rng.choice(PROFESSIONS),
            rng.choice(towns),
            rng.randint(1790, 1985),
        )
        for _ in range(160)
    ]
    works = []
    for _ in range(110):
        maker = rng.choice(people)
        title = _unique(taken, lambda: f"The {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}")
        works.append(Work(title, rng.choice(FORMS), maker, maker.born + rng.randint(22, 60)))
    firms = []
    for _ in range(80):
        founder = rng.choice(people)
        title = _unique(taken, lambda: f"{rng.choice(lasts)} {_word(rng, 'firm').capitalize()}")
        firms.append(Firm(title, founder, rng.choice(towns), founder.born + rng.randint(20, 55), rng.choice(PRODUCTS)))
    return World(tuple(towns), tuple(people), tuple(works), tuple(firms))


def _word(rng: Random, kind: str) -> str:
    return rng.choice(_STARTS) + rng.choice(_MIDDLES) + rng.choice(_ENDS[kind])


def _unique(taken: set[str], draw: Callable[[], str]) -> str:
    while (found := draw()) in taken:
        pass
    taken.add(found)
    return found


def _name(rng: Random, kind: str, taken: set[str]) -> str:
    return _unique(taken, lambda: _word(rng, kind))


def paragraph_of(thing: Thing, world: World) -> Paragraph:
    """What is told of a thing; how it is put depends on the thing alone."""
    rng = Random(f"kibitz/qa/telling/{thing.title}")
    if isinstance(thing, Town):
        return Paragraph(thing.title, _of_town(thing, world, rng))
    if isinstance(thing, Person):
        return Paragraph(thing.title, _of_person(thing, world, rng))
    if isinstance(thing, Work):
        return Paragraph(thing.title, _of_work(thing, rng))
    return Paragraph(thing.title, _of_firm(thing, rng))


def _of_town(town: Town, world: World, rng: Random) -> tuple[str, ...]:
    firms = [firm.title for firm in world.firms if firm.town is town]
    lines = [
        rng.choice(
            (
                f"{town.title} is a town in {town.country} on the river {town.river}.",
                f"{town.title}, a town in {town.country}, lies where the {town.river} is widest.",
            )
        ),
        f"It was founded in {town.founded} and has about {town.people},000 inhabitants.",
    ]
    if firms:
        lines.append(f"{_listed(firms[:2])} {'has' if len(firms[:2]) == 1 else 'have'} headquarters there.")
    lines.append(
        rng.choice(
            (
                "A market is held on the old bridge each autumn.",
                "Its harbour freezes in most winters.",
                "Two railway lines meet north of the walls.",
            )
        )
    )
    return tuple(lines)


def _of_person(person: Person, world: World, rng: Random) -> tuple[str, ...]:
    works = [work for work in world.works if work.maker is person]
    firms = [firm.title for firm in world.firms if firm.founder is person]
    lines = [
        rng.choice(
            (
                f"{person.title} (born {person.born}) is known as a {person.profession} from {person.town.title}.",
                f"{person.title}, born in {person.town.title} in {person.born}, worked as a {person.profession}.",
            )
        )
    ]
    if works:
        told = [f"the {work.form} {work.title}" for work in works[:2]]
        lines.append(f"Among the works of {person.title} {'is' if len(told) == 1 else 'are'} {_listed(told)}.")
    if firms:
        lines.append(f"In later years {person.title} founded {_listed(firms[:2])}.")
    lines.append(
        rng.choice(
            (
                "Little is known of the early years.",
                "A street near the station bears the name.",
                "The letters were published after a fire.",
            )
        )
    )
    return tuple(lines)


def _of_work(work: Work, rng: Random) -> tuple[str, ...]:
    by = rng.choice(("is a {form} by {maker} from {year}", "is a {form} that {maker} finished in {year}"))
    said = by.format(form=work.form, maker=work.maker.title, year=work.year)
    return (
        f"{work.title} {said}.",
        rng.choice(
            (
                "It was received with silence at first.",
                "The first performance had to be repeated.",
                "Three copies of it are known.",
            )
        ),
        rng.choice(
            (
                "A second version was never found.",
                "Later works were measured by it.",
                "It has been translated many times.",
            )
        ),
    )


def _of_firm(firm: Firm, rng: Random) -> tuple[str, ...]:
    return (
        f"{firm.title} is a company that makes {firm.product}, with headquarters in {firm.town.title}.",
        f"It was founded in {firm.year} by {firm.founder.title}.",
        rng.choice(
            (
                "Its first workshop stood in a cellar.",
                "It survived two bankruptcies.",
                "Most of what it makes is sold abroad.",
            )
        ),
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
