from kibitz.harness.commands.output import skipped


def test_what_was_skipped_for_one_reason_is_one_line():
    left = [{"episode": f"g/{n}/a", "reason": "failed (timeout)"} for n in range(3)]
    assert skipped([*left, {"episode": "g/9/a", "reason": "not finished"}]) == [
        "skipped: g/0/a and 2 more: failed (timeout)",
        "skipped: g/9/a: not finished",
    ]
    assert skipped([]) == []
