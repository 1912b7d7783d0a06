import msgspec
import pytest

from kibitz.results.abridged import Answer, Move, Moves
from kibitz.results.records import ComplaintRecord, GradeRecord, SeatRecord, StepRecord

encode = msgspec.json.encode


@pytest.mark.parametrize(("part", "whole"), [(Move, SeatRecord), (Moves, StepRecord), (Answer, GradeRecord)])
def test_fields_and_defaults_are_those_of_the_record(part: type, whole: type) -> None:
    theirs = {field.name: field for field in msgspec.structs.fields(whole)}
    for field in msgspec.structs.fields(part):
        assert field.encode_name == theirs[field.name].encode_name
        assert field.default == theirs[field.name].default
        if field.name not in ("seats", "complaints"):  # abridged themselves
            assert field.type == theirs[field.name].type


def test_a_step_is_read_without_its_texts() -> None:
    complaint = ComplaintRecord(problem="illegal", reason="column 9")
    ann = SeatRecord(
        seat=1, agent="ann", observation="a board", action="1", fallback=True, complaints=(complaint, complaint),
        reply="column 9", consistent=False, regret=0.5, regret_method="depth 4",
        effect="no_effect",
    )  # fmt: skip
    plain = SeatRecord(seat=0, agent="bob", observation="another board", action="2")
    step = StepRecord(unit="u", step=0, position={}, seats=(ann, plain))
    found = msgspec.json.decode(encode(step), type=Moves)
    assert found.seats[1] == Move(seat=0)
    for name in ("seat", "fallback", "consistent", "regret", "regret_method", "effect"):
        assert getattr(found.seats[0], name) == getattr(ann, name)
    assert len(found.seats[0].complaints) == 2


def test_equal_parts_of_different_records_are_one() -> None:
    moves = [SeatRecord(seat=0, agent="ann", observation=text, action=text, regret=0.5) for text in ("one", "two")]
    assert len({msgspec.json.decode(encode(move), type=Move) for move in moves}) == 1
