"""The board of Othello as bits: a player's discs are one whole number, and runs of discs are found by shifting it.

Bit 8r+c (both from 0) is the square in row r+1 and column c: a1 is bit 0, h1 bit 7, a8 bit 56, h8 bit 63. Rows follow
each other, so a run to the right grows by shifts of 1, downwards of 8, along the diagonals of 7 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator

SIDE = 8
NAMES = tuple(f"{column}{row}" for row in range(1, SIDE + 1) for column in "abcdefgh")
"""The squares in the order of their bits, row by row."""

PLACE = {name: place for place, name in enumerate(NAMES)}
BOARD = (1 << 64) - 1
_FIRST_COLUMN = 0x0101_0101_0101_0101
_INNER_COLUMNS = 0x7E7E_7E7E_7E7E_7E7E
_SIDES = (_FIRST_COLUMN | _FIRST_COLUMN << 7) & 0x00FF_FFFF_FFFF_FF00
_ENDS = 0x7E | 0x7E << 56
EDGES = _SIDES | _ENDS
"""The 24 squares on an edge that are no corners."""
CORNERS = 0x81 | 0x81 << 56
CENTRE = sum(1 << PLACE[name] for name in ("d4", "e4", "d5", "e5"))

# -- moves ---------------------------------------------------------------------------------------------------------

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_LANE = 72
"""Bits between the board and its mirror image: more than the 64 that it has, and the 8 that a carry can add."""
_INNER_LANES = _INNER_COLUMNS | _INNER_COLUMNS << _LANE


def mirrored(squares: int) -> int:
    """The squares turned by half a turn: bit n becomes bit 63 - n."""
    return int.from_bytes(squares.to_bytes(8, "little").translate(_MIRRORED), "big")


def moves(own: int, other: int) -> int:
    """The empty squares on which a disc of ``own`` would turn at least one of ``other``.

    A legal move ends a run of the opponent's discs that starts beside an own one. Four of the eight directions are
    shifts up. The other four are the same ones on the mirrored board, which lies in the upper half of the same number,
    so that both halves are shifted at once. Along a row adding is enough: a bit added to the lowest disc of a run is
    carried to the first square behind it.
    """
    # ``mirrored`` thrice, written out: this is where games and searches spend their time.
    mine = own | int.from_bytes(own.to_bytes(8, "little").translate(_MIRRORED), "big") << _LANE
    theirs = other | int.from_bytes(other.to_bytes(8, "little").translate(_MIRRORED), "big") << _LANE
    # Discs on the outer columns end no run across: what would be behind them is in the next row.
    across = theirs & _INNER_LANES
    found = across + (across & mine << 1) & ~across
    run = across & mine << 7
    while run:
        run <<= 7
        found |= run
        run &= across
    run = across & mine << 9
    while run:
        run <<= 9
        found |= run
        run &= across
    run = theirs & mine << 8
    while run:
        run <<= 8
        found |= run
        run &= theirs
    turned = (found >> _LANE & BOARD).to_bytes(8, "little").translate(_MIRRORED)
    return (found | int.from_bytes(turned, "big")) & ~(own | other) & BOARD


def near_moves(own: int, other: int) -> int:
    """The moves of ``own`` that turn a run of one or two discs, whatever else they turn: the ones seen from nearby."""
    mine = own | mirrored(own) << _LANE
    theirs = other | mirrored(other) << _LANE
    found = 0
    for shift, room in (
        (1, theirs & _INNER_LANES),
        (7, theirs & _INNER_LANES),
        (8, theirs),
        (9, theirs & _INNER_LANES),
    ):
        one = room & mine << shift
        two = room & one << shift
        found |= (one | two) << shift
    return (found | mirrored(found >> _LANE & BOARD)) & ~(own | other) & BOARD


def _ray(place: int, down: int, right: int) -> Iterator[int]:
    """The bits of the squares from ``place`` to the edge of the board, without ``place`` itself."""
    row, column = place // SIDE + down, place % SIDE + right
    while 0 <= row < SIDE and 0 <= column < SIDE:
        yield 1 << SIDE * row + column
        row, column = row + down, column + right


def _rays(place: int, directions: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """For each direction with room for a run and its end: the next square, and the whole ray."""
    rays = (tuple(_ray(place, *direction)) for direction in directions)
    return tuple((ray[0], sum(ray)) for ray in rays if len(ray) > 1)


_RISING = tuple(_rays(place, ((0, 1), (1, -1), (1, 0), (1, 1))) for place in range(64))
_FALLING = tuple(_rays(place, ((0, -1), (-1, 1), (-1, 0), (-1, -1))) for place in range(64))


def flips(place: int, own: int, other: int) -> int:
    """The discs of ``other`` that a disc of ``own`` on the empty square with bit number ``place`` turns over."""
    turned = 0
    for near, ray in _RISING[place]:
        if near & other:
            # Everything outside the ray carries, so that 1 more sets the first square on it without such a disc.
            end = (other | ~ray) + 1 & ray & own
            if end:
                turned |= end - 1 & ray
    for near, ray in _FALLING[place]:
        if near & other:
            end = (ray & ~other).bit_length()
            if end and own >> end - 1 & 1:
                turned |= ray >> end << end
    return turned


def wedges(legal: int, other: int) -> int:
    """The moves among ``legal`` on an edge, not on a corner, whose two neighbours along that edge are ``other``'s."""
    across = other << 1 & other >> 1 & _ENDS
    along = other << 8 & other >> 8 & _SIDES
    return legal & (across | along)


