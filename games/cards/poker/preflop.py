"""Equity before the flop: the chance to win against a random hand, a tie counted as half, for each of 169 classes.

The numbers are exact to the third decimal: all boards and all hands of the opponent, by ``bench/preflop.py``.
"""

from __future__ import annotations

from kibitz.games.cards.deck import RANKS, rank_of, suit_of

CLASSES = tuple(
    RANKS[max(row, column)] + RANKS[min(row, column)] + ("" if row == column else "s" if row > column else "o")
    for row in reversed(range(13))
    for column in reversed(range(13))
)
"""The classes of hands: pairs such as ``AA``, suited such as ``AKs``, others such as ``AKo``."""


def class_of(hand: tuple[int, ...]) -> str:
    """The class of a hand of two cards."""
    high, low = max(hand), min(hand)
    if rank_of(high) == rank_of(low):
        return RANKS[rank_of(high)] * 2
    return RANKS[rank_of(high)] + RANKS[rank_of(low)] + ("s" if suit_of(high) == suit_of(low) else "o")


def equity(hand: tuple[int, ...]) -> float:
    """The equity of a hand of two cards, in percent."""
    return EQUITY[class_of(hand)]


# fmt: off
EQUITY = {
    "AA": 85.204, "AKs": 67.045, "AQs": 66.209, "AJs": 65.393, "ATs": 64.602, "A9s": 62.781, "A8s": 61.944,
    "A7s": 60.984, "A6s": 59.906, "A5s": 59.923, "A4s": 59.034, "A3s": 58.220, "A2s": 57.379, "AKo": 65.320,
    "KK": 82.396, "KQs": 63.400, "KJs": 62.567, "KTs": 61.789, "K9s": 59.988, "K8s": 58.312, "K7s": 57.538,
    "K6s": 56.641, "K5s": 55.793, "K4s": 54.885, "K3s": 54.055, "K2s": 53.212, "AQo": 64.432, "KQo": 61.456,
    "QQ": 79.925, "QJs": 60.259, "QTs": 59.468, "Q9s": 57.664, "Q8s": 56.018, "Q7s": 54.302, "Q6s": 53.613,
    "Q5s": 52.769, "Q4s": 51.855, "Q3s": 51.019, "Q2s": 50.169, "AJo": 63.563, "KJo": 60.569, "QJo": 58.135,
    "JJ": 77.469, "JTs": 57.528, "J9s": 55.662, "J8s": 54.016, "J7s": 52.325, "J6s": 50.606, "J5s": 49.987,
    "J4s": 49.070, "J3s": 48.232, "J2s": 47.378, "ATo": 62.722, "KTo": 59.739, "QTo": 57.291, "JTo": 55.248,
    "TT": 75.012, "T9s": 54.028, "T8s": 52.334, "T7s": 50.639, "T6s": 48.941, "T5s": 47.216, "T4s": 46.530,
    "T3s": 45.693, "T2s": 44.839, "A9o": 60.773, "K9o": 57.812, "Q9o": 55.360, "J9o": 53.251, "T9o": 51.532,
    "99": 72.057, "98s": 50.801, "97s": 49.118, "96s": 47.428, "95s": 45.722, "94s": 43.862, "93s": 43.264,
    "92s": 42.415, "A8o": 59.873, "K8o": 56.020, "Q8o": 53.600, "J8o": 51.490, "T8o": 49.721, "98o": 48.097,
    "88": 69.163, "87s": 47.936, "86s": 46.243, "85s": 44.545, "84s": 42.702, "83s": 40.874, "82s": 40.272,
    "A7o": 58.841, "K7o": 55.187, "Q7o": 51.766, "J7o": 49.682, "T7o": 47.908, "97o": 46.298, "87o": 45.051,
    "77": 66.236, "76s": 45.372, "75s": 43.676, "74s": 41.849, "73s": 40.036, "72s": 38.156, "A6o": 57.682,
    "K6o": 54.223, "Q6o": 51.024, "J6o": 47.844, "T6o": 46.092, "96o": 44.491, "86o": 43.241, "76o": 42.323,
    "66": 63.285, "65s": 43.133, "64s": 41.333, "63s": 39.534, "62s": 37.669, "A5o": 57.697, "K5o": 53.314,
    "Q5o": 50.120, "J5o": 47.181, "T5o": 44.251, "95o": 42.669, "85o": 41.428, "75o": 40.512, "65o": 39.944,
    "55": 60.325, "54s": 41.453, "53s": 39.693, "52s": 37.849, "A4o": 56.730, "K4o": 52.327, "Q4o": 49.128,
    "J4o": 46.186, "T4o": 43.504, "94o": 40.671, "84o": 39.447, "74o": 38.550, "64o": 38.010, "54o": 38.155,
    "44": 57.023, "43s": 38.642, "42s": 36.829, "A3o": 55.845, "K3o": 51.426, "Q3o": 48.219, "J3o": 45.276,
    "T3o": 42.595, "93o": 40.020, "83o": 37.484, "73o": 36.602, "63o": 36.078, "53o": 36.265, "43o": 35.146,
    "33": 53.693, "32s": 35.984, "A2o": 54.929, "K2o": 50.509, "Q2o": 47.295, "J2o": 44.348, "T2o": 41.668,
    "92o": 39.098, "82o": 36.828, "72o": 34.584, "62o": 34.075, "52o": 34.285, "42o": 33.200, "32o": 32.303,
    "22": 50.334,
}
# fmt: on
"""The equity of each class in percent."""
