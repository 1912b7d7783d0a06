"""The ladder of Surround: rungs are full, and who misreads cells and looks six steps far does worse on each."""

from kibitz.games.arcade.surround import Surround
from tests.games.rungs import accuracies

WAYS = {"up": (-1, 0), "right": (0, 1), "left": (0, -1), "down": (1, 0)}
SLIP, FAR = 0.02, 6


def shallow(text, seat, given, rng):
    """The answers of a reader of the drawing who takes one cell in fifty for its opposite and fills six steps far."""
    cells = {(r, c): mark for r, row in enumerate(text.split("\n")[2:]) for c, mark in enumerate(row)}
    place = {mark: cell for cell, mark in cells.items() if mark in "AB"}
    head, other = place["AB"[seat]], place["AB"[1 - seat]]
    free = {cell for cell, mark in cells.items() if mark != "#" and (mark == ".") != (rng.random() < SLIP)}

    def beside(cell):
        return [(cell[0] + down, cell[1] + right) for down, right in WAYS.values()]

    def fill(starts):
        found = free & set(starts)
        for _ in range(FAR):
            found |= free & {near for cell in found for near in beside(cell)}
        return found

    def ahead(down, right):
        count = 1
        while (head[0] + down * count, head[1] + right * count) in free:
            count += 1
        return count - 1

    rooms = {name: fill([cell]) for name, cell in zip(WAYS, beside(head), strict=True)}
    return {
        "open": frozenset(name for name in WAYS if rooms[name]),
        "safe": frozenset(name for name in WAYS if len(rooms[name]) >= 10),
        "longest_way": max(ahead(*way) for way in WAYS.values()),
        "joined": bool(fill(beside(head)) & fill(beside(other))),
        "room": min(max(len(rooms[given]) - 1, 0), 50),
    }


def test_each_rung_is_harder_for_a_shallow_reader():
    easy, medium, hard = accuracies(Surround(), shallow)
    assert easy > medium > hard
    assert easy - hard >= 0.13
    assert easy > 0.85
