"""Positions of draughts as JSON: writing them, reading them, refusing what cannot be.

``{"board": [rows], "to_move": letter}`` is enough. What the future depends on beside may follow, where the rules
know it: ``king_moves`` (steps), ``without_capture`` (a count), ``jumping`` (the square of a piece that must go on). A
finished game has ``to_move`` null, and ``winner`` (a letter; null for a draw) where the board leaves it open.

The boards since the last capture or step of a man are what threefold repetition looks back to. They are not written
out: a position has the king steps that led from each to the next, and taking these back brings up the boards.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kibitz.games.actions import shown
from kibitz.games.board.course import Rules, State, reached
from kibitz.games.board.draughts import (
    BIT,
    CELLS,
    FAR,
    NAME,
    STEPS,
    Placement,
    jumpers,
    legal,
    path,
    rows_of,
    seen_by,
)
from kibitz.games.board.grid import read_grid
from kibitz.games.game import Json, PositionError
from kibitz.games.zerosum import DRAWN

MOST = 12
"""Pieces of a side."""


def written(rules: Rules, state: State) -> Json:
    """The state as a position."""
    running = state.ended is None
    told: dict[str, Json] = {
        "board": rows_of(state.now, rules.letters),
        "to_move": rules.letters[state.turn] if running else None,
    }
    if state.earlier:
        told["king_moves"] = king_moves((*state.earlier, state.now))
    if state.quiet and not rules.repeats:
        told["without_capture"] = state.quiet
    if state.jumping:
        told["jumping"] = int(NAME[state.jumping])
    if not running:
        told["winner"] = None if state.ended == DRAWN else rules.letters[state.ended or 0]
    return told


def read_state(rules: Rules, position: Json) -> State:
    """The state that a position describes.

    Raises:
        PositionError: It is malformed, or cannot come about; the message says why.
    """
    fields = ("king_moves", "winner") if rules.repeats else ("without_capture", "jumping", "winner")
    now, to_move = read_placement(position, rules.letters, fields)
    if to_move is None:
        return _finished(rules, position, now)
    if "winner" in position:
        raise PositionError("winner is for finished games; to_move says that this one is not over")
    quiet, earlier = _progress(rules, position, now, to_move)
    state = reached(rules, now, to_move, quiet, earlier)
    if jumping := _jumping(position, state):
        state = reached(rules, now, to_move, quiet, earlier, jumping)
    if state.ended is not None:
        why = "the game is drawn" if state.ended == DRAWN else f"{rules.letters[to_move]} has no legal move"
        raise PositionError(f"{why}: the game is over, and to_move must be null")
    return state


def _progress(rules: Rules, position: Json, now: Placement, to_move: int | None) -> tuple[int, tuple[Placement, ...]]:
    """What the clock shows, and the boards since it was set back."""
    limit = rules.clock.limit
    if rules.repeats:
        earlier = read_king_moves(position.get("king_moves", []), now, to_move, limit)
        return len(earlier), earlier
    count = position.get("without_capture", 0)
    if type(count) is not int or not 0 <= count <= limit:
        raise PositionError(f"without_capture is not a whole number from 0 to {limit}")
    return count, ()


def _jumping(position: Json, state: State) -> int:
    """The piece that must go on, as a bit; 0 where none is."""
    if "jumping" not in position:
        return 0
    square = position["jumping"]
    if type(square) is not int or str(square) not in BIT:
        raise PositionError("jumping is not the number of a square, 1 to 32")
    bit = BIT[str(square)]
    if not jumpers(state.board, state.turn) & bit:
        raise PositionError(f"jumping: on {square} stands no piece of the side to move that can jump on")
    if state.quiet:
        raise PositionError("jumping: a piece that must go on has just captured, so without_capture is 0")
    return bit


def _finished(rules: Rules, position: Json, now: Placement) -> State:
    """The finished game on this board: one of the ways in which it can be over, which ``winner`` may have to tell."""
    if "jumping" in position:
        raise PositionError("jumping: a game in which a piece must go on is not over")
    quiet, earlier = _progress(rules, position, now, None)
    turns = [1 - mover(earlier[-1], position["king_moves"][-1])] if earlier else [0, 1]
    ways = {
        state.ended: state for turn in turns if (state := reached(rules, now, turn, quiet, earlier)).ended is not None
    }
    if not ways:
        raise PositionError("to_move is null but the game is not over")
    names = {DRAWN: None, **dict(enumerate(rules.letters))}
    if "winner" in position:
        ways = {ended: state for ended, state in ways.items() if names[ended] == position["winner"]}
        if not ways:
            raise PositionError(f"winner is {shown(str(position['winner']))}, but the board says otherwise")
    if len(ways) > 1:
        raise PositionError("the game can have ended in two ways on this board; say with winner which")
    return next(iter(ways.values()))


def read_placement(position: Json, letters: str, extra: Sequence[str]) -> tuple[Placement, int | None]:
    """The pieces of a position and the side that it says is to move; None where it says that the game is over.

    Args:
        position: Any JSON.
        letters: The letters of both sides.
        extra: The further fields that a position may have.

    Raises:
        PositionError: The board is malformed, or pieces stand where they cannot.
    """
    if isinstance(position, dict):
        position = {key: value for key, value in position.items() if key not in extra}
    rows, to_move = read_grid(position, 8, 8, cells=f".{letters}{letters.upper()}", sides=letters)
    sets = dict.fromkeys(f"{letters}{letters.upper()}", 0)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell != ".":
                sets[cell] |= _square(row, column, cell)
    for side, letter in enumerate(letters):
        if crowned := sets[letter] & FAR[side]:
            raise PositionError(
                f"the man {letter} on {NAME[crowned & -crowned]} stands on the row where men become kings"
            )
        if (count := (sets[letter] | sets[letter.upper()]).bit_count()) > MOST:
            raise PositionError(f"{letter} has {count} pieces, more than {MOST}")
    if not any(sets.values()):
        raise PositionError("the board is empty")
    first, second = letters[0], letters[1]
    pieces = (sets[first] | sets[first.upper()], sets[second] | sets[second.upper()])
    kings = sets[first.upper()] | sets[second.upper()]
    return (*pieces, kings), None if to_move is None else letters.index(to_move)


def _square(row: int, column: int, cell: str) -> int:
    bit = CELLS.get((row, column))
    if bit is None:
        raise PositionError(f"board row {row}: {cell} in column {column} stands on a light square (both from 0)")
    return bit


def king_moves(boards: Sequence[Placement]) -> list[str]:
    """The king steps that lead from each board to the next."""
    return [_step(sum(before[:2]), sum(now[:2])) for before, now in pairwise(boards)]


def _step(before: int, now: int) -> str:
    return f"{NAME[before & ~now]}-{NAME[now & ~before]}"


def read_king_moves(value: Json, now: Placement, to_move: int | None, most: int) -> tuple[Placement, ...]:
    """The boards before each of the king steps that led to the board ``now``, oldest first.

    Args:
        value: Any JSON.
        now: The present board.
        to_move: The side to move, if the position tells.
        most: How many king steps in succession end the game.

    Raises:
        PositionError: The value is no list of king steps, or they cannot have been played.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) and name in _KNOWN for name in value):
        raise PositionError("king_moves is not a list of steps such as 22-18")
    if len(value) > most:
        raise PositionError(f"king_moves has {len(value)} steps; the game is drawn after {most}")
    boards = [now]
    side = to_move
    for name in reversed(value):
        side = None if side is None else 1 - side
        board, side = _taken_back(name, boards[-1], side)
        boards.append(board)
    boards.reverse()
    for place, (board, name) in enumerate(zip(boards, value, strict=False)):
        side = mover(board, name)
        if name not in legal(seen_by(side, board), side):
            raise PositionError(f"king_moves: {name} was not legal when it was played")
        if boards[:place].count(board) > 1:
            raise PositionError(f"king_moves: the game was drawn before {name}: the board had come up three times")
    return tuple(boards[:-1])


_KNOWN = frozenset(STEPS)


def mover(board: Placement, name: str) -> int:
    """The side that a step starts from."""
    return 0 if board[0] & path(name)[0] else 1


def _taken_back(name: str, board: Placement, side: int | None) -> tuple[Placement, int]:
    """The board before a king's step, and whose king it was: that of ``side``, where this is known."""
    start, end, _ = path(name)
    sides = [it for it in (0, 1) if board[it] & end and side in (None, it)]
    if not (sides and board[2] & end) or (board[0] | board[1]) & start:
        raise PositionError(f"king_moves: no king of the side that was to move can have come by {name}")
    pieces = [board[0], board[1]]
    pieces[sides[0]] ^= start | end
    return (pieces[0], pieces[1], board[2] ^ (start | end)), sides[0]