def result(own: int, other: int) -> int:
    """1, 0 or -1: whether ``own`` has more discs, as many, or fewer."""
    mine, theirs = own.bit_count(), other.bit_count()
    return (mine > theirs) - (mine < theirs)


# -- neighbours ----------------------------------------------------------------------------------------------------


def beside(squares: int) -> int:
    """The squares next to ``squares`` in any of the eight directions, themselves included."""
    right = (squares & ~(_FIRST_COLUMN << 7)) << 1
    left = (squares & ~_FIRST_COLUMN) >> 1
    row = squares | right | left
    return (row | row << 8 | row >> 8) & BOARD


def joined(squares: int, start: int) -> int:
    """The part of ``squares`` that can be reached from ``start`` by steps to neighbours."""
    reached = start & squares
    while (grown := beside(reached) & squares) != reached:
        reached = grown
    return reached


def ends_of_threes(own: int) -> int:
    """The discs of ``own`` at an end of three or more of them in a line: one that has just turned another is there."""
    ends = 0
    for shift, room in ((1, _INNER_COLUMNS), (8, BOARD), (7, _INNER_COLUMNS), (9, _INNER_COLUMNS)):
        middle = own & own << shift & own >> shift & room
        ends |= middle << shift | middle >> shift
    return ends


# -- words ---------------------------------------------------------------------------------------------------------

_NAMED = tuple(
    tuple(tuple(NAMES[SIDE * row + column] for column in range(SIDE) if byte >> column & 1) for byte in range(256))
    for row in range(SIDE)
)
_R1, _R2, _R3, _R4, _R5, _R6, _R7, _R8 = _NAMED


def names_of(squares: int) -> tuple[str, ...]:
    """The names of the squares, row by row."""
    a, b, c, d, e, f, g, h = squares.to_bytes(8, "little")
    return _R1[a] + _R2[b] + _R3[c] + _R4[d] + _R5[e] + _R6[f] + _R7[g] + _R8[h]


def _written() -> tuple[dict[int, str], ...]:
    """The characters of a row with blanks between them, by its black and its white discs."""
    half: list[dict[int, str]] = [
        {
            white: " ".join(".BW"[(black >> c & 1) + 2 * (white >> c & 1)] for c in range(4))
            for white in range(16)
            if not black & white
        }
        for black in range(16)
    ]
    return tuple(
        {
            low | high << 4: f"{first} {second}"
            for low, first in half[black & 15].items()
            for high, second in half[black >> 4].items()
        }
        for black in range(256)
    )


_WRITTEN = _written()


def rows_of(black: int, white: int) -> list[str]:
    """The board as eight rows, row 1 first, a blank between two squares."""
    pairs = zip(black.to_bytes(8, "little"), white.to_bytes(8, "little"), strict=True)
    return [_WRITTEN[dark][light] for dark, light in pairs]


def discs_of(rows: list[str], mark: str) -> int:
    """The discs of ``mark`` as bits; eight rows of eight characters, row 1 first."""
    return sum(1 << place for place, cell in enumerate("".join(rows)) if cell == mark)
