"""The values that options can have, by the name of their pool.

No value holds the name of a colour within a longer word ("peppermint", "tangerine"): the original's reward takes the
colour for the whole value, and then finds that it is not what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from kibitz.games.shop.generate.department import listed


def _each(pattern: str, *numbers: object) -> tuple[str, ...]:
    return tuple(pattern.format(number) for number in numbers)


_PLAIN = listed(
    """black, white, grey, navy blue, beige, brown, red, green, pink, blue, khaki, wine red, army green, purple,
        yellow, orange, rose gold, silver, gold, teal, coffee, burgundy, mint green, dark grey, light blue, sky
        blue, dark green, light grey, royal blue, coral, champagne, ivory, turquoise, mustard yellow, lavender,
        olive green, rust, cream, charcoal, mauve, peach, aqua, plum, copper, bronze, magenta, crystal clear, camel,
        multicolor, ash rose"""
)
_PATTERNS = listed(
    """black | white, red plaid, blue stripe, leopard print, grey marble, pink floral, navy dot, green camo, white
        lace, dark denim"""
)
_LETTERS = listed("xx-small, x-small, small, medium, large, x-large, xx-large, 3x-large, 4x-large, 5x-large, 6x-large")
_PACKS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 18, 20, 24, 30, 36, 48)
_OUNCES = (0.5, 1, 1.7, 2, 3.4, 4, 6, 8, 10, 12, 16, 20, 32)

POOLS: Mapping[str, tuple[str, ...]] = {
    "colours": (*_PLAIN, *_PATTERNS),
    "shades": listed(
        """jet black, natural black, dark brown, light brown, ash blonde, honey blonde, copper red, burgundy, silver
            grey, rose pink, coral kiss, nude beige, deep plum, soft peach, mauve dusk, cherry red, porcelain, warm
            sand, gold dust, espresso brown, chestnut, midnight blue, berry, ginger, platinum, caramel, cocoa,
            ruby, violet haze, clear"""
    ),
    "finishes": listed(
        """white, black, walnut, oak, espresso, grey, natural, rustic brown, matte black, antique brass, brushed
            nickel, bronze, gold, chrome, white oak, dark walnut, navy, sage, cherry, black | gold, maple, weathered
            grey, cream, teak"""
    ),
    "letters": (
        *_LETTERS,
        *_each("{} tall", *_LETTERS[3:9]),
        *_each("{} petite", *_LETTERS[1:7]),
        *_each("{} short", *_LETTERS[2:9]),
    ),
    "shoes": (
        *_each("{:g}", *(half / 2 for half in range(9, 29))),
        *_each("{:g} wide", *(half / 2 for half in range(11, 29))),
    ),
    "waists": tuple(f"{waist}w x {leg}l" for waist in range(28, 46, 2) for leg in (28, 30, 32, 34)),
    "lengths": (*_each("{} feet", 1, 1.5, 3, 4, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 75, 100), "2-pack 6 feet"),
    "dimensions": tuple(
        f"{width} in x {length} in" for width in (12, 16, 18, 20, 24, 30, 36, 40, 48, 60) for length in (20, 36, 48, 72)
    ),
    "diameters": _each("{} mm", 37, 40, 43, 46, 49, 52, 55, 58, 62, 67, 72, 77, 82),
    "screens": _each("{} inch", 24, 32, 40, 43, 50, 55, 65, 75, 84, 100, 120, 135),
    "drives": (*_each("{} gb", 64, 128, 256, 512), *_each("{} tb", 1, 2, 4, 5, 8)),
    "memory": tuple(f"{ram} gb ram, {disk} gb ssd" for ram in (4, 8, 16, 32) for disk in (128, 256, 512)),
    "bands": _each("{} mm band", 18, 20, 22, 24, 38, 40, 41, 42, 44, 45, 49),
    "beds": listed("twin, twin xl, full, full xl, queen, king, california king, short queen, split king"),
    "sets": _each("set of {}", 1, 2, 3, 4, 6, 8),
    "packs": (
        *_each("pack of {}", *_PACKS),
        *tuple(f"{ounces:g} ounce (pack of {pack})" for pack in (1, 3, 6, 12) for ounces in _OUNCES[1:9]),
    ),
    "volumes": (
        *_each("{:g} fl oz", *_OUNCES),
        *_each("{} ml", 5, 10, 15, 30, 50, 60, 75, 100, 120, 150, 200, 250, 300, 400, 500),
    ),
    "bottles": _each("{} oz", 8, 10, 12, 14, 16, 17, 18, 20, 22, 24, 26, 28, 32, 36, 40, 48, 64),
    "inches": _each("{} inch", 0.5, 0.75, 1, 1.25, 1.5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
    "scents": listed(
        """lavender, vanilla, unscented, eucalyptus, jasmine, citrus, coconut, cedar, sea breeze, rose, amber,
            linen, musk, fig, honey, bergamot, lilac, oud, patchouli, peach, green tea, freesia, pine"""
    ),
    "flavours": listed(
        """original, vanilla, chocolate, strawberry, salted caramel, lemon, honey, maple, cinnamon, sea salt,
            garlic, barbecue, sour cream, jalapeno, mango, huckleberry, coconut, mint, ginger, cranberry, smoky
            paprika, variety, apple pie, papaya, cherry, hazelnut, pumpkin spice, ranch, teriyaki, black pepper"""
    ),
    "ends": listed("male to male, male to female, right angle plug, flat plug, braided, short boot"),
    "editions": listed(
        "basic, deluxe, body only, with case, with two lenses, starter kit, pro kit, renewed, bundle, travel kit"
    ),
    "looks": listed("modern, farmhouse, industrial, mid-century, boho, coastal, minimalist, traditional"),
    "cuts": listed("cropped, oversized, fitted, wrap, asymmetric, longline"),
    "fits": listed("men, women, youth, regular, slim, relaxed, big and tall"),
}  # fmt: skip
