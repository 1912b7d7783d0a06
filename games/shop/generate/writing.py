"""What is written on a product: its name, its bullets and its description, from the words of its department."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from kibitz.games.shop.generate import measured
from kibitz.games.shop.generate.department import Department, Kind, listed
from kibitz.games.shop.nouns import words

ADJECTIVES = listed(
    """Modern, Classic, Premium, Compact, Portable, Elegant, Upgraded, Durable, Versatile, Original,
    Professional, Everyday, Vintage, Cozy, Lightweight, Stylish, Sturdy, Simple, Large, Small, Decorative,
    Natural, Smart, Luxury"""
)
_STARTS = listed(
    """Vel, Tor, Nor, Bri, Kal, Ulm, Fen, Jor, Zan, Mer, Lu, Os, Pra, Quil, Ser, Wyn, Hal, Dri, Gor, Ely, Ast,
    Cor, Ib, Rav"""
)
_MIDDLES = listed("""a, e, i, o, u, an, el, in, or, um, iv, ay""")
_ENDS = listed(
    """mora, quist, dane, tika, belle, vix, sto, lund, rro, nesse, wick, zeal, pax, tro, lio, dell, mark,
    fors, nia, gard"""
)

_SENTENCES = {
    "": (
        "Made of {material} and built to be used day after day.",
        "Each piece by {brand} is looked at by two people before it is packed.",
        "What is in the box: {noun}, {detail}, and a short guide.",
        "It comes with {detail}, so nothing else has to be bought.",
        "A good choice for {use}, and it looks right anywhere else.",
        "We answer every message within a day; write to us if something is not as it should be.",
        "Thanks to {detail} and {other} it does what it should from the first day on.",
        "Our customers think of {use} first, and tell us that they would buy it again.",
        "Please compare the measurements with your own before you order.",
        "Colors on screens differ a little from what you will hold in your hands.",
        "{brand} has made things of this kind for years, and keeps what works.",
        "Plain, honest, and with {material} inside: that is all there is to say.",
        "It makes a thoughtful present for somebody who thinks of {use}.",
        "We chose {material} with care, and finish each piece by hand.",
        "If you are not happy with it, send it back within thirty days.",
        "Designed for {use}; tested by people who do it every week.",
        "Keep it away from open fire, and out of the reach of small children.",
        "With {detail} it is ready when you are.",
        "There is a reason why people buy this {noun} for {use}.",
        "Spare parts are kept for five years, and cost what they should.",
    ),
    "electronics": (
        "Set it up in a few minutes: connect it, switch it on, and choose your settings.",
        "Works with most devices of the last ten years; the list is on the last page of the guide.",
        "A chip of the newest generation keeps it cool and saves power.",
        "The case of {material} takes a fall from a table without complaint.",
        "Free updates are provided for three years.",
    ),
    "fashion": (
        "The cut follows the body without being tight, and moves with you.",
        "Pair it with whatever you like: it goes with much, from {use} to an evening out.",
        "You will like how {material} feels, and how well it keeps its shape.",
        "Between two measures? Take the larger one.",
        "Small touches such as {detail} make it yours.",
    ),
    "garden": (
        "Its quiet lines fit a house in town as well as one in the country.",
        "All tools are in the box, and the steps are drawn in the guide.",
        "The surface takes a spilled glass without a mark when it is wiped off in time.",
        "It stands firmly on wood, tile and carpet.",
        "Give the room a new face with {detail} and a touch of {material}.",
    ),
    "beauty": (
        "A little is enough: begin with the size of a pea.",
        "With {material}, known for what it does when it is used regularly.",
        "Try it on a small spot first, and wait for a day.",
        "You will feel a difference after two weeks of use.",
        "Made in small batches, and dated, so that it reaches you in time.",
    ),
    "grocery": (
        "Made from {material} by a recipe that has three steps and no secrets.",
        "Store it in a cool and dark place, and close it well.",
        "Tastes best with friends, and nearly as good alone.",
        "Our growers are paid above the market, and we name them on each box.",
        "Try it for {use}: half of our mail is about that.",
    ),
}
"""What can be said of anything, and of a category."""
_SHORT = (
    "Material: {material}",
    "For {use}",
    "With {detail}",
    "Brand: {brand}",
    "{detail} and {material}",
    "Imported",
    "Use: {use}, {other}",
    "By {brand}, with {detail}",
)
_REASONS = (
    "{Attribute}: that is what people ask for most, so that is where we began.",
    "{Attribute}. You need not take our word for it; try it for {use}.",
    "{Attribute}, as you would expect of a {noun} by {brand}, and with {detail} on top.",
    "{Attribute} - because {use} asks for it.",
    "{Attribute}.",
    "Made to be {attribute}, with {material} where it matters.",
    "You get {attribute} without paying for what you do not need.",
)


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of a product.

    Attributes:
        shown: The attributes that stand somewhere in them.
    """

    name: str
    bullets: tuple[str, ...]
    description: str
    shown: tuple[str, ...]


