"""How much of everything there is in the original's 1,000 products, as measured, for products to be drawn so.

Only multiplication, division and comparison of numbers is used, so that every machine draws the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

TITLE_WORDS = (4, 7, 8, 9, 10, 11, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 27, 29, 31, 36)
DESCRIPTION = (0, 0, 0, 0, 0, 0, 0, 78, 152, 238, 307, 380, 482, 573, 699, 825, 946, 1145, 1416, 1651, 1944)
"""Characters; three of ten products have none."""
BULLET = (8, 13, 22, 32, 42, 54, 66, 80, 94, 109, 125, 142, 162, 181, 200, 223, 247, 272, 317, 414, 600)
"""Characters of one bullet."""
BULLETS = {1: 113, 2: 19, 3: 49, 4: 85, 5: 561, 6: 59, 7: 92, 8: 22}
VALUES = (2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 8, 10, 14, 45)
"""Values of one option: 45 at most, more than 31 in one of a hundred."""
ATTRIBUTES = {
    0: 185,
    1: 191,
    2: 189,
    3: 134,
    4: 120,
    5: 65,
    6: 36,
    7: 27,
    8: 16,
    9: 7,
    10: 4,
    11: 6,
    12: 4,
    14: 6,
    16: 10,
}
"""Attributes of one product; the original has up to 27."""
ASKED = {2: 179, 3: 113, 4: 71, 6: 18, 5: 14, 7: 12, 8: 8}
"""Attributes that one instruction asks for."""
INSTRUCTED = 415
"""Of 1,000 products, how many have an instruction: all of them have two attributes."""
NO_PRICE, RANGE = 89, 93
"""Of 1,000 products, how many have no price, and how many two."""
SPREAD = (1.01, 1.03, 1.07, 1.1, 1.15, 1.25, 1.335, 1.55, 2.06, 2.75, 3.57)
"""How many times the lower of two prices the higher one is."""

OPTIONS = {
    "electronics": {0: 179, 1: 42, 2: 8},
    "fashion": {0: 43, 1: 35, 2: 112, 3: 10},
    "garden": {0: 110, 1: 76, 2: 27, 3: 3},
    "beauty": {0: 157, 1: 70, 2: 11},
    "grocery": {0: 88, 1: 22, 2: 7},
}
"""Options of one product, by category."""

PRICES = {
    "electronics": (
        1.24,
        7.28,
        9.93,
        10.99,
        11.99,
        13.8,
        14.99,
        16.99,
        18.36,
        19.99,
        25,
        29.95,
        39.45,
        49.99,
        75,
        110.5,
        188.2,
        285,
        329.9,
        700,
        3449,
    ),
    "fashion": (
        0.99,
        3.99,
        6.99,
        9.38,
        10.95,
        13.06,
        14.99,
        16.79,
        17.99,
        19.95,
        19.99,
        21.99,
        23.99,
        26.44,
        30.99,
        38.79,
        45,
        55.5,
        68.23,
        89.99,
        187,
    ),
    "garden": (
        7.99,
        13.99,
        15.99,
        18.99,
        23.99,
        28.99,
        38.8,
        46.99,
        61.17,
        77.99,
        99.99,
        122,
        147.4,
        157.2,
        175,
        219,
        269,
        319,
        458.8,
        700,
        1998,
    ),
    "beauty": (
        2.67,
        5.95,
        6.69,
        7.99,
        9.29,
        10.99,
        11.96,
        12.9,
        13.99,
        15.3,
        16,
        18,
        20.99,
        22.99,
        26.24,
        32,
        34,
        42.99,
        59.9,
        95,
        285.9,
    ),
    "grocery": (
        3.22,
        5.99,
        7.49,
        9.49,
        11,
        12.99,
        14.99,
        17.59,
        19.95,
        21.99,
        25.49,
        29.97,
        31,
        34.44,
        37.99,
        39.93,
        43.99,
        49.99,
        59.95,
        87,
        164,
    ),
}
"""Dollars, by category."""


def quantile(table: Sequence[float], share: float) -> float:
    """The value below which a share of 0..1 lies, where the table gives the values of equal steps."""
    place = share * (len(table) - 1)
    below = min(int(place), len(table) - 2)
    return table[below] + (place - below) * (table[below + 1] - table[below])


def tail(table: Sequence[float], share: float) -> float:
    """Like ``quantile``, but the last step, to the largest value there is, is bent: hardly any reach its end."""
    place = share * (len(table) - 1) - (len(table) - 2)
    if place <= 0:
        return quantile(table, share)
    return table[-2] + place * place * (table[-1] - table[-2])


def drawn(counts: dict[int, int], rng: Random) -> int:
    """A number, as often as it is counted."""
    return rng.choices(tuple(counts), tuple(counts.values()))[0]