def brand(rng: Random) -> str:
    """An invented name."""
    return f"{rng.choice(_STARTS)}{rng.choice(_MIDDLES)}{rng.choice(_ENDS)}"


def write(category: str, where: Department, kind: Kind, attributes: Sequence[str], first: str, rng: Random) -> Written:
    """The texts of a product.

    Args:
        category: Its category.
        where: Its department.
        kind: What it is.
        attributes: What it has; as many as there is room for are written down.
        first: The attribute that must be, or empty.
        rng: What everything is drawn by.
    """
    maker = brand(rng)
    left = [one for one in attributes if one != first]
    rng.shuffle(left)
    if first:
        left.insert(0, first)
    titled = [one for one in left if rng.random() < 0.4]
    name = _name(maker, where, kind, titled, rng)
    left = [one for one in left if one not in titled]
    said = _Words(where, kind, maker, rng)
    sentences = said.each(*_SENTENCES[""], *_SENTENCES[category])
    short = said.each(*_SHORT)
    bullets: list[str] = []
    told: list[str] = []
    for _ in range(measured.drawn(measured.BULLETS, rng)):
        opening = ""
        if left and (left[0] == first or rng.random() < 0.5):
            told.append(left.pop(0))
            opening = said.one(rng.choice(_REASONS), told[-1])
        length = measured.tail(measured.BULLET, rng.random())
        bullets.append(_filled(opening, length, sentences) or (short.pop() if short else maker))
    sentences = said.each(*_SENTENCES[""], *_SENTENCES[category])
    description = _filled("", measured.quantile(measured.DESCRIPTION, rng.random()), sentences)
    if description and left and rng.random() < 0.6:
        told.append(left.pop(0))
        description = f"{said.one(rng.choice(_REASONS), told[-1])} {description}"
    return Written(name, tuple(bullets), description, (*titled, *told))


def _name(maker: str, where: Department, kind: Kind, titled: list[str], rng: Random) -> str:
    """Maker, kind and as much else as a name of its length takes; of the attributes those that stay in it."""
    length = round(measured.quantile(measured.TITLE_WORDS, rng.random()))
    core = [maker, *([rng.choice(ADJECTIVES)] if rng.random() < 0.5 else []), kind.noun.title()]
    more = [
        *(f"with {one.title()}" for one in rng.sample(where.details, 4)),
        *(f"for {one.title()}" for one in rng.sample(where.uses, 4)),
        *(one.title() for one in rng.sample(where.materials, 3)),
        f"{rng.choice(ADJECTIVES)} {where.path.rpartition(' › ')[2]}",
        f"Model {rng.choice('ABCDEFGHKLMNPRSTX')}{rng.randint(10, 999)}",
    ]
    rng.shuffle(more)
    pieces = [one.title() for one in titled] + more
    name, count = " ".join(core), len(" ".join(core).split())
    kept = 0
    for piece in pieces:
        size = len(piece.split())
        if count >= length:
            break
        name, count, kept = f"{name}, {piece}", count + size, kept + 1
    del titled[kept:]
    return name


class _Words:
    """Fills templates with words about a product."""

    def __init__(self, where: Department, kind: Kind, maker: str, rng: Random) -> None:
        self._where, self._kind, self._maker, self._rng = where, kind, maker, rng

    def one(self, template: str, attribute: str = "") -> str:
        choose, where = self._rng.choice, self._where
        return template.format(
            Attribute=attribute.capitalize(),
            attribute=attribute,
            noun=self._kind.noun,
            brand=self._maker,
            material=choose(where.materials),
            detail=choose(where.details),
            other=choose(where.materials),
            use=choose(where.uses),
        )

    def each(self, *templates: str) -> list[str]:
        """All of them, in a drawn order."""
        found = [self.one(template) for template in templates]
        self._rng.shuffle(found)
        return found


def _filled(text: str, length: float, sentences: list[str]) -> str:
    """A text, and after it sentences, which are used up, as far as the length goes."""
    while sentences and len(text) + len(sentences[-1]) / 2 < length:
        text = f"{text} {sentences.pop()}".lstrip()
    return text


_NO_NOUNS = frozenset(
    listed(
        """modern, classic, premium, compact, portable, elegant, upgraded, durable, versatile, original,
        professional, everyday, vintage, cozy, lightweight, stylish, sturdy, simple, large, small, decorative,
        natural, smart, luxury, easy, high, quick, long, short, slim, loose, heavy, free, dry, fresh, soft, wide,
        full, double, quiet, warm, deep, fast, real, pure, clear, non, low, digital, external, wireless, electric,
        false, liquid, dark, raw, instant, canned, smoked, roasted, quality, ready, proof, safe, resistant,
        friendly, based, made, written, built"""
    )
)


def nouns(name: str) -> tuple[str, ...]:
    """The nouns of a name that was written here, in lower case, in order and with repeats."""
    return tuple(word for word in words(name) if word not in _NO_NOUNS and not word[-1].isdigit())
